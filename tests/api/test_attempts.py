"""Guessing passwords, from one place and from many, and whom it must not lock out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from starlette.applications import Starlette

from tests.worlds.people import PASSWORD
from vitrine.api.app import create_app
from vitrine.core.clock import now
from vitrine.services.accounts import Client
from vitrine.tables.people import SignIn, User
from vitrine.wiring import Runtime

WHO = {"email": "viewer@example.org", "password": PASSWORD}
WRONG = WHO | {"password": "a wrong guess"}
HOME = "198.51.100.7"


@pytest.fixture(autouse=True)
def user(new_user: Callable[..., User]) -> User:
    return new_user("viewer")


@pytest.fixture
def shop(runtime: Runtime) -> Iterator[Starlette]:
    """The API, started once for all who come."""
    app = create_app(runtime.settings, runtime)
    with TestClient(app):
        yield app


def at(shop: Starlette, address: str) -> TestClient:
    """A browser with no cookies yet, at that address."""
    return TestClient(shop, "https://testserver", client=(address, 50_000))


def attempt(client: TestClient, sent: dict[str, str]) -> int:
    return client.post("/v1/auth/sign-in", json=sent | {"cookie": True}).status_code


def guesses(shop: Starlette, addresses: int = 40, each: int = 5) -> list[int]:
    """What many addresses are answered that guess on one account."""
    answers = []
    for number in range(addresses):
        client = at(shop, f"203.0.113.{number}")
        answers += [attempt(client, WRONG) for _ in range(each)]
    return answers


def test_many_addresses_on_one_account_are_refused_and_its_owner_still_gets_in(
    shop: Starlette,
    runtime: Runtime,
) -> None:
    browser = at(shop, HOME)
    assert attempt(browser, WHO) == 200
    answers = guesses(shop)
    limit = runtime.settings.auth.attempts_per_account
    assert (answers.count(401), answers.count(429)) == (limit, 200 - limit)
    stranger = at(shop, "203.0.113.250")
    assert attempt(stranger, WHO) == 429  # though right: nobody can tell the two apart
    assert attempt(browser, WHO) == 200
    other_browser = at(shop, HOME)
    assert attempt(other_browser, WHO) == 200, "the network is known, too"


def test_a_known_browser_gets_in_from_anywhere_even_from_where_the_guesses_come(
    shop: Starlette,
    runtime: Runtime,
) -> None:
    browser = at(shop, HOME)
    assert attempt(browser, WHO) == 200
    device = browser.cookies["vitrine_device"]
    guesses(shop, addresses=10)
    browser = at(shop, "203.0.113.1")
    browser.cookies.set("vitrine_device", device, domain="testserver.local", path="/v1/auth")
    assert attempt(browser, WHO) == 200


def test_the_cookie_of_one_account_is_none_for_another(
    shop: Starlette, new_user: Callable[..., User]
) -> None:
    new_user("editor")
    attacker = at(shop, "203.0.113.99")
    assert attempt(attacker, {"email": "editor@example.org", "password": PASSWORD}) == 200
    guesses(shop, addresses=5)
    assert attempt(attacker, WRONG) == 429


def test_a_known_browser_may_guess_no_more_than_others(shop: Starlette) -> None:
    browser = at(shop, HOME)
    assert attempt(browser, WHO) == 200
    answers = [attempt(browser, WRONG) for _ in range(20)]
    # Its own five, then five as whoever is at that address.
    assert answers == [401] * 10 + [429] * 10


def test_five_wrong_at_one_address_lock_out_nobody_elsewhere(shop: Starlette) -> None:
    guesser = at(shop, "203.0.113.1")
    assert [attempt(guesser, WRONG) for _ in range(6)] == [401] * 5 + [429]
    owner = at(shop, HOME)
    assert attempt(owner, WHO) == 200


def test_thirty_wrong_behind_a_proxy_nobody_named_leave_known_browsers_in(
    shop: Starlette,
    runtime: Runtime,
) -> None:
    browser = at(shop, "10.0.0.1")
    assert attempt(browser, WHO) == 200
    guesser = at(shop, "10.0.0.1")
    for number in range(30):
        attempt(guesser, WRONG | {"email": f"{number}@example.org"})
    assert attempt(guesser, WHO) == 429
    assert attempt(browser, WHO) == 200


def test_a_network_is_forgotten_after_a_while(shop: Starlette, runtime: Runtime) -> None:
    browser = at(shop, HOME)
    assert attempt(browser, WHO) == 200
    with runtime.sessions.write() as session:
        session.execute(update(SignIn).values(created_at=now() - timedelta(days=91)))
    guesses(shop, addresses=5)
    browser = at(shop, HOME)
    assert attempt(browser, WHO) == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_whole_ipv6_network_counts_as_one_address(address: str, network: str) -> None:
    assert Client(address).network == network
