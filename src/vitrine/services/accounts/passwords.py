"""Passwords and e-mail addresses: what is accepted, and how a password is kept and checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from email_validator import EmailNotValidError, validate_email

from vitrine.core.errors import Invalid, Unauthenticated, invalid
from vitrine.services.accounts import rules
from vitrine.tables.people import User

LONGEST_EMAIL = 320
NO_PASSWORD = ""
"""In place of a hash, of who signs in by a provider only: no password is right."""

_hasher = PasswordHasher()


def normal_email(email: str) -> str:
    """The one spelling of an address that we store and compare; raises Invalid for no address.

    Nothing is looked up: only the form is judged, and domains without a dot are welcome.
    """
    try:
        found = validate_email(
            email.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError as reason:
        raise invalid("email", f"is no e-mail address: {reason}") from None
    return found.normalized.lower()


def as_stored(email: str) -> str:
    """The address as it would be stored, or as good as that for what is no address."""
    try:
        return normal_email(email)
    except Invalid:
        return email.strip().lower()[:LONGEST_EMAIL]


def hash_password(password: str, field: str = "password", about: Iterable[str] = ()) -> str:
    """A salted argon2id hash; raises Invalid for a password that the rules refuse.

    `about` is what is known of its owner.
    """
    normal = _normal(password)
    rules.check(normal, field, about)
    return _hasher.hash(normal)


def verify_password(user: User | None, password: str) -> User:
    """The user, if the password is theirs; else raises Unauthenticated.

    Who is unknown, or has no password, costs as much time as a wrong one, and is told the same.
    """
    known, most = (user.password_hash if user else NO_PASSWORD), rules.LONGEST + 1
    try:
        _hasher.verify(_nobody() if known == NO_PASSWORD else known, _normal(password)[:most])
    except (VerifyMismatchError, InvalidHashError):
        user = None
    if user is None:
        raise Unauthenticated("wrong_credentials", "The e-mail address or the password is wrong.")
    return user


def renewed_hash(user: User, password: str) -> str | None:
    """A new hash of a password just verified, if the stored one has outdated parameters."""
    # By no rules: whoever has a password from before they came must still get in with it.
    outdated = _hasher.check_needs_rehash(user.password_hash)
    return _hasher.hash(_normal(password)) if outdated else None


def _normal(password: str) -> str:
    # Keyboards disagree on composed letters; the same password must hash the same.
    return unicodedata.normalize("NFC", password)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
