"""What somebody may do: the rights of their role, narrowed by the scopes of their key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vitrine.core.errors import Forbidden
from vitrine.tables.people import User

SCOPES: Mapping[str, str] = {
    "catalog:read": "viewer",
    "catalog:write": "editor",
    "search": "viewer",
    "jobs": "viewer",
    "review": "reviewer",
    "admin": "admin",
}
"""Each scope an API key may have, and the lowest role whose owner may give it."""

COVERS: Mapping[str, frozenset[str]] = {
    "viewer": frozenset({"viewer"}),
    "editor": frozenset({"viewer", "editor"}),
    "reviewer": frozenset({"viewer", "reviewer"}),
    "admin": frozenset({"viewer", "editor", "reviewer", "admin"}),
}
"""By role the roles whose rights it has: who reviews does not edit, nor the other way round."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a route asks for: a role at least, and of keys a scope; without one, no key will do."""

    role: str
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a person signed in, or a program with that person's key."""

    user_id: str
    email: str
    name: str
    role: str
    sign_in_id: str | None = None
    key_id: str | None = None
    scopes: frozenset[str] = frozenset()

    def ranks(self, role: str) -> bool:
        """Whether the caller's role is that one or has all its rights."""
        return role in COVERS[self.role]

    @property
    def sees_only(self) -> str | None:
        """Whose uploads and searches the caller may see: their own, or everybody's (None)."""
        everything = self.role == "admin" and (self.key_id is None or "admin" in self.scopes)
        return None if everything else self.user_id

    def require(self, need: Need) -> None:
        """Raise Forbidden unless the role is strong enough and the key, if any, has the scope."""
        if not self.ranks(need.role):
            raise Forbidden("role_too_weak", f"This needs the role {need.role} or a stronger one.")
        if self.key_id is None or need.scope in self.scopes:
            return
        if need.scope is None:
            raise Forbidden("person_needed", "API keys cannot do this; sign in instead.")
        raise Forbidden("scope_missing", f"This API key lacks the scope {need.scope}.")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, until when that is so if nothing changes, and whether to note the use of a key."""

    caller: Caller
    until: datetime
    to_note: bool = False


def person(user: User, sign_in_id: str) -> Caller:
    """The caller that a sign-in speaks for."""
    return Caller(user.id, user.email, user.name, user.role, sign_in_id=sign_in_id)


def program(user: User, key_id: str, scopes: list[str]) -> Caller:
    """The caller that an API key speaks for."""
    return Caller(
        user.id, user.email, user.name, user.role, key_id=key_id, scopes=frozenset(scopes)
    )
