"""Two tabs of one browser, and a thief: what refreshing in any order ends in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import select

from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import accounts
from vitrine.tables.people import RefreshToken, SignIn, User

SHARED_FIXTURES = trying(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
"""Each example signs in anew, so that the database they share matters to none."""

Refresh = Callable[[str], str | None]


@pytest.fixture
def user(sessions: Sessions) -> User:
    with sessions.write() as session:
        return accounts.create_user(session, "ada@example.org", "correct horse battery", "viewer")


@pytest.fixture
def sign_in(sessions: Sessions, settings: Settings, user: User) -> Callable[[], str]:
    """Starts a family; its refresh token."""

    def start() -> str:
        with sessions.write() as session:
            return accounts.sign_in(session, user, settings).refresh

    return start


@pytest.fixture
def refresh(sessions: Sessions, settings: Settings) -> Refresh:
    """The next refresh token, or None."""

    def ask(token: str) -> str | None:
        with sessions.write() as session:
            tokens = accounts.refresh(session, token, settings)
        return tokens.refresh if tokens else None

    return ask


@pytest.fixture
def wait(sessions: Sessions) -> Callable[[float], None]:
    """Lets that many seconds pass for all tokens."""

    def pass_by(seconds: float) -> None:
        with sessions.write() as session:
            used = select(RefreshToken).where(RefreshToken.used_at.is_not(None))
            for token in session.scalars(used):
                assert token.used_at is not None
                token.used_at -= timedelta(seconds=seconds)

    return pass_by


def families(sessions: Sessions) -> list[str | None]:
    with sessions.read() as session:
        return list(session.scalars(select(SignIn.revoked_reason).order_by(SignIn.id)))


@SHARED_FIXTURES
@given(st.lists(st.permutations("AABB"), max_size=4))
def test_any_order_of_two_refreshes_keeps_one_family_alive(
    sessions: Sessions, sign_in: Callable[[], str], refresh: Refresh, rounds: list[list[str]]
) -> None:
    """Each tab sends what is in the jar, then what it hears takes its place: in any order."""
    jar, before = sign_in(), len(families(sessions)) - 1
    for events in rounds:
        heard: dict[str, str] = {}
        for tab in events:
            if tab in heard:
                jar = heard[tab]
                continue
            answer = refresh(jar)
            assert answer is not None, rounds
            heard[tab] = answer
    assert refresh(jar) is not None
    assert families(sessions)[before:] == [None]


@SHARED_FIXTURES
@given(st.integers(0, 3), st.integers(1, 3))
def test_a_token_replayed_after_its_grace_ends_the_sign_in(
    sessions: Sessions,
    sign_in: Callable[[], str],
    refresh: Refresh,
    wait: Callable[[float], None],
    later: int,
    replayed: int,
) -> None:
    chain = [sign_in()]
    for _ in range(replayed + later):
        chain.append(refresh(chain[-1]) or "")
    wait(11)
    assert refresh(chain[replayed - 1]) is None
    assert refresh(chain[-1]) is None
    assert families(sessions)[-1] == "refresh_token_reused"


def test_a_token_stolen_within_the_grace_is_found_out_with_its_next_use(
    sessions: Sessions, sign_in: Callable[[], str], refresh: Refresh, wait: Callable[[float], None]
) -> None:
    stolen = sign_in()
    owner, thief = refresh(stolen), refresh(stolen)
    assert owner
    assert thief
    assert owner != thief
    assert refresh(owner)
    wait(11)
    assert refresh(thief) is None
    assert families(sessions) == ["refresh_token_reused"]


def test_the_token_of_one_family_is_no_grace_for_another(
    sessions: Sessions, sign_in: Callable[[], str], refresh: Refresh, wait: Callable[[float], None]
) -> None:
    here, there = sign_in(), sign_in()
    assert refresh(here)
    wait(11)
    assert refresh(there)
    assert refresh(here) is None
    assert families(sessions) == ["refresh_token_reused", None]


def test_without_a_grace_a_token_works_once(
    sessions: Sessions, settings: Settings, sign_in: Callable[[], str]
) -> None:
    auth = settings.auth.model_copy(update={"refresh_grace": 0})
    strict = settings.model_copy(update={"auth": auth})
    token = sign_in()
    with sessions.write() as session:
        assert accounts.refresh(session, token, strict)
    with sessions.write() as session:
        assert accounts.refresh(session, token, strict) is None
