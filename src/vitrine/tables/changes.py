"""Which products changed, written down by triggers: whoever changes them, by whatever road."""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, Integer, String, inspect, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from vitrine.tables.base import Base

BIG = BigInteger().with_variant(Integer, "sqlite")


class ProductChange(Base):
    """One change of what search knows of a product; without a product, of all of them.

    On PostgreSQL numbers do not come in the order of commits, so `txid` says whose it is.
    Rows older than a day are swept away.
    """

    __tablename__ = "product_changes"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    product_id: Mapped[str | None] = mapped_column(String(36), default=None)
    txid: Mapped[int | None] = mapped_column(BIG, default=None, index=True)
    changed_at: Mapped[int] = mapped_column(BIG, index=True)

    __table_args__ = ({"sqlite_autoincrement": True},)


ANY = ("INSERT", "UPDATE", "DELETE")

SOURCES = {
    "products": (ANY, "{row}.id"),
    "crop_embeddings": (
        ANY,
        "images.product_id FROM crops JOIN images ON images.id = crops.image_id"
        " WHERE crops.id = {row}.crop_id AND images.product_id IS NOT NULL",
    ),
    "crops": (
        ("UPDATE OF verdict, kind",),
        "product_id FROM images WHERE id = {row}.image_id AND product_id IS NOT NULL",
    ),
    "text_embeddings": (ANY, "{row}.product_id"),
    "labels": (
        ANY,
        "id FROM products WHERE id = {row}.product_id AND ({row}.crop_id IS NULL"
        " OR {row}.crop_id = primary_crop_id OR {row}.facet = 'colour')",
    ),
    "images": (
        ("UPDATE",),
        "{row}.product_id WHERE {row}.product_id IS NOT NULL"
        " AND (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)",
    ),
}
"""By table: after what to write down a change, and of which product: other photos than the primary
one count as well, and what colours they are labelled with."""

NOTE = "INSERT INTO product_changes (txid, changed_at, product_id) SELECT {now}, {product}"
NOW = {
    "sqlite": "NULL, CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "CAST(CAST(pg_current_xact_id() AS text) AS bigint), "
    "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS bigint)",
}


def everything_changed(session: Session) -> None:
    """Write down that all products may have changed for search."""
    dialect = session.get_bind().dialect.name
    session.execute(text(NOTE.format(now=NOW[dialect], product="NULL")))


def watch(connection: Connection) -> None:
    """Put the triggers in place on the tables that there are; twice does no harm.

    On SQLite a migration may make a table anew and lose its triggers, so this follows every run of
    migrations there, and says that everything may have changed.
    """
    tables = set(inspect(connection).get_table_names())
    if ProductChange.__tablename__ not in tables:
        return
    unwatch(connection)
    dialect = connection.dialect.name
    for table, (events, product) in SOURCES.items():
        for event in events if table in tables else ():
            note = _note(dialect, event, product)
            for statement in _trigger(dialect, table, event, note):
                connection.execute(text(statement))
    connection.execute(text(NOTE.format(now=NOW[dialect], product="NULL")))


def watched(connection: Connection) -> bool:
    """Whether all triggers are in place on SQLite, as this version writes them."""
    dialect = connection.dialect.name
    if dialect != "sqlite":
        return False
    query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
    wanted = {
        statement
        for table, (events, product) in SOURCES.items()
        for event in events
        for statement in _trigger(dialect, table, event, _note(dialect, event, product))
    }
    return wanted <= set(connection.scalars(query))


def unwatch(connection: Connection) -> None:
    """Take the triggers away: on SQLite they would stand in a migration's way."""
    tables = set(inspect(connection).get_table_names())
    postgres = connection.dialect.name == "postgresql"
    for table, (events, _) in SOURCES.items():
        for event in events if table in tables else ():
            name = _named(table, event)
            where = f" ON {table}" if postgres else ""
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{where}"))
            if postgres:
                connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


def _note(dialect: str, event: str, product: str) -> str:
    row = "OLD" if event == "DELETE" else "NEW"
    return NOTE.format(now=NOW[dialect], product=product.format(row=row))


def _trigger(dialect: str, table: str, event: str, note: str) -> list[str]:
    name = _named(table, event)
    after = f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW"
    if dialect == "sqlite":
        return [f"{after} BEGIN {note}; END"]
    body = f"$$ BEGIN {note}; RETURN NULL; END $$"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}",
        f"{after} EXECUTE FUNCTION {name}()",
    ]


def _named(table: str, event: str) -> str:
    return f"note_{table}_{event.partition(' ')[0].lower()}"
