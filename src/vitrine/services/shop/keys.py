"""Publishable keys: made, changed, revoked, and who asks with one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Forbidden, Invalid, NotFound, Unauthenticated, invalid
from vitrine.core.groups import RateSettings
from vitrine.fields.facets import ATTRIBUTE
from vitrine.kept import Keeper, kept
from vitrine.services.search import filters
from vitrine.services.search.filters import AnyOf, Filters, Not
from vitrine.services.search.tokens import UNOFFERED
from vitrine.services.shop import origins
from vitrine.tables.shop import PublishableKey

KEY_START = "pk_"
MOST_ORIGINS, MOST_FACETS = 20, 50
USE_NOTED_EVERY = timedelta(hours=1)
_ALL = "publishable keys"

OFFERED = Not(AnyOf(UNOFFERED, frozenset({filters.key(True)})))
"""What holds of every key: shoppers see what is active, whatever staff may find."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks with a publishable key, from where, and what of the catalogue it offers."""

    key_id: str
    key: str
    within: Filters
    facets: frozenset[str]
    per_minute: int
    per_visitor: int
    address: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a key shall be; None leaves what it is, or takes what the settings say."""

    name: str | None = None
    origins: Sequence[str] | None = None
    filters: Mapping[str, Any] | None = None
    facets: Sequence[str] | None = None
    per_minute: int | None = None
    per_visitor: int | None = None
    expires_at: datetime | None = None


def create(
    session: Session, asked: Changes, rates: RateSettings, by: str | None = None
) -> PublishableKey:
    """A new key; raises Invalid naming what cannot be."""
    key = PublishableKey(
        key=KEY_START + secrets.token_urlsafe(24),
        name="",
        origins=[],
        filters={},
        facets=[],
        per_minute=rates.publishable_key,
        per_visitor=rates.visitor,
        created_by=by,
    )
    _set(key, asked)
    session.add(key)
    session.flush()
    return key


def list_keys(session: Session) -> list[PublishableKey]:
    """The keys that were not revoked, the newest first."""
    return list(session.scalars(select(PublishableKey).order_by(PublishableKey.id.desc())))


def change(
    session: Session, key_id: str, asked: Changes, *, never_expires: bool = False
) -> PublishableKey:
    """Give the key other values; raises NotFound, or Invalid naming what cannot be."""
    key = _get(session, key_id)
    _set(key, asked)
    if never_expires:
        key.expires_at = None
    session.flush()
    return key


def revoke(session: Session, key_id: str) -> None:
    """End the key: pages that carry it are told so at once; raises NotFound."""
    _get(session, key_id).deleted_at = now()


def visitor_of(
    session: Session, given: str, origin: str | None, address: str
) -> tuple[Visitor, bool]:
    """Who asks with a key from a page of this origin, and whether its use should be noted.

    Whoever sends no origin is no page of another site: a server, or a page of our own. Raises
    Unauthenticated for an unknown, revoked or expired key, Forbidden for an origin of other pages.
    """
    key = kept(session, _name(given), lambda: _found(session, given))
    return _admitted(key, origin, address), _is_to_note(key)


def known_visitor(keeper: Keeper, given: str, origin: str | None, address: str) -> Visitor | None:
    """Who asks, as `visitor_of` has it, where the key is known, nothing was committed since it was
    found, and its use need not be noted."""
    key: PublishableKey | None = keeper.known(_name(given))
    return None if key is None or _is_to_note(key) else _admitted(key, origin, address)


def note_use(session: Session, key_id: str) -> None:
    """Write down that the key was used now."""
    used = update(PublishableKey).where(PublishableKey.id == key_id)
    session.execute(used.values(last_used_at=now()))


def is_known_origin(session: Session, origin: str) -> bool:
    """Whether some key that lives may be used by pages of this origin."""
    keys = kept(session, _ALL, lambda: session.scalars(select(PublishableKey)).all())
    return _opens(keys, origin)


def knows_origin(keeper: Keeper, origin: str) -> bool | None:
    """The same, where all keys are known and nothing was committed since; None where not."""
    keys: Sequence[PublishableKey] | None = keeper.known(_ALL)
    return None if keys is None else _opens(keys, origin)


def origins_of(session: Session, given: str) -> tuple[str, ...]:
    """The origins of a key, none for a key that does not live."""
    key = session.scalar(select(PublishableKey).where(PublishableKey.key == given))
    return tuple(key.origins) if key is not None and _lives(key) else ()


def _get(session: Session, key_id: str) -> PublishableKey:
    key = session.scalar(select(PublishableKey).where(PublishableKey.id == key_id))
    if key is None:
        raise NotFound("publishable_key_unknown", "There is no such publishable key.")
    return key


def _name(given: str) -> Hashable:
    """What a key is kept by; its text may be of any length."""
    return "publishable key", hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()


def _found(session: Session, given: str) -> PublishableKey:
    """Only what there is is kept: strangers may send any number of others."""
    key = session.scalar(select(PublishableKey).where(PublishableKey.key == given))
    if key is None:
        raise _invalid()
    return key


def _admitted(key: PublishableKey, origin: str | None, address: str) -> Visitor:
    if not _lives(key):
        raise _invalid()
    if origin is not None and not origins.among(key.origins, origin):
        raise Forbidden("origin_refused", "This key may not be used by pages of this origin.")
    return _visitor(key, address)


def _invalid() -> Unauthenticated:
    told = "This publishable key is unknown, revoked or expired."
    return Unauthenticated("key_invalid", told)


def _is_to_note(key: PublishableKey) -> bool:
    return key.last_used_at is None or now() - key.last_used_at >= USE_NOTED_EVERY


def _opens(keys: Sequence[PublishableKey], origin: str) -> bool:
    return any(origins.among(key.origins, origin) for key in keys if _lives(key))


def _lives(key: PublishableKey) -> bool:
    return key.expires_at is None or key.expires_at > now()


def _visitor(key: PublishableKey, address: str) -> Visitor:
    try:
        own = filters.parse(key.filters)
    except Invalid:  # a later version may know other facets: then nothing is offered, not all
        told = "What this key offers cannot be read any more; an admin has to set its filters anew."
        raise Unauthenticated("key_invalid", told) from None
    return Visitor(
        key_id=key.id,
        key=key.key,
        within=replace(own, conditions=(*own.conditions, OFFERED)),
        facets=frozenset(key.facets),
        per_minute=key.per_minute,
        per_visitor=key.per_visitor,
        address=address,
    )


def _set(key: PublishableKey, asked: Changes) -> None:
    if asked.name is not None:
        key.name = asked.name.strip()
    if not key.name:
        raise invalid("name", "is empty")
    if asked.origins is not None:
        key.origins = _origins(asked.origins)
    if asked.filters is not None:
        key.filters = filters.parse(asked.filters).as_json()
    if asked.facets is not None:
        key.facets = _facets(asked.facets)
    key.per_minute = asked.per_minute or key.per_minute
    key.per_visitor = asked.per_visitor or key.per_visitor
    if asked.expires_at is not None:
        key.expires_at = _future(asked.expires_at)


def _origins(given: Sequence[str]) -> list[str]:
    if len(given) > MOST_ORIGINS:
        raise invalid("origins", f"are {len(given)}, over {MOST_ORIGINS}")
    read = [origins.read(each, f"origins.{place}") for place, each in enumerate(given)]
    return list(dict.fromkeys(read))


def _facets(given: Sequence[str]) -> list[str]:
    if len(given) > MOST_FACETS:
        raise invalid("facets", f"are {len(given)}, over {MOST_FACETS}")
    for place, name in enumerate(given):
        if not name.startswith(ATTRIBUTE):
            reason = f"is no attribute ({ATTRIBUTE}NAME); all other facets are open to shoppers"
            raise invalid(f"facets.{place}", reason)
        filters.check_facet(name, f"facets.{place}")
    return list(dict.fromkeys(given))


def _future(moment: datetime) -> datetime:
    try:
        instant = moment.astimezone(UTC)
    except OverflowError:
        raise invalid("expires_at", "lies too far away") from None
    if instant <= now():
        raise invalid("expires_at", "lies in the past")
    return instant
