"""The log of deliveries: looked up, and sent again on demand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound
from vitrine.services.webhooks import events
from vitrine.services.webhooks.endpoints import get
from vitrine.tables.webhooks import PENDING, Delivery, Webhook


def list_deliveries(
    session: Session, webhook_id: str, status: str | None, cursor: str | None, limit: int
) -> tuple[Sequence[Delivery], str | None]:
    """The webhook's deliveries newest first after the cursor, and the next page's cursor."""
    get(session, webhook_id)
    query = select(Delivery).where(Delivery.webhook_id == webhook_id)
    if status:
        query = query.where(Delivery.status == status)
    if cursor:
        query = query.where(Delivery.id < cursor)
    found = session.scalars(query.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def find_delivery(session: Session, webhook_id: str, delivery_id: str) -> Delivery:
    """The delivery; raises NotFound, also for one of another webhook."""
    get(session, webhook_id)
    found = session.get(Delivery, delivery_id)
    if found is None or found.webhook_id != webhook_id:
        raise NotFound("delivery_unknown", "The webhook has no such delivery.")
    return found


def replay(session: Session, webhook_id: str, delivery_id: str) -> Delivery:
    """Send it once more, with its first webhook-id and all its attempts; Conflict if it waits."""
    _enabled(session, webhook_id)
    delivery = find_delivery(session, webhook_id, delivery_id)
    session.refresh(delivery, with_for_update={"of": Delivery})
    if delivery.status == PENDING:
        raise Conflict("delivery_pending", "This delivery is on its way already.")
    delivery.status, delivery.attempts = PENDING, 0
    delivery.not_before, delivery.ended_at = now(), None
    return delivery


def send_test(session: Session, webhook_id: str) -> Delivery:
    """An event that only this webhook gets, whatever it asked for."""
    webhook = _enabled(session, webhook_id)
    (delivery,) = events.address(session, [webhook], events.TEST, {"webhook_id": webhook_id})
    session.flush()
    return delivery


def _enabled(session: Session, webhook_id: str) -> Webhook:
    webhook = get(session, webhook_id)
    if not webhook.enabled:
        raise Conflict("webhook_disabled", "This webhook is disabled; enable it first.")
    return webhook
