from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from tests.worlds.people import PASSWORD, Headers
from vitrine.api.app import create_app
from vitrine.core.clock import now
from vitrine.services.accounts import sign_ins
from vitrine.tables.people import RefreshToken, SignIn, SignInAttempt, User
from vitrine.wiring import Runtime

NewUser = Callable[..., User]
WHO = {"email": "viewer@example.org", "password": PASSWORD}


@pytest.fixture
def user(new_user: NewUser) -> User:
    return new_user("viewer")


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def sign_in(client: TestClient, **more: object) -> dict[str, Any]:
    answer = client.post("/v1/auth/sign-in", json=WHO | more)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_program_gets_tokens_that_work(client: TestClient, user: User) -> None:
    told = sign_in(client)
    assert set(told) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert not client.cookies
    assert client.get("/v1/auth/me").json()["code"] == "not_signed_in"
    me = client.get("/v1/auth/me", headers=bearer(told["access_token"]))
    assert me.json() == {
        "id": user.id,
        "email": "viewer@example.org",
        "name": "",
        "role": "viewer",
    }
    assert me.headers["cache-control"] == "no-store"


def test_an_address_signs_in_however_it_is_spelt(client: TestClient, user: User) -> None:
    assert sign_in(client, email="  Viewer@EXAMPLE.org ")


@pytest.mark.parametrize("wrong", [{"password": "x" * 12}, {"email": "nobody@example.org"}])
def test_wrong_password_and_unknown_user_are_told_the_same(
    client: TestClient, user: User, wrong: dict[str, str]
) -> None:
    answer = client.post("/v1/auth/sign-in", json=WHO | wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_attempts_are_limited_though_each_fails(
    client: TestClient, user: User, runtime: Runtime
) -> None:
    for _ in range(runtime.settings.auth.attempts):
        assert client.post("/v1/auth/sign-in", json=WHO | {"password": "no"}).status_code == 401
    refused = client.post("/v1/auth/sign-in", json=WHO)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 1 <= int(refused.headers["retry-after"]) <= runtime.settings.auth.attempts_window
    other = client.post("/v1/auth/sign-in", json=WHO | {"email": "else@example.org"})
    assert other.status_code == 401


def test_attempts_are_limited_per_address_over_many_users(
    client: TestClient, user: User, runtime: Runtime
) -> None:
    with runtime.sessions.write() as session:
        session.add_all(
            SignInAttempt(email=f"{number}@example.org", address="testclient")
            for number in range(runtime.settings.auth.attempts_per_address)
        )
    refused = client.post("/v1/auth/sign-in", json=WHO, headers={"X-Forwarded-For": "203.0.113.9"})
    assert refused.status_code == 429


def test_attempts_outside_the_window_do_not_count(
    client: TestClient, user: User, runtime: Runtime
) -> None:
    then = now() - timedelta(seconds=runtime.settings.auth.attempts_window + 1)
    with runtime.sessions.write() as session:
        session.add_all(
            SignInAttempt(email=WHO["email"], address="testclient", created_at=then)
            for _ in range(9)
        )
    sign_in(client)


def test_a_success_clears_the_failures(client: TestClient, user: User, runtime: Runtime) -> None:
    for _ in range(3):
        client.post("/v1/auth/sign-in", json=WHO | {"password": "no"})
    sign_in(client)
    with runtime.sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_a_replaced_refresh_token_sent_late_revokes_the_family(
    client: TestClient, user: User, runtime: Runtime
) -> None:
    first = sign_in(client)
    asked = {"refresh_token": first["refresh_token"]}
    second = client.post("/v1/auth/refresh", json=asked).json()
    assert client.get("/v1/auth/me", headers=bearer(second["access_token"])).status_code == 200

    with runtime.sessions.write() as session:
        session.execute(update(RefreshToken).values(used_at=now() - timedelta(minutes=1)))
    reused = client.post("/v1/auth/refresh", json=asked)
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_token_invalid")
    for token in (first["access_token"], second["access_token"]):
        assert client.get("/v1/auth/me", headers=bearer(token)).status_code == 401
    last = client.post("/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})
    assert last.status_code == 401
    with runtime.sessions.read() as session:
        assert session.scalars(select(SignIn.revoked_reason)).all() == ["refresh_token_reused"]


def test_two_tabs_that_refresh_at_once_both_stay_signed_in(client: TestClient, user: User) -> None:
    csrf = {"X-CSRF-Token": sign_in(client, cookie=True)["csrf_token"]}
    sent = client.cookies["vitrine_refresh"]
    first = client.post("/v1/auth/refresh", headers=csrf)
    assert client.cookies["vitrine_refresh"] != sent
    client.cookies.delete("vitrine_refresh")
    client.cookies.set("vitrine_refresh", sent, domain="testserver.local", path="/v1/auth")
    second = client.post("/v1/auth/refresh", headers=csrf)
    assert (first.status_code, second.status_code) == (200, 200)
    for answer in (first, second):
        access = answer.cookies["vitrine_access"]
        assert client.get("/v1/auth/me", headers=bearer(access)).status_code == 200


def test_an_unknown_or_missing_refresh_token_is_401(client: TestClient) -> None:
    assert client.post("/v1/auth/refresh", json={"refresh_token": "x"}).status_code == 401
    assert client.post("/v1/auth/refresh").status_code == 401


def test_a_sign_in_that_ran_out_cannot_be_refreshed(
    client: TestClient, user: User, runtime: Runtime
) -> None:
    told = sign_in(client)
    with runtime.sessions.write() as session:
        session.scalars(select(SignIn)).one().expires_at = now()
    answer = client.post("/v1/auth/refresh", json={"refresh_token": told["refresh_token"]})
    assert answer.status_code == 401
    me = client.get("/v1/auth/me", headers=bearer(told["access_token"]))
    assert (me.status_code, me.json()["code"]) == (401, "signed_out")


def test_sign_out_ends_both_tokens_at_once(client: TestClient, user: User) -> None:
    told = sign_in(client)
    headers = bearer(told["access_token"])
    assert client.post("/v1/auth/sign-out", headers=headers).status_code == 204
    assert client.get("/v1/auth/me", headers=headers).status_code == 401
    answer = client.post("/v1/auth/refresh", json={"refresh_token": told["refresh_token"]})
    assert answer.status_code == 401


def test_a_deleted_user_is_out_at_once(client: TestClient, user: User, runtime: Runtime) -> None:
    told = sign_in(client)
    with runtime.sessions.write() as session:
        session.scalars(select(User)).one().deleted_at = now()
    assert client.get("/v1/auth/me", headers=bearer(told["access_token"])).status_code == 401
    assert client.post("/v1/auth/sign-in", json=WHO).status_code == 401


def _claims(user: User, runtime: Runtime) -> dict[str, Any]:
    with runtime.sessions.write() as session:
        family = SignIn(user_id=user.id, expires_at=now() + timedelta(hours=1))
        session.add(family)
    return {
        "sub": user.id,
        "sid": family.id,
        "iat": int(time.time()),
        "exp": int(time.time()) + 60,
        "aud": sign_ins.AUDIENCE,
        "iss": sign_ins.ISSUER,
    }


FORGERIES: dict[str, dict[str, Any]] = {
    "expired": {"claims": {"exp": 1_000_000_000}},
    "wrong key": {"key": "another secret of at least 32 bytes"},
    "wrong algorithm": {"algorithm": "HS512"},
    "no algorithm": {"algorithm": "none", "key": ""},
    "wrong audience": {"claims": {"aud": "somebody else"}},
    "wrong issuer": {"claims": {"iss": "somebody else"}},
    "unknown sign-in": {"claims": {"sid": "0"}},
    "another user": {"claims": {"sub": "0"}},
    "no expiry": {"without": "exp"},
    "no sign-in": {"without": "sid"},
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=list(FORGERIES))
@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_expired_and_forged_tokens_are_refused(
    client: TestClient, user: User, runtime: Runtime, forged: dict[str, Any]
) -> None:
    claims = _claims(user, runtime)
    secret = runtime.settings.secret
    right = jwt.encode(claims, secret, algorithm="HS256")
    assert client.get("/v1/auth/me", headers=bearer(right)).status_code == 200
    claims |= forged.get("claims", {})
    claims.pop(forged.get("without", ""), None)
    token = jwt.encode(
        claims, forged.get("key", secret), algorithm=forged.get("algorithm", "HS256")
    )
    answer = client.get("/v1/auth/me", headers=bearer(token))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "vitrine_x"])
def test_nonsense_credentials_are_refused(client: TestClient, header: str) -> None:
    assert client.get("/v1/auth/me", headers={"Authorization": header}).status_code == 401


def test_cookies_are_hidden_from_scripts_and_need_the_csrf_header(
    client: TestClient, user: User
) -> None:
    answer = client.post("/v1/auth/sign-in", json=WHO | {"cookie": True})
    told = answer.json()
    assert set(told) == {"token_type", "expires_in", "csrf_token"}
    made = {line.split("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    assert all("Secure" in line and "SameSite=strict" in line for line in made.values())
    assert "HttpOnly" in made["vitrine_access"]
    assert "HttpOnly" in made["vitrine_refresh"]
    assert "Path=/v1/auth" in made["vitrine_refresh"]
    assert "HttpOnly" not in made["vitrine_csrf"]

    assert client.get("/v1/auth/me").status_code == 200
    client.cookies.delete("vitrine_access")  # as browsers do once it has expired
    assert client.get("/v1/auth/me").json()["code"] == "token_expired"
    headers = {"X-CSRF-Token": told["csrf_token"]}
    assert client.post("/v1/auth/refresh", headers=headers).status_code == 200
    assert client.get("/v1/auth/me").status_code == 200
    refused = client.post("/v1/auth/sign-out")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    wrong = client.post("/v1/auth/sign-out", headers={"X-CSRF-Token": "0" * 64})
    assert wrong.status_code == 403
    headers = {"X-CSRF-Token": told["csrf_token"]}
    assert client.post("/v1/auth/sign-out", headers=headers).status_code == 204
    assert set(client.cookies) == {"vitrine_device"}, "the browser stays known, nobody signed in"


@pytest.mark.parametrize(
    ("server", "origin", "kept"),
    [
        ("http://shop.lan", None, False),
        ("http://192.168.1.5:8000", "http://192.168.1.5:8000", False),
        ("http://shop.lan", "http://[", False),
        ("http://shop.lan", "https://shop.example", True),  # a proxy that nobody named
        ("https://shop.example", "https://shop.example", True),
        ("http://localhost:8000", "http://localhost:8000", True),
        ("http://127.0.0.1:8000", None, True),
        ("http://[::1]:8000", None, True),
    ],
)
def test_a_browser_that_would_drop_the_cookies_is_told_what_to_set(
    runtime: Runtime, user: User, server: str, origin: str | None, kept: bool
) -> None:
    headers = {"Origin": origin} if origin else {}
    with TestClient(create_app(runtime.settings, runtime), server) as client:
        answer = client.post("/v1/auth/sign-in", json=WHO | {"cookie": True}, headers=headers)
        assert client.post("/v1/auth/sign-in", json=WHO, headers=headers).status_code == 200
    if kept:
        assert answer.status_code == 200
        return
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "cookies_need_https")
    assert "VITRINE_AUTH__COOKIE_SECURE=false" in told["detail"]
    assert list(told["fields"]) == ["cookie"]


def test_without_secure_cookies_a_browser_signs_in_over_plain_http(
    runtime: Runtime, user: User
) -> None:
    auth = runtime.settings.auth.model_copy(update={"cookie_secure": False})
    opened = replace(runtime, settings=runtime.settings.model_copy(update={"auth": auth}))
    with TestClient(create_app(opened.settings, opened), "http://shop.lan") as client:
        sign_in(client, cookie=True)
        assert client.get("/v1/auth/me").status_code == 200


def test_the_csrf_token_of_another_sign_in_does_not_do(client: TestClient, user: User) -> None:
    stolen = sign_in(client, cookie=True)["csrf_token"]
    sign_in(client, cookie=True)
    client.cookies.set("vitrine_csrf", stolen, domain="testserver.local")
    assert client.post("/v1/auth/sign-out", headers={"X-CSRF-Token": stolen}).status_code == 403


def test_a_browser_refreshes_by_cookie_with_the_csrf_header(client: TestClient, user: User) -> None:
    csrf = sign_in(client, cookie=True)["csrf_token"]
    before = client.cookies["vitrine_refresh"]
    assert client.post("/v1/auth/refresh").json()["code"] == "csrf"
    answer = client.post("/v1/auth/refresh", headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 200, answer.text
    assert "access_token" not in answer.json()
    assert client.cookies["vitrine_refresh"] != before


def test_changing_the_password_ends_the_other_sign_ins(client: TestClient, user: User) -> None:
    here, there = (bearer(sign_in(client)["access_token"]) for _ in range(2))
    change = {"current_password": PASSWORD, "new_password": "another long password"}
    wrong = client.put("/v1/auth/password", json=change | {"current_password": "no"}, headers=here)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    short = client.put("/v1/auth/password", json=change | {"new_password": "x"}, headers=here)
    assert (short.status_code, list(short.json()["fields"])) == (422, ["new_password"])
    assert client.put("/v1/auth/password", json=change, headers=here).status_code == 204
    assert client.get("/v1/auth/me", headers=here).status_code == 200
    assert client.get("/v1/auth/me", headers=there).status_code == 401
    assert client.post("/v1/auth/sign-in", json=WHO).status_code == 401
    sign_in(client, password="another long password")


def test_browsers_of_other_origins_are_let_in_only_by_name(runtime: Runtime) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    with TestClient(create_app(runtime.settings, runtime)) as closed:
        refused = closed.options("/v1/search", headers=asked)
        assert "access-control-allow-origin" not in refused.headers
        assert refused.status_code == 405
    api = runtime.settings.api.model_copy(update={"cors_origins": ("https://shop.example",)})
    settings = runtime.settings.model_copy(update={"api": api})
    with TestClient(create_app(settings, runtime)) as opened:
        allowed = opened.options("/v1/search", headers=asked)
        assert allowed.headers["access-control-allow-origin"] == "https://shop.example"
        other = opened.get("/v1/health", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
