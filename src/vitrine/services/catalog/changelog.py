"""Who changed what of a product, and when: written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core.clock import new_id
from vitrine.fields.types import as_amount
from vitrine.services.webhooks import events
from vitrine.tables.catalog import Product
from vitrine.tables.review import Review

EDIT, DELETE, RESTORE = "edit", "delete", "restore"
ADD_IMAGES, REMOVE_IMAGE = "add_images", "remove_image"
QUIET = (DELETE, RESTORE, ADD_IMAGES, REMOVE_IMAGE)
"""What events of their own tell."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, and the values it changed, by name."""

    action: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    crop_id: str | None = None


def note(session: Session, product: Product, change: Change, by: str | None) -> None:
    """Write a change down; a person's edit or decision is told to webhooks too."""
    review = Review(
        id=new_id(),
        product_id=product.id,
        crop_id=change.crop_id,
        action=change.action,
        before=_plain(change.before),
        after=_plain(change.after),
        created_by=by,
    )
    session.add(review)
    if by is not None and change.action not in QUIET:
        _tell(session, product, review)


def note_images(
    session: Session, product: Product, action: str, counts: tuple[int, int], by: str | None = None
) -> None:
    """Write down that a product has more or fewer images than before: the counts.

    Only how many: an image that is purged must leave no trace here.
    """
    had, have = counts
    if have != had:
        note(session, product, Change(action, {"images": had}, {"images": have}), by)


def _tell(session: Session, product: Product, review: Review) -> None:
    told = {
        "id": review.id,
        "product_id": product.id,
        "external_id": product.external_id,
        "action": review.action,
        "crop_id": review.crop_id,
        "before": review.before,
        "after": review.after,
        "by": review.created_by,
    }
    events.emit(session, events.REVIEW_SUBMITTED, told)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(as_amount(value)) if isinstance(value, Decimal) else value
