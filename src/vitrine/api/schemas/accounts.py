"""Accounts, sign-ins and API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, SecretStr

from vitrine.api.schemas.common import AnswerModel, Name, RequestModel

Role = Literal["viewer", "editor", "reviewer", "admin"]
Scope = Literal["catalog:read", "catalog:write", "search", "jobs", "review", "admin"]
Email = Annotated[str, Field(max_length=320, examples=["ada@example.org"])]
Password = Annotated[SecretStr, Field(max_length=1024)]


class SignInRequest(RequestModel):
    """Who, and whether as cookies (browsers) or tokens (programs)."""

    email: Email
    password: Password
    cookie: bool = False


class SignInMethods(AnswerModel):
    """How one may sign in here, besides by password."""

    oidc: str | None = Field(description="The name of the sign-in provider, if there is one.")


class SignedIn(AnswerModel):
    """Tokens for a program; for a browser they are in cookies and only the CSRF token is here."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a kind, no secret
    expires_in: int = Field(description="Seconds until the access token expires.")
    access_token: str | None = None
    refresh_token: str | None = None
    csrf_token: str | None = None


class RefreshRequest(RequestModel):
    """The refresh token of a program; a browser sends its cookie instead."""

    refresh_token: Annotated[str, Field(max_length=200)] | None = None


class PasswordChange(RequestModel):
    """A new password, the present one as proof, and what the new one ends."""

    current_password: Password
    new_password: Password
    end_sign_ins: bool = Field(default=True, description="End the account's other sign-ins.")
    end_keys: bool = Field(default=False, description="Revoke the account's API keys.")


class Me(AnswerModel):
    """The account that is signed in."""

    id: str
    email: str
    name: str
    role: Role


class User(Me):
    """A user."""

    created_at: datetime


class NewUser(RequestModel):
    """A new user."""

    email: Email
    password: Password
    role: Role
    name: Name = ""


class UserChange(RequestModel):
    """What to change of a user, and what a new password ends."""

    role: Role | None = None
    name: Name | None = None
    password: Password | None = None
    end_sign_ins: bool = Field(default=True, description="Of a new password: end all sign-ins.")
    end_keys: bool = Field(default=False, description="Of a new password: revoke all API keys.")


class UserPage(AnswerModel):
    """Some users, and the cursor of the next page."""

    users: list[User]
    next_cursor: str | None


class NewApiKey(RequestModel):
    """A new API key."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)]
    expires_at: AwareDatetime | None = None


class ApiKey(AnswerModel):
    """An API key without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ApiKeyMade(ApiKey):
    """A new API key; `key` is shown this once."""

    key: str


class ApiKeys(AnswerModel):
    """All API keys of the caller."""

    api_keys: list[ApiKey]
