"""Sends what waits: each delivery leased, signed, tried, and its outcome written down."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from vitrine.core import metrics
from vitrine.core.clock import new_id, now
from vitrine.core.errors import VitrineError
from vitrine.core.groups import WebhookSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.ports import WebhookSender
from vitrine.services.webhooks.secrets import sign
from vitrine.tables.webhooks import DELIVERED, GIVEN_UP, PENDING, Delivery, Event, Webhook

AT_ONCE = 8
"""Webhooks sent to at the same time; each gets its deliveries one after the other."""
LOG_KEPT = 30
"""Attempts that a delivery remembers."""
LEASE_SLACK = 120.0
"""Seconds beyond the timeout after which whoever sends must be dead."""
GONE = 410

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is ours to send, proved by its lease token."""

    delivery_id: str
    token: str
    webhook: Webhook
    event: Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: a status, or why there is none."""

    status: int | None
    error: str | None
    milliseconds: int

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it; a redirect is no taking."""
        return self.status is not None and 200 <= self.status < 300


def due(session: Session, policy: WebhookSettings) -> bool:
    """Whether a round would find anything: a cheap look that takes no write lock."""
    return bool(_waiting(session)) or bool(
        session.scalar(select(Event.id).where(_too_old(policy)).limit(1))
    )


def deliver(sessions: Sessions, sender: WebhookSender, settings: Settings) -> int:
    """Send what is due, to each webhook until one attempt fails; the number of attempts.

    At least once: an attempt whose outcome was never written down is made again, with the same
    webhook-id. Any number of processes may do this at once.
    """
    with sessions.read() as session:
        webhook_ids = _waiting(session)
    send = partial(_send_to, sessions, sender, settings)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        attempts = sum(pool.map(send, webhook_ids))
    with sessions.write() as session:
        session.execute(delete(Event).where(_too_old(settings.webhooks)))
    return attempts


def _waiting(session: Session) -> list[str]:
    query = select(Webhook.id).join(Delivery, Delivery.webhook_id == Webhook.id)
    enabled = query.where(Webhook.disabled_at.is_(None), _is_due(now()))
    return list(session.scalars(enabled.distinct()))


def _is_due(moment: datetime) -> Any:
    free = or_(Delivery.lease_until.is_(None), Delivery.lease_until <= moment)
    return (Delivery.status == PENDING) & (Delivery.not_before <= moment) & free


def _too_old(policy: WebhookSettings) -> Any:
    return Event.created_at < now() - timedelta(seconds=policy.keep)


def _send_to(sessions: Sessions, sender: WebhookSender, settings: Settings, webhook_id: str) -> int:
    """Send this webhook's due deliveries, oldest first, for no longer than one timeout or so."""
    attempts, began, fine = 0, time.monotonic(), True
    while fine and time.monotonic() - began <= settings.webhooks.timeout:
        with sessions.write() as session:
            parcel = lease(session, webhook_id, settings.webhooks)
        if parcel is None:
            break
        outcome = _attempt(sender, settings, parcel)
        with sessions.write() as session:
            record(session, settings.webhooks, parcel, outcome)
        attempts, fine = attempts + 1, outcome.delivered
    return attempts


def lease(session: Session, webhook_id: str, policy: WebhookSettings) -> Parcel | None:
    """Take the webhook's oldest due delivery, which nobody else can take for a while."""
    moment = now()
    webhook = session.scalar(
        select(Webhook).where(Webhook.id == webhook_id, Webhook.disabled_at.is_(None))
    )
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.webhook_id == webhook_id, _is_due(moment))
        .order_by(Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    if webhook is None or delivery is None:
        return None
    delivery.lease_token = token = new_id()
    delivery.lease_until = moment + timedelta(seconds=policy.timeout + LEASE_SLACK)
    delivery.attempts += 1
    return Parcel(delivery.id, token, webhook, delivery.event)


def record(session: Session, policy: WebhookSettings, parcel: Parcel, outcome: Outcome) -> bool:
    """Write down how the attempt ended; False if the delivery is no longer ours."""
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.id == parcel.delivery_id, Delivery.lease_token == parcel.token)
        .with_for_update(of=Delivery)
    )
    webhook = session.get(Webhook, parcel.webhook.id, with_for_update=True)
    if delivery is None or webhook is None:
        return False
    delivery.lease_token = delivery.lease_until = None
    delivery.log = [*delivery.log, _entry(outcome)][-LOG_KEPT:]
    if outcome.delivered:
        _end(delivery, DELIVERED)
        webhook.failing_since = None
        return True
    _put_off(delivery, policy, gone=outcome.status == GONE)
    _note_failure(webhook, policy, gone=outcome.status == GONE)
    return True


def _attempt(sender: WebhookSender, settings: Settings, parcel: Parcel) -> Outcome:
    moment, began = now(), time.perf_counter()
    status, error = None, None
    try:
        status = sender.post(
            parcel.webhook.url, parcel.event.body.encode(), _headers(parcel, settings, moment)
        )
    except VitrineError as refused:
        error = refused.message
    except Exception:
        log.exception("webhook attempt failed", delivery_id=parcel.delivery_id)
        error = "Something unexpected went wrong; the log says more."
    spent = time.perf_counter() - began
    outcome = Outcome(status, error, round(spent * 1000))
    told = "delivered" if outcome.delivered else "failed"
    metrics.WEBHOOK_SECONDS.labels(told).observe(spent)
    return outcome


def _headers(parcel: Parcel, settings: Settings, moment: datetime) -> dict[str, str]:
    event = parcel.event
    return {
        "content-type": "application/json",
        "webhook-id": event.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": sign(parcel.webhook, settings.secret, event.id, moment, event.body),
    }


def _entry(outcome: Outcome) -> dict[str, Any]:
    return {
        "at": now().isoformat(),
        "status": outcome.status,
        "error": outcome.error,
        "milliseconds": outcome.milliseconds,
    }


def _put_off(delivery: Delivery, policy: WebhookSettings, *, gone: bool) -> None:
    if gone or delivery.attempts > len(policy.retries):
        _end(delivery, GIVEN_UP)
        return
    # Up to a quarter later, so that what failed together does not all come back together.
    wait = policy.retries[delivery.attempts - 1] * random.uniform(1.0, 1.25)  # noqa: S311
    delivery.not_before = now() + timedelta(seconds=wait)


def _note_failure(webhook: Webhook, policy: WebhookSettings, *, gone: bool) -> None:
    moment = now()
    webhook.failing_since = webhook.failing_since or moment
    too_long = moment - webhook.failing_since >= timedelta(seconds=policy.disable_after)
    if webhook.enabled and (gone or too_long):
        why = "it answered 410 Gone" if gone else f"nothing arrived since {webhook.failing_since}"
        webhook.disabled_at, webhook.disabled_reason = moment, why
        log.warning("webhook disabled", webhook_id=webhook.id, why=why)


def _end(delivery: Delivery, status: str) -> None:
    delivery.status, delivery.ended_at = status, now()
