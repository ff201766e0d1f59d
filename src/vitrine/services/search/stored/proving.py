"""Whether search rows are what their products say, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.db import SHOW_DELETED, Sessions
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.reading import Statuses
from vitrine.services.search.stored import records, rows
from vitrine.services.search.stored.rows import BATCH
from vitrine.tables.catalog import Product
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import ROWS


def untrue(
    sessions: Sessions, collection: Collection, statuses: Statuses
) -> Iterator[Sequence[str]]:
    """By pages the products whose row lacks, is there though it should not be, or says something
    else.

    Reads every product of the collection, some at a time, each time all at one moment: so nothing
    is told of what is being changed.
    """
    after = ""
    while True:
        with sessions.read() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            ids, last = _page(session, collection, after)
            found = _untrue(session, collection, statuses, ids)
        if found:
            yield found
        if not last:
            return
        after = last


def mend(session: Session, collection: Collection, statuses: Statuses, ids: Sequence[str]) -> None:
    """Write the rows of these products as they say now."""
    rows.lock(session, ids)
    rows.put(session, collection, ids, statuses)


def _page(session: Session, collection: Collection, after: str) -> tuple[list[str], str]:
    """The next products, with or without a row, and rows without a product; behind which to go on,
    nothing at the end."""
    upcoming = select(Product.id).where(Product.id > after).order_by(Product.id).limit(BATCH)
    ids = list(session.scalars(upcoming, execution_options=SHOW_DELETED))
    here = ROWS.c.collection == collection.name
    stored = select(ROWS.c.product_id).where(here, ROWS.c.product_id > after)
    if ids:
        ghosts = list(session.scalars(stored.where(ROWS.c.product_id <= ids[-1])))
        return sorted({*ids, *ghosts}), ids[-1]
    ghosts = list(session.scalars(stored.order_by(ROWS.c.product_id).limit(BATCH)))
    return ghosts, ghosts[-1] if ghosts else ""


def _untrue(
    session: Session, collection: Collection, statuses: Statuses, ids: Sequence[str]
) -> list[str]:
    entries = reading.entries(session, statuses, collection, ids)
    due = {each.id: records.record(each).digest for each in entries}
    here = ROWS.c.collection == collection.name
    stored = select(ROWS.c.product_id, ROWS.c.digest).where(here, ROWS.c.product_id.in_(ids))
    held = {row.product_id: row.digest for row in session.execute(stored)}
    return [each for each in ids if due.get(each) != held.get(each)]
