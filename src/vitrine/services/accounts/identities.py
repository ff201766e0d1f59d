"""Accounts of people whom an OpenID provider knows, and their roles by what it claims."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict, Forbidden
from vitrine.core.sign_in import OidcSettings
from vitrine.services.accounts.passwords import NO_PASSWORD, normal_email
from vitrine.services.accounts.users import find_user, set_role
from vitrine.tables.people import ROLES, Identity, User


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider says of somebody, its ID token checked."""

    issuer: str
    subject: str
    email: str
    verified: bool
    name: str
    role: str | None

    @classmethod
    def of(cls, claims: Mapping[str, Any], policy: OidcSettings) -> Told:
        """The claims in our words; only `true` makes an e-mail address verified."""
        return cls(
            issuer=policy.issuer,
            subject=str(claims["sub"])[:255],
            email=str(claims.get("email", "")),
            verified=claims.get("email_verified") is True,
            name=str(claims.get("name", ""))[:200],
            role=_role(claims, policy),
        )


def user_of(session: Session, told: Told, policy: OidcSettings) -> User:
    """The account of somebody who signed in at the provider, with the role that is theirs now.

    Raises Forbidden where no role is theirs, where there is no account and none may be made, and
    where the e-mail address is not verified: then it may be anybody's.
    """
    if told.role is None:
        raise Forbidden("oidc_no_role", "Your account at the sign-in provider has no role here.")
    known = session.scalar(
        select(Identity).where(Identity.issuer == told.issuer, Identity.subject == told.subject)
    )
    if known is None:
        user = _linked(session, told, policy) or _made(session, told, policy)
        session.add(Identity(user_id=user.id, issuer=told.issuer, subject=told.subject))
    else:
        found = session.scalar(select(User).where(User.id == known.user_id))
        if found is None:
            raise Forbidden("oidc_account_gone", "Your account here was deleted; ask an admin.")
        user = found
    if policy.roles and user.role != told.role:
        with suppress(Conflict):  # the last admin stays one, whatever the provider says
            set_role(session, user.id, told.role)
    session.flush()
    return user


def _linked(session: Session, told: Told, policy: OidcSettings) -> User | None:
    """The account that has the e-mail address already, if it may be theirs."""
    user = find_user(session, told.email) if told.email else None
    if user is None:
        return None
    if not (told.verified and policy.link):
        raise Forbidden(
            "oidc_email_taken",
            "There is an account with your e-mail address, and the sign-in provider does not say "
            "that the address is yours. Sign in with the password, or ask an admin.",
        )
    return user


def _made(session: Session, told: Told, policy: OidcSettings) -> User:
    if not policy.create:
        raise Forbidden("oidc_unknown", "You have no account here; ask an admin for one.")
    if not told.verified:
        raise Forbidden(
            "oidc_email_unverified",
            "The sign-in provider does not say that your e-mail address is verified.",
        )
    user = User(
        email=normal_email(told.email),
        password_hash=NO_PASSWORD,
        role=told.role or "",
        name=told.name,
    )
    session.add(user)
    session.flush()
    return user


def _role(claims: Mapping[str, Any], policy: OidcSettings) -> str | None:
    """The strongest role that a value of the claim stands for; else the default, if there is one.

    The claim's name may lead into objects by dots, as Keycloak's `realm_access.roles` does.
    """
    value: Any = claims.get(policy.roles_claim)
    if value is None:
        value = claims
        for name in policy.roles_claim.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
    values = value if isinstance(value, list) else [value]
    found = [
        policy.roles[each] for each in values if isinstance(each, str) and each in policy.roles
    ]
    return max(found, key=ROLES.index) if found else policy.default_role or None
