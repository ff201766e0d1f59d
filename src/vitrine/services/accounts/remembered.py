"""Who asks with an access token or an API key, known until the database says otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable

from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.settings import Settings
from vitrine.kept import Keeper, kept
from vitrine.services.accounts.callers import Asking, Caller
from vitrine.services.accounts.keys import KEY_START, asking_of_key
from vitrine.services.accounts.sign_ins import asking_of_token


def asking(session: Session, secret: str, settings: Settings) -> Asking:
    """Who asks with that token or key; raises Unauthenticated."""
    found = kept(session, _name(secret), lambda: _asking(session, secret, settings))
    return found if now() < found.until else _asking(session, secret, settings)


def known(keeper: Keeper, secret: str) -> Caller | None:
    """Who asks, where that is known and nothing was committed since it was found out: a sign-in
    that ended or a key that was revoked is not."""
    found: Asking | None = keeper.known(_name(secret))
    return found.caller if found is not None and now() < found.until else None


def _asking(session: Session, secret: str, settings: Settings) -> Asking:
    if secret.startswith(KEY_START):
        return asking_of_key(session, secret)
    return asking_of_token(session, secret, settings)


def _name(secret: str) -> Hashable:
    """What they are known by: nobody keeps the secret itself."""
    return "asking", hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
