"""The tables of search rows: made where the setting asks for them, a partition a collection."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from vitrine.core.errors import Unavailable
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import METADATA, ROWS, STATE, TERMS

OLDEST = (0, 8)
"""The first pgvector that goes on looking where filters leave too little."""

CONNECTIONS, BREADTH = 16, 64
"""Of the graph: links of a node, and how many are looked at for each new one."""

_LOCK = 7_201_962_114


def ensure(connection: Connection) -> None:
    """Make the extension and the tables where they are not; twice does no harm.

    Raises Unavailable, saying what to do, where the server has no pgvector, one too old, or the
    role may not create it.
    """
    if connection.dialect.name != "postgresql":
        raise Unavailable(
            "pgvector_needs_postgresql",
            "VITRINE_SEARCH__ENGINE=pgvector needs a PostgreSQL database: set "
            "VITRINE_DATABASE__URL=postgresql://..., or leave the engine at memory.",
        )
    # Two processes that start at once would both find nothing.
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    _extend(connection)
    METADATA.create_all(connection)


def add(connection: Connection, collection: Collection, rules: str) -> bool:
    """Make what a collection needs, without the graph of its vectors; False if it was there.

    `rules` say how its products are going to be read.
    """
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    known = select(STATE.c.collection).where(STATE.c.collection == collection.name)
    if connection.scalar(known) is not None:
        return False
    name, table = _literal(connection, collection.name), partition(collection.name)
    for statement in (
        f"CREATE TABLE {table} PARTITION OF {ROWS.name} FOR VALUES IN ({name})",
        # Never in a table beside, where each would cost a look-up: exact scans read them all.
        f"ALTER TABLE {table} ALTER COLUMN vector SET STORAGE PLAIN",
        f"ALTER TABLE {table} ALTER COLUMN tags SET STATISTICS 1000",
        f"CREATE INDEX {table}_tags ON {table} USING gin (tags)",
        f"CREATE INDEX {table}_cheap ON {table} (price, product_id DESC)",
        f"CREATE INDEX {table}_dear ON {table} (price DESC NULLS LAST, product_id DESC)",
        f"CREATE INDEX {table}_design ON {table} (design) WHERE design IS NOT NULL",
    ):
        connection.execute(text(statement))
    connection.execute(
        insert(STATE).values(
            collection=collection.name, dimension=collection.dimension, rules=rules, stale=0
        )
    )
    return True


def drop(connection: Connection, name: str) -> None:
    """Take away all rows of a collection."""
    connection.execute(text(f"DROP TABLE IF EXISTS {partition(name)}"))
    for table in (STATE, TERMS):
        connection.execute(delete(table).where(table.c.collection == name))


def known(connection: Connection) -> list[str]:
    """The names of the collections that have rows."""
    return list(connection.scalars(select(STATE.c.collection).order_by(STATE.c.collection)))


def partition(name: str) -> str:
    """The table that holds the rows of a collection: its name may be too long for one."""
    return f"{ROWS.name}_{sha256(name.encode()).hexdigest()[:16]}"


def graph(name: str) -> str:
    """What the index of a collection's vectors is called."""
    return f"{partition(name)}_graph"


def build_graph(engine: Engine, name: str, dimension: int, memory: str = "1GB") -> None:
    """Make the index of a collection's vectors, while rows are read and written.

    `memory` is what the server may take for it: once the graph no longer fits, building slows
    down much. One that was begun and never ended is made anew.
    """
    table, index = partition(name), graph(name)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET maintenance_work_mem = '{memory}'"))
        try:
            connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {index}"))
            connection.execute(
                text(
                    f"CREATE INDEX CONCURRENTLY {index} ON {table} "
                    f"USING hnsw ((vector::halfvec({dimension})) halfvec_ip_ops) "
                    f"WITH (m = {CONNECTIONS}, ef_construction = {BREADTH})"
                )
            )
        finally:
            connection.execute(text("RESET maintenance_work_mem"))


def has_graph(connection: Connection, name: str) -> bool:
    """Whether a collection's vectors have their index, whole."""
    found = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    return bool(connection.scalar(found, {"name": graph(name)}))


def _extend(connection: Connection) -> None:
    found = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    if found is None:
        try:
            with connection.begin_nested():
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
        except DBAPIError as error:
            raise Unavailable(
                "pgvector_missing",
                "The database has no extension vector, and this role cannot create it: install "
                "pgvector 0.8 or newer on the server and run `CREATE EXTENSION vector` there as an "
                "owner, or set VITRINE_SEARCH__ENGINE=memory.",
            ) from error
        found = connection.scalar(
            text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        )
    if tuple(map(int, str(found).split(".")[:2])) < OLDEST:
        raise Unavailable(
            "pgvector_too_old",
            f"The database has pgvector {found}; search needs 0.8 or newer: install it and run "
            "`ALTER EXTENSION vector UPDATE`, or set VITRINE_SEARCH__ENGINE=memory.",
        )


def _literal(connection: Connection, name: str) -> str:
    """The name as SQL writes it: bounds of partitions take no parameters."""
    return str(connection.scalar(select(func.quote_literal(name))))
