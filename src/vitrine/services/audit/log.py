"""Acts as they are recorded and found again."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from vitrine.core.clock import least_id
from vitrine.db import Sessions
from vitrine.tables.audit import AuditEvent

DONE = "done"
"""The outcome of what succeeded; any other is the code of why it did not."""

PAGE = 500
COLUMNS = (
    *("created_at", "actor", "action", "target", "outcome", "address"),
    *("key_id", "actor_id", "request_id", "details", "id"),
)
"""The columns of an export, in order."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is recorded; never a password, a secret or a photo."""

    action: str
    actor: str
    outcome: str = DONE
    actor_id: str | None = None
    key_id: str | None = None
    target: str = ""
    address: str = ""
    request_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts to find: all that agree with every value given; times bound from both sides.

    `action` is a whole name or its beginning up to a dot, such as `user`; `outcome` is one, or
    `refused` for whatever was not done.
    """

    action: str | None = None
    actor: str | None = None
    target: str | None = None
    outcome: str | None = None
    address: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def record(session: Session, act: Act) -> None:
    """Add an act to the log, in the transaction of the caller."""
    session.add(
        AuditEvent(
            action=act.action,
            actor=act.actor[:320],
            outcome=act.outcome[:50],
            actor_id=act.actor_id,
            key_id=act.key_id,
            target=act.target[:400],
            address=act.address[:64],
            request_id=act.request_id,
            details=dict(act.details),
        )
    )


def by_command(action: str, target: str = "", /, **details: Any) -> Act:
    """An act of whoever runs a command on this machine."""
    return Act(action, f"command:{_person()}", target=target, details=details)


def find(session: Session, wanted: Wanted, before: str | None, limit: int) -> list[AuditEvent]:
    """At most `limit` acts, newest first, those older than the id `before`."""
    query = _query(wanted).order_by(AuditEvent.id.desc()).limit(limit)
    return list(session.scalars(query.where(AuditEvent.id < before) if before else query))


def acts(sessions: Sessions, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Every such act, newest first, read a page at a time: its columns, times as ISO 8601."""
    before: str | None = None
    while True:
        with sessions.read() as session:
            found = find(session, wanted, before, PAGE)
        yield from (_plain(event) for event in found)
        if len(found) < PAGE:
            return
        before = found[-1].id


def _query(wanted: Wanted) -> Select[AuditEvent]:
    query = select(AuditEvent)
    for name in ("actor", "target", "address"):
        value = getattr(wanted, name)
        query = query.where(getattr(AuditEvent, name) == value) if value else query
    if wanted.action:
        begins = AuditEvent.action.startswith(f"{wanted.action}.", autoescape=True)
        query = query.where((AuditEvent.action == wanted.action) | begins)
    if wanted.outcome == "refused":
        query = query.where(AuditEvent.outcome != DONE)
    elif wanted.outcome:
        query = query.where(AuditEvent.outcome == wanted.outcome)
    # Ids sort by age, so a span of time is a span of them.
    if wanted.since:
        query = query.where(AuditEvent.id >= least_id(wanted.since))
    if wanted.until:
        query = query.where(AuditEvent.id < least_id(wanted.until))
    return query


def _plain(event: AuditEvent) -> dict[str, Any]:
    told = {name: getattr(event, name) for name in COLUMNS}
    details = json.dumps(event.details, ensure_ascii=False, sort_keys=True)
    return told | {"created_at": event.created_at.isoformat(), "details": details}


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need have no name
        return "unknown"
