"""What is stored of the products that a file speaks of, many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from vitrine.db import SHOW_DELETED, Sessions
from vitrine.fields import FIELDS
from vitrine.services.catalog import picture_lists
from vitrine.services.catalog.picture_lists import Shown
from vitrine.services.imports import retrying
from vitrine.services.imports.records import Record
from vitrine.tables.catalog import Product

TOGETHER = 64
"""Records whose products are read by one query each of products, images and jobs."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a product; `awaits` more pictures than it shows."""

    values: Mapping[str, Any] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    new: bool = True
    deleted: bool = False
    awaits: bool = False


class Stored(NamedTuple):
    """A product and what is stored of it."""

    product: Product
    known: Known


def beside(sessions: Sessions, records: Iterable[Record]) -> Iterator[tuple[Record, Known]]:
    """Each record with what is stored of its product."""
    some: list[Record] = []
    for record in records:
        some.append(record)
        if len(some) == TOGETHER:
            yield from _beside(sessions, some)
            some = []
    yield from _beside(sessions, some)


def each(session: Session, external_ids: Collection[str]) -> dict[str, Stored]:
    """By external id the product, living, or else the last deleted one."""
    query = select(Product).options(lazyload(Product.said)).order_by(Product.deleted_at)
    living = session.scalars(query.where(Product.external_id.in_(external_ids)))
    products = {product.external_id: product for product in living}
    gone = query.where(
        Product.external_id.in_(set(external_ids) - products.keys()),
        Product.deleted_at.is_not(None),
    )
    deleted = session.scalars(gone, execution_options=SHOW_DELETED)
    products |= {product.external_id: product for product in deleted}  # the last of each
    waiting = retrying.waiting(session, [product.id for product in products.values()])
    awaiting = {job.product_id for job in waiting}
    return {
        external_id: Stored(product, _known(product, awaits=product.id in awaiting))
        for external_id, product in products.items()
    }


def _beside(sessions: Sessions, records: Sequence[Record]) -> Iterator[tuple[Record, Known]]:
    # Others are refused later, and databases choke on some of them.
    ids = {one.external_id for one in records if not one.error and one.external_id.isprintable()}
    found: dict[str, Known] = {}
    if ids:
        with sessions.read() as session:
            found = {name: stored.known for name, stored in each(session, ids).items()}
    for record in records:
        yield record, found.get(record.external_id, Known())


def _known(product: Product, *, awaits: bool) -> Known:
    return Known(
        {name: getattr(product, name) for name in FIELDS},
        picture_lists.shown(product.images),
        new=False,
        deleted=product.deleted_at is not None,
        awaits=awaits,
    )
