"""How often one may try to sign in."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Limited
from vitrine.core.groups import AuthSettings
from vitrine.services.accounts.passwords import as_stored
from vitrine.tables.people import SignInAttempt


def note_attempt(session: Session, email: str, address: str, policy: AuthSettings) -> None:
    """Count an attempt before its password is looked at; raises Limited when there were too many.

    Counted first and committed, attempts made at the same moment cannot slip past the limit.
    """
    _one_at_a_time(session, address)
    since = now() - timedelta(seconds=policy.attempts_window)
    session.execute(delete(SignInAttempt).where(SignInAttempt.created_at < since))
    of_address = select(SignInAttempt).where(SignInAttempt.address == address)
    of_pair = of_address.where(SignInAttempt.email == as_stored(email))
    _check(session, of_pair, policy.attempts, policy)
    _check(session, of_address, policy.attempts_per_address, policy)
    session.add(SignInAttempt(email=as_stored(email), address=address))


def forget_attempts(session: Session, email: str, address: str) -> None:
    """Forget the attempts of this pair, because one was right."""
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.email == as_stored(email), SignInAttempt.address == address
        )
    )


def _check(session: Session, made: Select[SignInAttempt], limit: int, policy: AuthSettings) -> None:
    attempts = made.subquery()
    count, oldest = session.execute(
        select(func.count(), func.min(attempts.c.created_at)).select_from(attempts)
    ).one()
    if count >= limit:
        raise Limited(
            "too_many_attempts",
            "Too many attempts to sign in; wait before you try again.",
            retry_after=_wait(oldest, policy.attempts_window),
        )


def _wait(oldest: datetime, window: int) -> int:
    return max(1, ceil(window - (now() - oldest).total_seconds()))


def _one_at_a_time(session: Session, address: str) -> None:
    # SQLite has one writer anyway; PostgreSQL would let two count before either adds its own.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:address, 0))"),
            {"address": address},
        )
