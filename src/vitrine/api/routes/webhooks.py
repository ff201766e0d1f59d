"""Webhooks: who is told of what, and how that went."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from vitrine.adapters.webhooks import check_host
from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.webhooks import (
    Delivery,
    DeliveryPage,
    DeliveryShown,
    DeliveryStatus,
    NewWebhook,
    RotateRequest,
    Webhook,
    WebhookChange,
    WebhookMade,
    Webhooks,
)
from vitrine.services import webhooks
from vitrine.services.webhooks import Changes
from vitrine.tables.webhooks import Webhook as StoredWebhook

router = guarded("/v1/webhooks", "webhooks")


@router.post("", status_code=201, summary="Add a webhook")
def create_webhook(asked: NewWebhook, caller: CallerDep, runtime: RuntimeDep) -> WebhookMade:
    """Told of these events from now on; its secret is shown this once."""
    check_host(asked.url, runtime.settings.webhooks)  # slow, so before the transaction begins
    wanted = Changes(asked.url, asked.events, asked.description)
    with runtime.sessions.write() as session:
        return _made(*webhooks.add(session, runtime.settings, wanted, caller.user_id))


@router.get("", summary="List webhooks")
def list_webhooks(session: ReadSession) -> Webhooks:
    """Every webhook, oldest first."""
    found = webhooks.list_webhooks(session)
    return Webhooks(webhooks=[Webhook.model_validate(each) for each in found])


@router.get("/{webhook_id}", summary="Show a webhook")
def show_webhook(webhook_id: str, session: ReadSession) -> Webhook:
    """One webhook, without its secret."""
    return Webhook.model_validate(webhooks.get(session, webhook_id))


@router.patch("/{webhook_id}", summary="Change a webhook")
def change_webhook(webhook_id: str, asked: WebhookChange, runtime: RuntimeDep) -> Webhook:
    """Only what is sent changes; `enabled` stops or resumes the sending."""
    if asked.url is not None:
        check_host(asked.url, runtime.settings.webhooks)
    wanted = Changes(**asked.model_dump())
    with runtime.sessions.write() as session:
        changed = webhooks.change(session, runtime.settings, webhook_id, wanted)
        return Webhook.model_validate(changed)


@router.delete("/{webhook_id}", status_code=204, summary="Delete a webhook")
def delete_webhook(webhook_id: str, session: WriteSession) -> None:
    """It is sent nothing more."""
    webhooks.remove(session, webhook_id)


@router.post("/{webhook_id}/rotate-secret", summary="Give a webhook a new secret")
def rotate_webhook_secret(
    webhook_id: str, asked: RotateRequest, runtime: RuntimeDep, session: WriteSession
) -> WebhookMade:
    """Shown this once; for a while each message is signed with the old one too."""
    return _made(*webhooks.rotate(session, runtime.settings, webhook_id, asked.overlap))


@router.post("/{webhook_id}/test", status_code=202, summary="Send a test")
def test_webhook(webhook_id: str, session: WriteSession) -> Delivery:
    """A `webhook.test` event, sent soon; look at the delivery for what came of it."""
    return Delivery.of(webhooks.send_test(session, webhook_id))


@router.get("/{webhook_id}/deliveries", summary="List a webhook's deliveries")
def list_deliveries(
    webhook_id: str,
    session: ReadSession,
    status: DeliveryStatus | None = None,
    cursor: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeliveryPage:
    """What was sent and what waits, newest first, a page at a time."""
    found, following = webhooks.list_deliveries(session, webhook_id, status, cursor, limit)
    shown = [Delivery.of(each) for each in found]
    return DeliveryPage(deliveries=shown, next_cursor=following)


@router.get("/{webhook_id}/deliveries/{delivery_id}", summary="Show a delivery")
def show_delivery(webhook_id: str, delivery_id: str, session: ReadSession) -> DeliveryShown:
    """One delivery with its message."""
    return DeliveryShown.whole(webhooks.find_delivery(session, webhook_id, delivery_id))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    summary="Send a delivery again",
)
def replay_delivery(webhook_id: str, delivery_id: str, session: WriteSession) -> Delivery:
    """The same message with the same webhook-id; 409 while it still waits."""
    return Delivery.of(webhooks.replay(session, webhook_id, delivery_id))


def _made(webhook: StoredWebhook, secret: str) -> WebhookMade:
    return WebhookMade(**Webhook.model_validate(webhook).model_dump(), secret=secret)
