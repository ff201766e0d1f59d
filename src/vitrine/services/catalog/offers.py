"""Prices and stock of many products at once: what changes every hour, and no model looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from vitrine.core.errors import NotFound, VitrineError
from vitrine.core.groups import ShopSettings
from vitrine.core.reasons import check
from vitrine.db import Sessions
from vitrine.fields import longest, with_fields
from vitrine.fields.deriving import optional
from vitrine.fields.types import Text
from vitrine.services.catalog import changelog, edits, preferences
from vitrine.services.catalog.changelog import Change
from vitrine.services.webhooks import events
from vitrine.tables.catalog import Product

What = Literal["changed", "unchanged", "refused"]

MOST = 5_000
"""Most rows of one request."""

TOGETHER = 100
"""Products changed in one transaction, so that nobody else waits long for the database."""

AVAILABILITY = "availability"
"""The one of these that is an attribute."""


@with_fields(optional, ("price", "currency", "status"))
class Offer(BaseModel):
    """How a product is sold now. Only what is sent changes; null clears it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    external_id: Annotated[Text, Field(min_length=1, max_length=longest("external_id"))]
    availability: Annotated[Text, Field(max_length=100)] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row, counted from 0; `error` says why it was refused."""

    row: int
    external_id: str
    what: What
    error: VitrineError | None = None


def change(
    sessions: Sessions, rows: Sequence[Mapping[str, Any]], shop: ShopSettings, by: str | None
) -> Iterator[Outcome]:
    """Change each row's product; what is wrong with one stops no other.

    A price of a product that has no currency yet is in the shop's.

    No job is submitted: searches read prices and stock from the database, and neither words nor
    photos have changed. What was done stays done if the database goes away half-way.
    """
    for start in range(0, len(rows), TOGETHER):
        some = list(enumerate(rows[start : start + TOGETHER], start))
        with sessions.write() as session:
            usual = preferences.of_shop(session, shop)
            done = list(_together(session, some, usual, by))
        yield from done


def _together(
    session: Session,
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    shop: ShopSettings,
    by: str | None,
) -> Iterator[Outcome]:
    names = [row["external_id"] for _, row in rows if isinstance(row.get("external_id"), str)]
    query = (
        select(Product)
        .where(Product.external_id.in_(names))
        .order_by(Product.id)  # always the same way round, so that two never wait for each other
        .options(lazyload(Product.images), lazyload(Product.said))
        .with_for_update()
    )
    known = {product.external_id: product for product in session.scalars(query)}
    for place, row in rows:
        try:
            offer = check(Offer, row)
            what = _changed(session, known, offer, shop, by)
        except VitrineError as error:
            if error.retried:
                raise
            yield Outcome(place, str(row.get("external_id", ""))[:200], "refused", error)
        else:
            yield Outcome(place, offer.external_id, what)


def _changed(
    session: Session,
    known: Mapping[str, Product],
    offer: Offer,
    shop: ShopSettings,
    by: str | None,
) -> What:
    product = known.get(offer.external_id)
    if product is None:
        raise NotFound(
            "product_unknown", "There is no such product.", fields={"external_id": "is unknown"}
        )
    sent = {name: getattr(offer, name) for name in offer.model_fields_set - {"external_id"}}
    if AVAILABILITY in sent:
        sent["attributes"] = {AVAILABILITY: sent.pop(AVAILABILITY) or None}
    sent = preferences.repriced(product, sent, shop)
    before, after = edits.apply(product, edits.merged(product, sent))
    if not after:
        return "unchanged"
    changelog.note(session, product, Change(changelog.EDIT, before, after), by)
    events.emit_product(session, events.PRODUCT_UPDATED, product, changed=sorted(after))
    return "changed"
