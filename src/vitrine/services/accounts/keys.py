"""API keys: a program's credential, shown once, never stronger than the person who made it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, Unauthenticated, invalid
from vitrine.services.accounts.callers import SCOPES, Asking, Caller, program
from vitrine.tables.people import ApiKey, User

KEY_START = "vitrine_"
SHOWN = len(KEY_START) + 6
USE_NOTED_EVERY = timedelta(hours=1)


def create_key(
    session: Session,
    caller: Caller,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key of the caller's and its secret, which nobody can show again; raises Invalid."""
    secret = KEY_START + secrets.token_urlsafe(32)
    key = ApiKey(
        user_id=caller.user_id,
        name=name,
        prefix=secret[:SHOWN],
        key_hash=_hash(secret),
        scopes=_allowed(caller, scopes),
        expires_at=_future(expires_at),
    )
    session.add(key)
    session.flush()
    return key, secret


def list_keys(session: Session, user_id: str) -> list[ApiKey]:
    """The user's keys, oldest first."""
    return list(
        session.scalars(select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id))
    )


def revoke_key(session: Session, user_id: str, key_id: str) -> None:
    """End the user's key; raises NotFound, also for a key of somebody else."""
    key = session.scalar(select(ApiKey).where(ApiKey.id == key_id, ApiKey.user_id == user_id))
    if key is None:
        raise NotFound("api_key_unknown", "There is no such API key.")
    key.deleted_at = now()


def asking_of_key(session: Session, secret: str) -> Asking:
    """Who a key speaks for; raises Unauthenticated."""
    moment = now()
    with_owner = select(ApiKey, User).outerjoin(User, User.id == ApiKey.user_id)
    found = session.execute(with_owner.where(ApiKey.key_hash == _hash(secret))).first()
    key, user = found or (None, None)
    if key is None or (key.expires_at and key.expires_at <= moment):
        raise Unauthenticated("api_key_invalid", "This API key is unknown, revoked or expired.")
    if user is None:
        raise Unauthenticated("api_key_invalid", "The owner of this API key is gone.")
    note_at = moment if key.last_used_at is None else key.last_used_at + USE_NOTED_EVERY
    until = note_at if key.expires_at is None else min(note_at, key.expires_at)
    return Asking(program(user, key.id, key.scopes), until, to_note=note_at <= moment)


def note_key_use(session: Session, key_id: str) -> None:
    """Write down that the key was used now."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now()))


def _allowed(caller: Caller, scopes: Sequence[str]) -> list[str]:
    for scope in scopes:
        if scope not in SCOPES:
            raise invalid("scopes", f"{scope!r} is none of {', '.join(SCOPES)}")
        if not caller.ranks(SCOPES[scope]):
            raise invalid("scopes", f"{scope} needs the role {SCOPES[scope]}, which you lack")
    if not scopes:
        raise invalid("scopes", "name at least one scope")
    return sorted(set(scopes))


def _future(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        instant = moment.astimezone(UTC)
    except OverflowError:
        raise invalid("expires_at", "lies too far away") from None
    if instant <= now():
        raise invalid("expires_at", "lies in the past")
    return instant


def _hash(secret: str) -> str:
    # The secret is 256 random bits, so a fast hash is enough; there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
