"""How often one may try to sign in, so that guessing fails and its owner still gets in.

Three counts stand against guessing: of one client on one account, of all strangers on one account,
of one address on all accounts. Whoever is known (a browser that carries the cookie of an earlier
sign-in, or a network where the account signed in before) spends no budget that strangers can use
up: however many guess from wherever, the owner's own browser has its own five attempts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Limited
from vitrine.core.sign_in import AuthSettings
from vitrine.services.accounts.passwords import as_stored
from vitrine.tables.people import SignIn, SignInAttempt, User

KNOWN_FOR = timedelta(days=90)
"""How long a network is known after a sign-in there."""

HOME = 64
"""Bits of an IPv6 address that name its network: the rest anybody there may choose."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who tries to sign in: from which address, and as which known browser, if any.

    `device` is believed: whoever makes one has checked the proof that the browser sent.
    """

    address: str
    device: str | None = None

    @property
    def network(self) -> str:
        """What counts as one address: of IPv6 its /64."""
        try:
            address = ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(address, IPv6Address) and not address.ipv4_mapped:
            return f"{IPv6Address(int(address) >> HOME << HOME)}/{HOME}"
        return str(getattr(address, "ipv4_mapped", None) or address)


def note_attempt(session: Session, email: str, client: Client, policy: AuthSettings) -> None:
    """Count an attempt before its password is looked at; raises Limited when there were too many.

    Counted first and committed, attempts made at the same moment cannot slip past the limits.
    """
    known, network = as_stored(email), client.network
    _one_at_a_time(session, known)
    _one_at_a_time(session, network)
    since = now() - timedelta(seconds=policy.attempts_window)
    session.execute(delete(SignInAttempt).where(SignInAttempt.created_at < since))
    of_account = select(SignInAttempt).where(SignInAttempt.email == known)
    known_by = client.device
    if known_by and not _spent(session, _of_device(of_account, known_by), policy):
        session.add(SignInAttempt(email=known, address=network, known_by=known_by))
        return
    of_address = select(SignInAttempt).where(SignInAttempt.address == network)
    # A device that used up its attempts is one more stranger, or its cookie would be a weakness.
    of_address = of_address.where(SignInAttempt.known_by.is_(None) | _FROM_NETWORK)
    _check(session, of_address.where(SignInAttempt.email == known), policy.attempts, policy)
    _check(session, of_address, policy.attempts_per_address, policy)
    familiar = _signed_in_from(session, known, network)
    if not familiar:
        strangers = of_account.where(SignInAttempt.known_by.is_(None))
        _check(session, strangers, policy.attempts_per_account, policy)
    known_by = "network" if familiar else None
    session.add(SignInAttempt(email=known, address=network, known_by=known_by))


def forget_attempts(session: Session, email: str, client: Client) -> None:
    """Forget the attempts of this client on this account, because one was right."""
    made = delete(SignInAttempt).where(SignInAttempt.email == as_stored(email))
    of_device = SignInAttempt.known_by == client.device
    of_address = SignInAttempt.address == client.network
    session.execute(made.where(of_address | of_device if client.device else of_address))


_FROM_NETWORK = SignInAttempt.known_by == "network"


def _of_device(made: Select[SignInAttempt], device: str) -> Select[SignInAttempt]:
    return made.where(SignInAttempt.known_by == device)


def _spent(session: Session, made: Select[SignInAttempt], policy: AuthSettings) -> bool:
    return _counted(session, made)[0] >= policy.attempts


def _signed_in_from(session: Session, email: str, network: str) -> bool:
    recent = SignIn.created_at > now() - KNOWN_FOR
    owner = select(User.id).where(User.email == email).scalar_subquery()
    there = select(SignIn.id).where(SignIn.user_id == owner, SignIn.network == network, recent)
    return session.scalar(there.limit(1)) is not None


def _check(session: Session, made: Select[SignInAttempt], limit: int, policy: AuthSettings) -> None:
    count, oldest = _counted(session, made)
    if count >= limit:
        raise Limited(
            "too_many_attempts",
            "Too many attempts to sign in; wait before you try again.",
            retry_after=_wait(oldest, policy.attempts_window),
        )


def _counted(session: Session, made: Select[SignInAttempt]) -> tuple[int, datetime]:
    attempts = made.subquery()
    count, oldest = session.execute(
        select(func.count(), func.min(attempts.c.created_at)).select_from(attempts)
    ).one()
    return count, oldest


def _wait(oldest: datetime, window: int) -> int:
    return max(1, ceil(window - (now() - oldest).total_seconds()))


def _one_at_a_time(session: Session, what: str) -> None:
    # SQLite has one writer anyway; PostgreSQL would let two count before either adds its own.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what}
        )
