"""Who wants to be told, of what, and with which secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, invalid
from vitrine.core.settings import Settings
from vitrine.services.webhooks.events import TYPES
from vitrine.services.webhooks.secrets import hash_of, new_seed, secret_of
from vitrine.tables.webhooks import Webhook

LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Changes:
    """What a webhook shall be; None leaves what is."""

    url: str | None = None
    events: Sequence[str] | None = None
    description: str | None = None
    enabled: bool | None = None


def add(
    session: Session, settings: Settings, asked: Changes, by: str | None
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown this once; raises Invalid."""
    seed = new_seed()
    webhook = Webhook(
        url="",
        events=[],
        seed=seed,
        secret_hash=hash_of(seed, settings.secret),
        created_by=by,
    )
    _write(webhook, settings, Changes(asked.url or "", asked.events or (), asked.description))
    session.add(webhook)
    session.flush()
    return webhook, secret_of(seed, settings.secret)


def get(session: Session, webhook_id: str) -> Webhook:
    """The webhook; raises NotFound."""
    found = session.scalar(select(Webhook).where(Webhook.id == webhook_id))
    if found is None:
        raise NotFound("webhook_unknown", "There is no such webhook.")
    return found


def list_webhooks(session: Session) -> list[Webhook]:
    """Every webhook, oldest first."""
    return list(session.scalars(select(Webhook).order_by(Webhook.id)))


def change(session: Session, settings: Settings, webhook_id: str, asked: Changes) -> Webhook:
    """Change what was asked; enabling it starts the count of failures anew; raises Invalid."""
    webhook = get(session, webhook_id)
    session.refresh(webhook, with_for_update=True)
    _write(webhook, settings, asked)
    if asked.enabled:
        webhook.disabled_at = webhook.disabled_reason = webhook.failing_since = None
    elif asked.enabled is False and webhook.enabled:
        webhook.disabled_at, webhook.disabled_reason = now(), "by a person"
    return webhook


def remove(session: Session, webhook_id: str) -> None:
    """Send it nothing more; what it was sent stays in the log until it is too old."""
    get(session, webhook_id).deleted_at = now()


def rotate(
    session: Session, settings: Settings, webhook_id: str, overlap: float | None = None
) -> tuple[Webhook, str]:
    """Give it a new secret, shown this once; the old one signs too for `overlap` seconds."""
    webhook = get(session, webhook_id)
    session.refresh(webhook, with_for_update=True)
    seconds = settings.webhooks.overlap if overlap is None else overlap
    webhook.earlier_seed = webhook.seed if seconds else None
    webhook.earlier_until = now() + timedelta(seconds=seconds) if seconds else None
    webhook.seed = new_seed()
    webhook.secret_hash = hash_of(webhook.seed, settings.secret)
    return webhook, secret_of(webhook.seed, settings.secret)


def _write(webhook: Webhook, settings: Settings, asked: Changes) -> None:
    if asked.url is not None:
        webhook.url = _checked_url(asked.url, secure=not settings.webhooks.allow_private)
    if asked.events is not None:
        webhook.events = _checked_events(asked.events)
    if asked.description is not None:
        webhook.description = asked.description


def _checked_url(url: str, *, secure: bool) -> str:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise invalid("url", "is no URL") from None
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise invalid("url", f"needs at most {LONGEST_URL:,} ASCII characters without spaces")
    if parts.scheme not in ("https", "http") or not host:
        raise invalid("url", "must begin with https:// and name a host")
    if secure and parts.scheme != "https":
        raise invalid("url", "must begin with https://")
    if parts.username is not None or parts.fragment:
        raise invalid("url", "must hold no user name, password or fragment")
    return url


def _checked_events(events: Sequence[str]) -> list[str]:
    for each in events:
        if each not in TYPES:
            raise invalid("events", f"{each!r} is none of {', '.join(TYPES)}")
    if not events:
        raise invalid("events", f"name at least one of {', '.join(TYPES)}")
    return sorted(set(events))
