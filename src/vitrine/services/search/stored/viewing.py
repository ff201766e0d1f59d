"""Products that are near by another photo than their primary one, in PostgreSQL.

Where a collection has no such photos, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.types import Text

from vitrine.services.search.cache.store import Entry
from vitrine.services.search.stored import planning, records, schema
from vitrine.services.search.stored.conditions import Where
from vitrine.services.search.stored.schema import Lists
from vitrine.tables.search_rows import ROWS, VIEWS, Halves
from vitrine.vision.types import Vector

if TYPE_CHECKING:
    from vitrine.services.search.stored.query import Shelf

OVER = 4
"""So many views are looked at for each product that is wanted: some are of one product, and of some
the filters leave nothing."""


def known(name: str) -> ColumnElement[int | None]:
    """In how many lists the views of a collection are, 0 while they are in none; null where it has
    no views at all."""
    there: Select[Any] = select(literal_column("1")).where(VIEWS.c.collection == name).limit(1)
    lists = text(
        "SELECT coalesce(max(substring(relname FROM 'lists([0-9]+)$')::int), 0) FROM pg_index "
        "JOIN pg_class ON oid = indexrelid WHERE indrelid = to_regclass(:views) AND indisvalid"
    ).bindparams(views=schema.partition(name, VIEWS))
    number = lists.columns(literal_column("lists", Integer)).scalar_subquery()
    return select(number).where(there.exists()).scalar_subquery().label("views")


def beside(
    shelf: Shelf, vector: Vector, where: Where, limit: int, found: Iterable[Entry]
) -> list[Entry]:
    """The `limit` best of those found by primary photos and of those that are nearer by another
    one, best first, each product once.

    Exact while views are few; else of the lists that are nearest, as `query.nearest`.
    """
    scores = {each.id: each.like(vector) for each in found}
    by_id = {each.id: each for each in found}
    enough = sorted(scores.values())[-limit] if len(scores) >= limit else -2.0
    better = {
        product_id
        for product_id, score in _nearest(shelf, vector, where, limit)
        if product_id not in by_id and score >= enough - records.ROUNDED
    }
    rows = select(*records.COLUMNS).where(
        ROWS.c.collection == shelf.name, ROWS.c.product_id.in_(sorted(better))
    )
    more = shelf.session.execute(rows).all() if better else ()
    for entry in records.entries(more, shelf.dimension):
        by_id[entry.id], scores[entry.id] = entry, entry.like(vector)
    order = sorted(by_id, key=lambda each: (-scores[each], each))
    return [by_id[each] for each in order[:limit]]


def settle(engine: Engine, name: str, dimension: int) -> None:
    """Put the views of a collection in lists once they are many, and in others once there are
    about four times as many; they are read and written meanwhile."""
    table = schema.partition(name, VIEWS)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lists = schema.lists_of(_size(connection, table, dimension))
        if (connection.scalar(select(known(name))) or 0) == lists:
            return
        if lists:
            made, half = f"{table}_lists{lists}", f"(vector::halfvec({dimension}))"
            way = f"USING ivfflat ({half} halfvec_ip_ops) WITH (lists = {lists})"
            connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {made}"))
            connection.execute(text(f"CREATE INDEX CONCURRENTLY {made} ON {table} {way}"))
        for other in _lists(connection, table):
            if not other.endswith(f"lists{lists}"):
                connection.execute(text(f"DROP INDEX CONCURRENTLY {other}"))
        connection.execute(text(f"ANALYZE {table}"))


def _nearest(shelf: Shelf, vector: Vector, where: Where, limit: int) -> Sequence[tuple[str, float]]:
    """The `limit` products nearest by a view, with their dot products."""
    if shelf.views:
        shelf.session.execute(_look_through(shelf.views))
        near = _near(shelf, vector, exact=False).order_by("product").limit(OVER * limit)
        found = _products(shelf, near, where, limit)
        shelf.session.execute(planning.choose_again())
        if len(found) >= limit:
            return found
    return _products(shelf, _near(shelf, vector, exact=True), where, limit)


def _near(shelf: Shelf, vector: Vector, *, exact: bool) -> Select[Any]:
    """All views with the negative dot product of each with the vector: in float32, or by halves, as
    the lists have them."""
    asked = cast(records.written(vector), Text)
    kind = VIEWS.c.vector.type if exact else Halves(shelf.dimension)
    product = cast(VIEWS.c.vector, kind).op("<#>")(cast(asked, kind)).label("product")
    return select(VIEWS.c.product_id, product).where(VIEWS.c.collection == shelf.name)


def _products(
    shelf: Shelf, near: Select[Any], where: Where, limit: int
) -> Sequence[tuple[str, float]]:
    views = near.subquery()
    best: ColumnElement[float] = func.min(views.c.product)
    query = select(views.c.product_id, best).group_by(views.c.product_id)
    if where:
        same = and_(ROWS.c.collection == shelf.name, ROWS.c.product_id == views.c.product_id)
        query = query.join(ROWS, same).where(*where)
    rows = shelf.session.execute(query.order_by(best, views.c.product_id).limit(limit))
    return [(product_id, -product) for product_id, product in rows]


def _look_through(lists: int) -> Select[Any]:
    looked = planning.looked_through(Lists(0, lists))
    told = {"ivfflat.probes": str(looked), "enable_seqscan": "off", "enable_sort": "off"}
    return select(*(func.set_config(name, value, True) for name, value in told.items()))


def _size(connection: Connection, table: str, dimension: int) -> int:
    """About how many views there are, by the room that they take."""
    room = connection.scalar(text("SELECT pg_relation_size(to_regclass(:name))"), {"name": table})
    return int((room or 0) // (4 * dimension + 150))


def _lists(connection: Connection, table: str) -> list[str]:
    names = text(
        "SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid "
        "WHERE indrelid = to_regclass(:name) AND relname LIKE '%lists%'"
    )
    return list(connection.scalars(names, {"name": table}))
