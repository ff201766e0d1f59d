"""Signing in by an OpenID provider: a real one on loopback, asked as a browser would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from tests.worlds.providers import CLIENT, SECRET, Provider, provider
from vitrine.api.app import create_app
from vitrine.core.clock import now
from vitrine.tables.people import Identity, SignIn, User
from vitrine.wiring import Runtime

ADA = {"sub": "ada", "email": "Ada@Example.org", "email_verified": True, "name": "Ada"}
OpenShop = Callable[..., TestClient]


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        made.claims = dict(ADA)
        yield made


@pytest.fixture
def shop(runtime: Runtime, there: Provider) -> Iterator[OpenShop]:
    """Opens a browser on a shop that knows the provider."""
    opened: list[TestClient] = []

    def open_shop(**policy: object) -> TestClient:
        given = runtime.settings.model_dump()
        given["oidc"] = {
            "issuer": there.url,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "label": "Example ID",
        } | policy
        settings = type(runtime.settings).model_validate(given)
        app = create_app(settings, replace(runtime, settings=settings))
        client = TestClient(app, "https://testserver", follow_redirects=False)
        opened.append(client.__enter__())
        return client

    yield open_shop
    for client in opened:
        client.__exit__(None, None, None)


def go_there(client: TestClient, next_: str = "/catalogue") -> str:
    """Where the provider sends the browser back to."""
    begun = client.get("/v1/auth/oidc/start", params={"next": next_})
    assert begun.status_code == 303, begun.text
    back = httpx.get(begun.headers["location"])
    assert back.status_code == 302, back.text
    return str(back.headers["location"])


def come_back(client: TestClient, next_: str = "/catalogue") -> str:
    """Where one is after the whole way."""
    answer = client.get(go_there(client, next_))
    assert answer.status_code == 303
    return str(answer.headers["location"])


def me(client: TestClient) -> dict[str, Any]:
    answer = client.get("/v1/auth/me")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_first_sign_in_makes_an_account_and_the_next_finds_it(
    shop: OpenShop, there: Provider, runtime: Runtime
) -> None:
    client = shop()
    assert client.get("/v1/auth/methods").json() == {"oidc": "Example ID"}
    assert come_back(client) == "/catalogue"
    first = me(client)
    assert (first["email"], first["name"], first["role"]) == ("ada@example.org", "Ada", "viewer")
    assert {"vitrine_access", "vitrine_refresh", "vitrine_device"} <= set(client.cookies)
    assert "vitrine_oidc" not in client.cookies
    there.claims["email"] = "lovelace@example.org"  # addresses change, subjects do not
    assert come_back(client) == "/catalogue"
    assert me(client)["id"] == first["id"]
    wrong = {"email": "ada@example.org", "password": ""}
    assert client.post("/v1/auth/sign-in", json=wrong).status_code == 401
    with runtime.sessions.read() as session:
        assert len(session.scalars(select(Identity)).all()) == 1
        assert len(session.scalars(select(SignIn)).all()) == 2


@pytest.mark.parametrize(
    ("claims", "policy", "role"),
    [
        ({"roles": ["staff", "boss"]}, {"roles": {"staff": "editor", "boss": "admin"}}, "admin"),
        ({"roles": ["staff"]}, {"roles": {"staff": "editor"}}, "editor"),
        ({"roles": "staff"}, {"roles": {"staff": "editor"}}, "editor"),
        ({"roles": ["other"]}, {"roles": {"staff": "editor"}}, "viewer"),
        (
            {"realm_access": {"roles": ["staff"]}},
            {"roles": {"staff": "reviewer"}, "roles_claim": "realm_access.roles"},
            "reviewer",
        ),
        (
            {"https://shop.example/roles": ["staff"]},
            {"roles": {"staff": "editor"}, "roles_claim": "https://shop.example/roles"},
            "editor",
        ),
    ],
)
def test_claims_become_roles(
    shop: OpenShop, there: Provider, claims: dict[str, Any], policy: dict[str, Any], role: str
) -> None:
    there.claims |= claims
    client = shop(**policy)
    assert come_back(client) == "/catalogue"
    assert me(client)["role"] == role


def test_a_role_that_was_taken_away_there_is_gone_here(shop: OpenShop, there: Provider) -> None:
    there.claims["roles"] = ["staff"]
    client = shop(roles={"staff": "editor"}, default_role="")
    come_back(client)
    assert me(client)["role"] == "editor"
    there.claims["roles"] = []
    assert come_back(client) == "/sign-in?problem=oidc_no_role"


@pytest.mark.parametrize("verified", [False, "true", None])
def test_an_address_that_is_not_verified_opens_no_account(
    shop: OpenShop, there: Provider, new_user: Callable[..., User], verified: object
) -> None:
    there.claims |= {"email": "admin@example.org", "email_verified": verified}
    client = shop()
    assert come_back(client) == "/sign-in?problem=oidc_email_unverified"
    new_user("admin")
    assert come_back(client) == "/sign-in?problem=oidc_email_taken"
    assert client.get("/v1/auth/me").status_code == 401


def test_a_verified_address_finds_the_account_unless_that_is_off(
    shop: OpenShop, there: Provider, new_user: Callable[..., User]
) -> None:
    user = new_user("editor")
    there.claims["email"] = user.email
    assert come_back(shop(link=False)) == "/sign-in?problem=oidc_email_taken"
    client = shop()
    come_back(client)
    assert (me(client)["id"], me(client)["role"]) == (user.id, "editor")


def test_who_has_no_account_gets_none_where_none_are_made(shop: OpenShop) -> None:
    assert come_back(shop(create=False)) == "/sign-in?problem=oidc_unknown"


def test_a_deleted_account_stays_deleted(shop: OpenShop, runtime: Runtime) -> None:
    client = shop()
    come_back(client)
    with runtime.sessions.write() as session:
        session.scalars(select(User)).one().deleted_at = now()
    assert come_back(client) == "/sign-in?problem=oidc_account_gone"


def test_an_address_that_the_token_lacks_is_asked_for(shop: OpenShop, there: Provider) -> None:
    there.claims = {"sub": "ada"}
    client = shop()
    assert come_back(client) == "/catalogue"
    assert me(client)["email"] == "ada@example.org"
    there.claims = {"sub": "eve"}  # the user information is of ada
    assert come_back(client) == "/sign-in?problem=oidc_refused"


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"},
    "for another program": {"aud": "other"},
    "for another program too": {"aud": [CLIENT, "other"], "azp": "other"},
    "run out": {"exp": 1_000_000_000},
    "no end": {"exp": None},
    "nobody": {"sub": None},
}


@pytest.mark.parametrize("lies", LIES.values(), ids=list(LIES))
def test_a_token_that_is_not_right_lets_nobody_in(
    shop: OpenShop, there: Provider, lies: dict[str, Any]
) -> None:
    there.lies = lies
    client = shop()
    assert come_back(client) == "/sign-in?problem=oidc_refused"
    assert client.get("/v1/auth/me").status_code == 401


def test_a_token_of_another_key_or_of_our_own_secret_lets_nobody_in(
    shop: OpenShop, there: Provider
) -> None:
    there.signs_with = RSAKey.generate_key(2048)
    assert come_back(shop()) == "/sign-in?problem=oidc_refused"
    there.header = {"alg": "HS256"}
    there.signs_with = OctKey.import_key(SECRET * 3)
    assert come_back(shop()) == "/sign-in?problem=oidc_refused"


def test_new_keys_of_the_provider_are_fetched(shop: OpenShop, there: Provider) -> None:
    client = shop()
    come_back(client)
    there.key = RSAKey.generate_key(2048, auto_kid=True)
    assert come_back(client) == "/catalogue"


def test_what_another_browser_began_is_not_finished_here(shop: OpenShop) -> None:
    client, other = shop(), shop()
    back = go_there(other)
    for place in (back, back.replace("state=", "state=x")):
        answer = client.get(place)
        assert answer.headers["location"] == "/sign-in?problem=oidc_not_begun"
    go_there(client)  # it has a cookie now, of another state
    assert client.get(back).headers["location"] == "/sign-in?problem=oidc_not_begun"
    assert other.get(back).headers["location"] == "/catalogue"
    assert other.get(back).headers["location"] == "/sign-in?problem=oidc_not_begun"


def test_the_proof_key_binds_the_code_to_its_browser(shop: OpenShop, there: Provider) -> None:
    client, thief = shop(), shop()
    code = parse_qs(urlsplit(go_there(client)).query)["code"][0]
    mine = urlsplit(go_there(thief))
    state = parse_qs(mine.query)["state"][0]
    stolen = f"/v1/auth/oidc/callback?code={code}&state={state}"
    assert thief.get(stolen).headers["location"] == "/sign-in?problem=oidc_refused"


def test_a_refusal_there_is_told_here(shop: OpenShop) -> None:
    client = shop()
    state = parse_qs(urlsplit(go_there(client)).query)["state"][0]
    answer = client.get(f"/v1/auth/oidc/callback?error=access_denied&state={state}")
    assert answer.headers["location"] == "/sign-in?problem=oidc_refused"


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(shop: OpenShop, place: str) -> None:
    assert come_back(shop(), place) == "/"


def test_a_provider_that_is_away_is_told_on_the_sign_in_page(shop: OpenShop) -> None:
    client = shop(issuer="http://127.0.0.1:9")
    answer = client.get("/v1/auth/oidc/start")
    assert answer.headers["location"] == "/sign-in?problem=oidc_unavailable"


def test_without_a_provider_there_is_no_such_sign_in(client: TestClient) -> None:
    assert client.get("/v1/auth/methods").json() == {"oidc": None}
    for path in ("start", "callback"):
        assert client.get(f"/v1/auth/oidc/{path}").status_code == 404


def test_such_sign_ins_are_in_the_audit_log(
    shop: OpenShop, there: Provider, admin: dict[str, str]
) -> None:
    client = shop()
    come_back(client)
    there.lies = {"nonce": "x"}
    come_back(client)
    answer = client.get("/v1/audit?action=sign_in.oidc", headers=admin).json()["events"]
    assert [event["outcome"] for event in answer] == ["oidc_refused", "done"]
    assert (answer[1]["actor"], answer[1]["details"]["subject"]) == ("ada@example.org", "ada")
