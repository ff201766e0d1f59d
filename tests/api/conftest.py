from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from tests.worlds.colours import three_colours
from tests.worlds.documented import refused_as_documented
from tests.worlds.fakes import MemoryBlobs
from tests.worlds.people import PASSWORD, Headers
from tests.worlds.remembered import remembered
from vitrine.api.app import create_app
from vitrine.services import accounts
from vitrine.tables import Base
from vitrine.tables.people import User
from vitrine.wiring import Runtime


@cache
def _hashed() -> str:
    return accounts.hash_password(PASSWORD)


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    # https, because Secure cookies come back on nothing else.
    with TestClient(create_app(runtime.settings, runtime), "https://testserver") as opened:
        opened.event_hooks["response"] = [refused_as_documented]
        yield opened


@pytest.fixture
def catalogue(runtime: Runtime) -> dict[str, str]:
    """Three indexed products: colour to product id."""
    return remembered(runtime, three_colours)


@pytest.fixture
def new_user(runtime: Runtime) -> Callable[[str], User]:
    """Adds a user of a role, whose password is PASSWORD and whose address is role@example.org."""

    def add(role: str, name: str = "") -> User:
        user = User(
            email=f"{name or role}@example.org", password_hash=_hashed(), role=role, name=name
        )
        with runtime.sessions.write() as session:
            session.add(user)
        return user

    return add


@pytest.fixture
def signed_in(runtime: Runtime, new_user: Callable[..., User]) -> Callable[..., Headers]:
    """Headers of a fresh user of that role."""

    def sign_in(role: str, name: str = "") -> Headers:
        user = new_user(role, name)
        with runtime.sessions.write() as session:
            tokens = accounts.sign_in(session, user, runtime.settings)
        return {"Authorization": f"Bearer {tokens.access}"}

    return sign_in


@pytest.fixture
def with_key(runtime: Runtime, new_user: Callable[..., User]) -> Callable[..., Headers]:
    """Headers of a fresh user's API key with those scopes."""

    def make(role: str, *scopes: str) -> Headers:
        user = new_user(role, f"key-{role}-{len(scopes)}-{'-'.join(scopes).replace(':', '.')}")
        caller = accounts.Caller(user.id, user.email, user.name, "admin")
        with runtime.sessions.write() as session:
            _, secret = accounts.create_key(session, caller, "a key", scopes)
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture
def editor(signed_in: Callable[..., Headers]) -> Headers:
    return signed_in("editor")


@pytest.fixture
def viewer(signed_in: Callable[..., Headers]) -> Headers:
    return signed_in("viewer")


@pytest.fixture
def admin(signed_in: Callable[..., Headers]) -> Headers:
    return signed_in("admin")


@pytest.fixture
def counts(runtime: Runtime) -> Callable[[], dict[str, int]]:
    """How many rows each table and how many blobs the store holds."""

    def count() -> dict[str, int]:
        with runtime.sessions.read() as session:
            rows = {
                name: session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Base.metadata.tables.items()
            }
        assert isinstance(runtime.ports.blobs, MemoryBlobs)
        return rows | {"blobs": len(list(runtime.ports.blobs.keys()))}

    return count
