"""Going through many products without holding them all, or a lock for long."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, func, select

from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import Product

BATCH = 500


def batches(work: Work, ids: Select[str]) -> Iterator[tuple[list[str], int, int]]:
    """Batches of ids with how many are done after each, and how many there are."""
    last, done = "", 0
    with work.sessions.read() as session:
        total = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    while True:
        with work.sessions.read() as session:
            batch = ids.where(Product.id > last).order_by(Product.id).limit(BATCH)
            product_ids = list(session.scalars(batch))
        if not product_ids:
            return
        last, done = product_ids[-1], done + len(product_ids)
        yield product_ids, done, max(total, done)
