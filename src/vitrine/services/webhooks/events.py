"""What happened, written down in the same transaction as the change, to be told to webhooks.

An event exists exactly if its change was committed. It is kept only where somebody asked for its
type; `services.webhooks` sends it later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.tables.catalog import Product
from vitrine.tables.webhooks import Delivery, Event, Webhook

PRODUCT_INDEXED = "product.indexed"
PRODUCT_UPDATED = "product.updated"
PRODUCT_DELETED = "product.deleted"
JOB_FAILED = "job.failed"
REVIEW_SUBMITTED = "review.submitted"
MODEL_PROMOTED = "model.promoted"
MODEL_ROLLED_BACK = "model.rolled_back"
SOURCE_PULLED = "source.pulled"
TEST = "webhook.test"

TYPES = (
    PRODUCT_INDEXED,
    PRODUCT_UPDATED,
    PRODUCT_DELETED,
    JOB_FAILED,
    REVIEW_SUBMITTED,
    MODEL_PROMOTED,
    MODEL_ROLLED_BACK,
    SOURCE_PULLED,
)
"""What a webhook may ask for; a test comes only when a person sends it."""


def emit(session: Session, kind: str, data: Mapping[str, Any]) -> None:
    """Note that something happened, for every enabled webhook that asked for its type."""
    emit_each(session, kind, [data])


def emit_each(session: Session, kind: str, happened: Iterable[Mapping[str, Any]]) -> None:
    """Note that something happened several times, as `emit` does once.

    What happened is looked at only where a webhook asked for it.
    """
    enabled = session.scalars(select(Webhook).where(Webhook.disabled_at.is_(None))).all()
    asked = [each for each in enabled if kind in each.events]
    for data in happened if asked else ():
        address(session, asked, kind, data)


def emit_product(session: Session, kind: str, product: Product, **more: Any) -> None:
    """Note what happened to a product: which one, and what the event adds."""
    emit(session, kind, told_of(product, **more))


def told_of(product: Product, **more: Any) -> dict[str, Any]:
    """What an event says of a product, and what it adds."""
    return {"id": product.id, "external_id": product.external_id, **more}


def address(
    session: Session, webhooks: Sequence[Webhook], kind: str, data: Mapping[str, Any]
) -> list[Delivery]:
    """An event to exactly these webhooks; without any, no event."""
    if not webhooks:
        return []
    moment = now()
    told = {"type": kind, "timestamp": moment.isoformat().replace("+00:00", "Z"), "data": data}
    event = Event(id=new_id(), type=kind, body=json.dumps(told, ensure_ascii=False))
    made = [
        Delivery(id=new_id(), webhook_id=each.id, event=event, not_before=moment, log=[])
        for each in webhooks
    ]
    session.add_all(made)
    return made
