"""Sign-ins: a short access token, and a refresh token that is replaced when it is used.

The refresh tokens of a sign-in that were never used are its newest; using one retires them all.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.core.errors import Unauthenticated
from vitrine.core.settings import Settings
from vitrine.services.accounts.callers import Asking, person
from vitrine.tables.people import RefreshToken, SignIn, User

ALGORITHM = "HS256"
ISSUER = "vitrine"
AUDIENCE = "vitrine-api"
CLAIMS = ["sub", "sid", "iat", "exp", "aud", "iss"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in hands out; lifetimes in seconds."""

    sign_in_id: str
    access: str
    refresh: str
    access_ttl: int
    refresh_ttl: int


def sign_in(session: Session, user: User, settings: Settings, network: str | None = None) -> Tokens:
    """Start a sign-in for a user who was just verified; their network is known from now on.

    Raises Unauthenticated if the user was deleted or changed the password since.
    """
    present = session.scalar(select(User).where(User.id == user.id))
    if present is None or present.password_hash != user.password_hash:
        raise Unauthenticated("wrong_credentials", "The e-mail address or the password is wrong.")
    expires = now() + timedelta(seconds=settings.auth.refresh_ttl)
    family = SignIn(id=new_id(), user_id=user.id, network=network, expires_at=expires)
    session.add(family)
    session.flush()
    return _issue(session, family, settings)


def refresh(session: Session, token: str, settings: Settings) -> Tokens | None:
    """The next tokens of the family, or None if this token is unknown, run out or was replaced.

    For `refresh_grace` seconds a replaced token still gets new ones: two tabs of a browser send
    the same. After that it was stolen from somebody: its family is revoked, so commit also after
    None.
    """
    link = _link(session, token)
    if link is None or not _alive(_locked(session, link)) or _owner(session, link.sign_in) is None:
        return None
    if link.used_at is None:
        _retire(session, link.sign_in_id)
    elif now() - link.used_at > timedelta(seconds=settings.auth.refresh_grace):
        revoke_sign_in(session, link.sign_in_id, "refresh_token_reused")
        return None
    return _issue(session, link.sign_in, settings)


def sign_in_of_refresh_token(session: Session, token: str) -> str | None:
    """The id of the sign-in a refresh token belongs to, used or not."""
    link = _link(session, token)
    return link.sign_in_id if link else None


def revoke_sign_in(session: Session, sign_in_id: str, reason: str = "signed_out") -> None:
    """End the sign-in: none of its tokens work from now on."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now(), revoked_reason=reason)
    )


def asking_of_token(session: Session, token: str, settings: Settings) -> Asking:
    """Who an access token speaks for; raises Unauthenticated if forged, expired or revoked."""
    claims = _claims(token, settings.secret)
    with_owner = select(SignIn, User).outerjoin(User, User.id == SignIn.user_id)
    found = session.execute(with_owner.where(SignIn.id == claims["sid"])).first()
    family, user = found or (None, None)
    if family is None or not _alive(family):
        raise Unauthenticated("signed_out", "This sign-in has ended; sign in again.")
    if user is None or user.id != claims["sub"]:
        raise Unauthenticated("signed_out", "This account is gone.")
    expires = datetime.fromtimestamp(claims["exp"], UTC)
    return Asking(person(user, family.id), min(expires, family.expires_at))


def _claims(token: str, secret: bytes) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],  # pinned: the token's own word on this is not asked
            audience=AUDIENCE,
            issuer=ISSUER,
            # Servers whose clocks differ by a second must accept each other's fresh tokens.
            options={"require": CLAIMS, "verify_iat": False},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("token_expired", "The access token has expired.") from None
    except jwt.InvalidTokenError:
        raise Unauthenticated("token_invalid", "This is no valid access token.") from None


def _issue(session: Session, family: SignIn, settings: Settings) -> Tokens:
    fresh = secrets.token_urlsafe(32)
    session.add(RefreshToken(sign_in_id=family.id, token_hash=_hash(fresh)))
    left = int((family.expires_at - now()).total_seconds())
    ttl = min(settings.auth.access_ttl, left)
    return Tokens(family.id, _access_token(family, ttl, settings.secret), fresh, ttl, left)


def _access_token(family: SignIn, ttl: int, secret: bytes) -> str:
    moment = now()
    claims = {
        "sub": family.user_id,
        "sid": family.id,
        "iat": moment,
        "exp": moment + timedelta(seconds=ttl),
        "aud": AUDIENCE,
        "iss": ISSUER,
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def _link(session: Session, token: str) -> RefreshToken | None:
    return session.scalar(select(RefreshToken).where(RefreshToken.token_hash == _hash(token)))


def _locked(session: Session, link: RefreshToken) -> SignIn:
    """The family as it is now that nobody else can refresh it; the link is made current too."""
    session.refresh(link.sign_in, with_for_update=True)
    session.refresh(link)
    return link.sign_in


def _retire(session: Session, sign_in_id: str) -> None:
    # All of them: of two given in a grace one is kept, and the other must not live on unseen.
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.sign_in_id == sign_in_id, RefreshToken.used_at.is_(None))
        .values(used_at=now())
    )


def _alive(family: SignIn) -> bool:
    return family.revoked_at is None and family.expires_at > now()


def _owner(session: Session, family: SignIn) -> User | None:
    return session.scalar(select(User).where(User.id == family.user_id))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
