"""Who asks is found out once, and anew as soon as anything was committed or ran out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from tests.worlds.people import Headers
from tests.worlds.statements import statements
from tests.worlds.visitors import SHOP, Door, furnished
from vitrine.core.clock import now
from vitrine.services import shop
from vitrine.services.accounts import keys, remembered
from vitrine.services.shop import keys as publishable
from vitrine.tables.people import ApiKey, SignIn, User
from vitrine.wiring import Runtime

ME, LIST, SETTINGS = "/v1/auth/me", "/v1/products", "/v1/shop/settings"


@pytest.mark.parametrize("table", ["sign_ins", "api_keys"])
def test_who_asks_again_is_known(
    client: TestClient,
    runtime: Runtime,
    viewer: Headers,
    with_key: Callable[..., Headers],
    table: str,
) -> None:
    headers = viewer if table == "sign_ins" else with_key("viewer", "catalog:read")
    for _ in range(2):  # the first use of a key is noted, and so committed
        assert client.get(LIST, headers=headers).status_code == 200
    with statements(runtime.sessions) as seen:
        assert client.get(LIST, headers=headers).status_code == 200
    assert not [each for each in seen if table in each.text or "users" in each.text]


ENDED = {
    "signed_out": update(SignIn).values(revoked_at=now()),
    "api_key_invalid": update(ApiKey).values(deleted_at=now()),
}


@pytest.mark.parametrize("code", ENDED)
def test_who_was_known_is_refused_once_that_ended(
    client: TestClient,
    runtime: Runtime,
    viewer: Headers,
    with_key: Callable[..., Headers],
    code: str,
) -> None:
    headers = viewer if code == "signed_out" else with_key("viewer", "catalog:read")
    for _ in range(3):  # the first use of a key is noted, and so committed
        assert client.get(LIST, headers=headers).status_code == 200
    with runtime.sessions.write() as session:
        session.execute(ENDED[code])
    assert client.get(LIST, headers=headers).json()["code"] == code


def test_who_was_known_has_another_role_from_its_commit_on(
    client: TestClient, runtime: Runtime, viewer: Headers
) -> None:
    product = {"external_id": "one", "title": "One"}
    for _ in range(2):
        assert client.post(LIST, json=product, headers=viewer).status_code == 403
    with runtime.sessions.write() as session:
        session.execute(update(User).values(role="editor"))
    assert client.post(LIST, json=product, headers=viewer).status_code == 201


def test_a_key_that_runs_out_is_refused_though_nothing_was_committed(
    client: TestClient,
    runtime: Runtime,
    with_key: Callable[..., Headers],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = with_key("viewer", "catalog:read")
    with runtime.sessions.write() as session:
        session.execute(update(ApiKey).values(expires_at=now() + timedelta(minutes=5)))
    for _ in range(3):
        assert client.get(LIST, headers=headers).status_code == 200
    later = now() + timedelta(minutes=6)
    for module in (keys, remembered):
        monkeypatch.setattr(module, "now", lambda: later)
    assert client.get(LIST, headers=headers).json()["code"] == "api_key_invalid"


def test_the_use_of_a_key_is_noted_every_hour(
    client: TestClient,
    runtime: Runtime,
    with_key: Callable[..., Headers],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = with_key("viewer", "catalog:read")
    for _ in range(3):
        assert client.get(LIST, headers=headers).status_code == 200
    later = now() + timedelta(minutes=61)
    for module in (keys, remembered):
        monkeypatch.setattr(module, "now", lambda: later)
    with statements(runtime.sessions) as seen:
        assert client.get(LIST, headers=headers).status_code == 200
    assert [each for each in seen if each.text.startswith("UPDATE api_keys")]


def test_nobody_is_known_by_a_token_that_was_refused(client: TestClient) -> None:
    headers = {"Authorization": "Bearer vitrine_nonsense"}
    for _ in range(2):
        assert client.get(LIST, headers=headers).json()["code"] == "api_key_invalid"


def test_a_visitor_who_asks_again_is_known_until_the_key_is_revoked(
    client: TestClient, runtime: Runtime
) -> None:
    door = furnished(runtime)
    key_id, key = door.key()
    headers = {"X-Vitrine-Key": key, "Origin": SHOP}
    for _ in range(2):  # the first use of a key is noted, and so committed
        assert client.get(SETTINGS, headers=headers).status_code == 200
    with statements(runtime.sessions) as seen:
        assert client.get(SETTINGS, headers=headers).status_code == 200
    assert not [each for each in seen if "publishable_keys" in each.text]
    foreign = headers | {"Origin": "https://other.example"}
    assert client.get(SETTINGS, headers=foreign).json()["code"] == "origin_refused"
    with runtime.sessions.write() as session:
        shop.revoke(session, key_id)
    refused = client.get(SETTINGS, headers=headers)
    assert refused.json()["code"] == "key_invalid"
    assert "access-control-allow-origin" not in refused.headers


def test_a_visitors_key_that_runs_out_is_refused_though_nothing_was_committed(
    client: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = Door(runtime).headers(expires_at=now() + timedelta(minutes=5))
    for _ in range(3):
        assert client.get(SETTINGS, headers=headers).status_code in (200, 409)
    later = now() + timedelta(minutes=6)
    monkeypatch.setattr(publishable, "now", lambda: later)
    assert client.get(SETTINGS, headers=headers).json()["code"] == "key_invalid"
