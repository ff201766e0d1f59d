"""API keys of the caller, and, for admins, users and their keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.accounts import (
    ApiKey,
    ApiKeyMade,
    ApiKeys,
    NewApiKey,
    NewUser,
    User,
    UserChange,
    UserPage,
)
from vitrine.api.schemas.common import Id
from vitrine.services import accounts
from vitrine.services.accounts import Ends
from vitrine.wiring import Runtime

keys = guarded("/v1/api-keys", "api keys")
users = guarded("/v1/users", "users")


@keys.post("", status_code=201, summary="Make an API key")
def create_api_key(asked: NewApiKey, caller: CallerDep, session: WriteSession) -> ApiKeyMade:
    """A key for programs, shown this once; it can never do more than its owner."""
    key, secret = accounts.create_key(
        session, caller, asked.name, list(asked.scopes), asked.expires_at
    )
    return ApiKeyMade(**ApiKey.model_validate(key).model_dump(), key=secret)


@keys.get("", summary="List your API keys")
def list_api_keys(caller: CallerDep, session: ReadSession) -> ApiKeys:
    """The caller's keys, without their secrets."""
    found = accounts.list_keys(session, caller.user_id)
    return ApiKeys(api_keys=[ApiKey.model_validate(key) for key in found])


@keys.delete("/{key_id}", status_code=204, summary="Revoke an API key")
def revoke_api_key(key_id: str, caller: CallerDep, session: WriteSession) -> None:
    """The key stops working at once."""
    accounts.revoke_key(session, caller.user_id, key_id)


@users.post("", status_code=201, summary="Add a user")
def create_user(asked: NewUser, session: WriteSession) -> User:
    """A new account with a first password."""
    password = asked.password.get_secret_value()
    user = accounts.create_user(session, asked.email, password, asked.role, asked.name)
    return User.model_validate(user)


@users.get("", summary="List users")
def list_users(
    session: ReadSession,
    cursor: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> UserPage:
    """Users, oldest first."""
    found = accounts.list_users(session, cursor, limit + 1)
    told = [User.model_validate(user) for user in found[:limit]]
    return UserPage(users=told, next_cursor=told[-1].id if len(found) > limit else None)


@users.patch("/{user_id}", summary="Change a user")
def change_user(user_id: str, asked: UserChange, runtime: RuntimeDep) -> User:
    """Role, name or password; the last admin stays one."""
    hashed = _hashed(runtime, user_id, asked)
    with runtime.sessions.write() as session:
        if asked.role is not None:
            accounts.set_role(session, user_id, asked.role)
        if asked.name is not None:
            accounts.set_name(session, user_id, asked.name)
        if hashed is not None:
            ends = Ends(asked.end_sign_ins, asked.end_keys)
            accounts.set_password(session, user_id, hashed, ends)
        return User.model_validate(accounts.get_user(session, user_id))


def _hashed(runtime: Runtime, user_id: str, asked: UserChange) -> str | None:
    """The hash of the new password, if there is one: made while nothing is locked."""
    if asked.password is None:
        return None
    with runtime.sessions.read() as session:
        user = accounts.get_user(session, user_id)
    about = (user.email, user.name if asked.name is None else asked.name)
    return accounts.hash_password(asked.password.get_secret_value(), about=about)


@users.get("/{user_id}/api-keys", summary="List a user's API keys")
def list_users_keys(user_id: str, session: ReadSession) -> ApiKeys:
    """The user's keys, without their secrets."""
    accounts.get_user(session, user_id)
    found = accounts.list_keys(session, user_id)
    return ApiKeys(api_keys=[ApiKey.model_validate(key) for key in found])


@users.delete("/{user_id}/api-keys/{key_id}", status_code=204, summary="Revoke a user's API key")
def revoke_users_key(user_id: str, key_id: str, session: WriteSession) -> None:
    """Somebody else's key stops working at once."""
    accounts.revoke_key(session, user_id, key_id)


@users.delete("/{user_id}", status_code=204, summary="Delete a user")
def delete_user(user_id: str, session: WriteSession) -> None:
    """The account, its keys and its sign-ins end; the last admin cannot be deleted."""
    accounts.delete_user(session, user_id)
