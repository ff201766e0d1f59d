"""The brake of the purge: what would remove unusually much waits until a person says so.

A clock that is ahead makes everything old at once. Whoever purges every hour takes a little each
time; so a purge is suspect that comes after days without one and would take most of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict
from vitrine.core.groups import RetentionSettings
from vitrine.services.jobs import JobKind
from vitrine.services.retention.remove import table_of
from vitrine.tables.audit import AuditEvent
from vitrine.tables.catalog import Image, Product
from vitrine.tables.jobs import ENDED, SUCCEEDED, Job, QueryResult
from vitrine.tables.shop import ShopEvent

UNUSUAL = "purge_unusual"
"""The error code of a purge that waits for a person."""


@dataclass(frozen=True, slots=True)
class Retention:
    """When the last purge succeeded, and the newest that waits for a person, if one does."""

    purged_at: datetime | None
    waiting: Job | None


def state(session: Session) -> Retention:
    """How it stands with purges."""
    of_purges = select(Job).where(Job.kind == JobKind.PURGE)
    newest = session.scalar(of_purges.order_by(Job.id.desc()).limit(1))
    waits = newest is not None and newest.error_code == UNUSUAL
    return Retention(_purged_at(session), newest if waits else None)


def check(session: Session, policy: RetentionSettings) -> None:
    """Raise Conflict, with the numbers, for a purge that a person has to confirm."""
    last, present = _purged_at(session), now()
    if last is None or present - last < timedelta(days=policy.pause_days):
        return
    doomed = _unusual(session, policy, present)
    if not doomed:
        return
    told = ", ".join(f"{some:,} of {all_:,} {name}" for name, (some, all_) in doomed.items())
    raise Conflict(
        UNUSUAL,
        f"This purge would remove {told}, and the last was {(present - last).days:,} days ago. Is "
        f"the clock right? It says {present:%Y-%m-%d %H:%M} UTC. If so, confirm it on the system "
        "page or with `vitrine purge --confirm`; nothing was removed.",
    )


def _purged_at(session: Session) -> datetime | None:
    ended = Job.kind == JobKind.PURGE, Job.status == SUCCEEDED, Job.finished_at <= now()
    return session.scalar(select(func.max(Job.finished_at)).where(*ended))


def _unusual(
    session: Session, policy: RetentionSettings, present: datetime
) -> Mapping[str, tuple[int, int]]:
    """By kind how many rows would go, of how many, where that is unusually much."""

    def before(days: float) -> datetime:
        return present - timedelta(days=days)

    old: Mapping[str, tuple[Any, ColumnElement[bool]]] = {
        "products": (Product, Product.deleted_at <= before(policy.deleted_days)),
        "images": (Image, Image.deleted_at <= before(policy.deleted_days)),
        "queries": (QueryResult, QueryResult.created_at <= before(policy.queries_days)),
        "jobs": (Job, Job.status.in_(ENDED) & (Job.finished_at <= before(policy.jobs_days))),
        "audit events": (AuditEvent, AuditEvent.created_at <= before(policy.audit_days)),
        "shop events": (ShopEvent, ShopEvent.created_at <= before(policy.events_days)),
    }
    found = {name: _counts(session, mapped, where) for name, (mapped, where) in old.items()}
    return {
        name: (some, all_)
        for name, (some, all_) in found.items()
        if some > policy.unusual and 2 * some > all_
    }


def _counts(session: Session, mapped: Any, where: ColumnElement[bool]) -> tuple[int, int]:
    table = table_of(mapped)
    some = session.scalar(select(func.count()).select_from(table).where(where)) or 0
    return some, session.scalar(select(func.count()).select_from(table)) or 0
