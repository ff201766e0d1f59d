"""Which products came with a source: those it lost are hidden, and come back with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services import catalog
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import Product
from vitrine.tables.sources import SourceProduct

TOGETHER = 100
"""Products of one transaction."""

HIDDEN = "archived"
"""The status of a product that its source no longer names."""


def missing(session: Session, source_id: str, listed: AbstractSet[str]) -> tuple[list[str], int]:
    """The ids of living products that the source has lost, and how many it showed before."""
    query = _members(source_id).where(SourceProduct.hidden_from.is_(None))
    rows = session.execute(query.with_only_columns(Product.id, Product.external_id)).all()
    return [id_ for id_, external_id in rows if external_id not in listed], len(rows)


def show(work: Work, source_id: str, listed: AbstractSet[str]) -> int:
    """Note whose products these are, and bring back those that were hidden; how many."""
    shown = 0
    for names in _some(sorted(listed)):
        with work.write() as session:
            products = session.scalars(select(Product).where(Product.external_id.in_(names))).all()
            known = _known(session, source_id, [product.id for product in products])
            for product in products:
                row = known.get(product.id)
                if row is None:
                    session.add(SourceProduct(source_id=source_id, product_id=product.id))
                elif row.hidden_from is not None:
                    shown += _back(session, work, product, row.hidden_from)
                    row.hidden_from = None
    return shown


def hide(work: Work, source_id: str, product_ids: Sequence[str]) -> int:
    """Hide products that the source has lost and no other source shows; how many."""
    hidden = 0
    for ids in _some(sorted(product_ids)):
        with work.write() as session:
            products = session.scalars(select(Product).where(Product.id.in_(ids))).all()
            known = _known(session, source_id, ids)
            for product in products:
                if _elsewhere(session, source_id, product.id):
                    session.delete(known[product.id])
                    continue
                known[product.id].hidden_from = product.status
                hidden += catalog.update(session, work.ports, product, {"status": HIDDEN})
    return hidden


def _back(session: Session, work: Work, product: Product, status: str) -> int:
    """Give a product its status of before, unless somebody has given it another meanwhile."""
    if product.status != HIDDEN:
        return 1
    return int(catalog.update(session, work.ports, product, {"status": status}))


def _known(
    session: Session, source_id: str, product_ids: Sequence[str]
) -> dict[str, SourceProduct]:
    query = select(SourceProduct).where(
        SourceProduct.source_id == source_id, SourceProduct.product_id.in_(product_ids)
    )
    return {row.product_id: row for row in session.scalars(query)}


def _elsewhere(session: Session, source_id: str, product_id: str) -> bool:
    query = select(SourceProduct.product_id).where(
        SourceProduct.product_id == product_id,
        SourceProduct.source_id != source_id,
        SourceProduct.hidden_from.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def _members(source_id: str) -> Any:
    return (
        select(Product)
        .join(SourceProduct, SourceProduct.product_id == Product.id)
        .where(SourceProduct.source_id == source_id)
    )


def _some(names: Sequence[str]) -> Iterator[list[str]]:
    each = iter(names)
    while some := list(islice(each, TOGETHER)):
        yield some
