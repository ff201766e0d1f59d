from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, Forbidden, Invalid, Limited, Unauthenticated
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import accounts
from vitrine.services.accounts import Caller, Client, Need
from vitrine.services.accounts.passwords import normal_email
from vitrine.tables.people import ROLES, SignIn, User

PASSWORD = "correct horse battery"


@pytest.fixture
def either(both_databases: tuple[Settings, Sessions]) -> Sessions:
    """What happens at once must end the same on each database."""
    return both_databases[1]


def add(sessions: Sessions, email: str = "ada@example.org", role: str = "viewer") -> User:
    with sessions.write() as session:
        return accounts.create_user(session, email, PASSWORD, role)


def caller(role: str, *scopes: str, key: bool = False) -> Caller:
    return Caller(
        "u", "u@example.org", "", role, key_id="k" if key else None, scopes=frozenset(scopes)
    )


def test_a_password_is_kept_as_argon2id_and_verified(
    sessions: Sessions, costly_hashes: None
) -> None:
    user = add(sessions)
    assert user.password_hash.startswith("$argon2id$")
    assert accounts.verify_password(user, PASSWORD) is user
    for wrong in ("", "x", PASSWORD + "x", PASSWORD * 20):
        with pytest.raises(Unauthenticated):
            accounts.verify_password(user, wrong)
    with pytest.raises(Unauthenticated):
        accounts.verify_password(None, PASSWORD)


def test_the_same_letters_composed_otherwise_are_the_same_password() -> None:
    user = User(password_hash=accounts.hash_password("Caf\u00e9 au lait!"))
    assert accounts.verify_password(user, "Cafe\u0301 au lait!")


def test_only_a_hash_with_outdated_parameters_is_renewed(costly_hashes: None) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    renewed = accounts.renewed_hash(User(password_hash=weak), PASSWORD)
    assert renewed
    assert accounts.verify_password(User(password_hash=renewed), PASSWORD)
    assert accounts.renewed_hash(User(password_hash=renewed), PASSWORD) is None


@pytest.mark.parametrize("length", [0, 11, 129, 10_000])
def test_a_password_has_12_to_128_characters(length: int) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.hash_password("x" * length)
    assert list(refused.value.fields) == ["password"]


@pytest.mark.parametrize("email", ["", "x", "@", "a b@example.org", "a@", "a@b@c", "a@-x.org"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid):
        normal_email(email)


@given(st.from_regex(r"[A-Za-z]{1,20}@[A-Za-z]{1,10}\.(org|shop)", fullmatch=True))
def test_an_address_has_one_spelling(email: str) -> None:
    assert normal_email(f" {email.upper()} ") == normal_email(email) == email.lower()


def test_an_address_is_taken_however_it_is_spelt(sessions: Sessions) -> None:
    add(sessions)
    with pytest.raises(Conflict):
        add(sessions, " ADA@Example.ORG ")


def test_two_at_once_get_one_account(either: Sessions) -> None:
    def attempt(_: int) -> bool:
        try:
            add(either)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False, False, False, True]


def test_attempts_at_the_same_moment_cannot_slip_past_the_limit(
    either: Sessions, settings: Settings
) -> None:
    def attempt(_: int) -> bool:
        try:
            with either.write() as session:
                accounts.note_attempt(
                    session, "ada@example.org", Client("127.0.0.1"), settings.auth
                )
        except Limited:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        let_through = sum(pool.map(attempt, range(20)))
    assert let_through == settings.auth.attempts


def test_a_refresh_token_used_twice_at_once_keeps_the_sign_in(
    either: Sessions, settings: Settings
) -> None:
    user = add(either)
    with either.write() as session:
        tokens = accounts.sign_in(session, user, settings)

    def use(_: int) -> bool:
        with either.write() as session:
            return accounts.refresh(session, tokens.refresh, settings) is not None

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(use, range(8)))
    with either.read() as session:
        family = session.get(SignIn, tokens.sign_in_id)
        assert family is not None
        assert family.revoked_at is None


def test_no_token_outlives_its_sign_in(sessions: Sessions, settings: Settings) -> None:
    user = add(sessions)
    with sessions.write() as session:
        tokens = accounts.sign_in(session, user, settings)
        family = session.get(SignIn, tokens.sign_in_id)
        assert family is not None
        family.expires_at = now() + timedelta(seconds=60)
        renewed = accounts.refresh(session, tokens.refresh, settings)
    assert renewed is not None
    assert renewed.access_ttl <= renewed.refresh_ttl <= 60


def test_a_password_changed_meanwhile_does_not_sign_in(
    sessions: Sessions, settings: Settings
) -> None:
    verified = add(sessions)
    with sessions.write() as session:
        accounts.set_password(session, verified.id, accounts.hash_password("another password"))
    with pytest.raises(Unauthenticated), sessions.write() as session:
        accounts.sign_in(session, verified, settings)


def test_two_admins_cannot_both_leave(either: Sessions) -> None:
    admins = [add(either, f"{name}@example.org", "admin").id for name in "ab"]

    def leave(user_id: str) -> bool:
        try:
            with either.write() as session:
                accounts.set_role(session, user_id, "viewer")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, admins)) == [False, True]


@pytest.mark.parametrize("needed", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_weaker_ones_may_and_reviewers_do_not_edit(role: str, needed: str) -> None:
    if role in (needed, "admin") or needed == "viewer":
        caller(role).require(Need(needed, "search"))
    else:
        with pytest.raises(Forbidden):
            caller(role).require(Need(needed, "search"))


def test_a_key_needs_the_scope_and_its_owners_role() -> None:
    need = Need("editor", "catalog:write")
    caller("editor", "catalog:write", key=True).require(need)
    for weak in (
        caller("viewer", "catalog:write", key=True),
        caller("admin", "catalog:read", key=True),
    ):
        with pytest.raises(Forbidden):
            weak.require(need)
    with pytest.raises(Forbidden):
        caller("admin", *accounts.SCOPES, key=True).require(Need("viewer"))


def test_only_admins_and_their_admin_keys_see_what_others_uploaded() -> None:
    assert caller("reviewer").sees_only == "u"
    assert caller("admin").sees_only is None
    assert caller("admin", "search", key=True).sees_only == "u"
    assert caller("admin", "admin", key=True).sees_only is None
