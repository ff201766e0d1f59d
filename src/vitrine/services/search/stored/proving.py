"""Whether search rows are what their products say, row by row."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.db import SHOW_DELETED, Sessions
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.reading import Statuses
from vitrine.services.search.stored import records
from vitrine.services.search.stored.rows import BATCH
from vitrine.tables.catalog import Product
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import ROWS


def untrue(sessions: Sessions, collection: Collection, statuses: Statuses) -> list[str]:
    """The products whose row lacks, is there though it should not be, or says something else.

    Reads every product of the collection.
    """
    stored = select(ROWS.c.product_id).where(ROWS.c.collection == collection.name)
    with sessions.read() as session:
        ids = {*session.scalars(select(Product.id), execution_options=SHOW_DELETED)}
        ids |= {*session.scalars(stored)}
    found, left = list[str](), sorted(ids)
    for start in range(0, len(left), BATCH):
        with sessions.read() as session:
            found += _untrue(session, collection, statuses, left[start : start + BATCH])
    return found


def _untrue(
    session: Session, collection: Collection, statuses: Statuses, ids: list[str]
) -> list[str]:
    entries = reading.entries(session, statuses, collection, ids)
    due = {each.id: records.record(each).digest for each in entries}
    here = ROWS.c.collection == collection.name
    rows = select(ROWS.c.product_id, ROWS.c.digest).where(here, ROWS.c.product_id.in_(ids))
    held = {row.product_id: row.digest for row in session.execute(rows)}
    return [each for each in ids if due.get(each) != held.get(each)]
