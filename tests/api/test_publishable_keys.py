"""Publishable keys as admins make, change and revoke them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.people import Headers
from vitrine.core.clock import now

KEYS = "/v1/publishable-keys"
ASKED = {
    "name": "Shop",
    "origins": ["https://Shop.example/", "https://*.shop.example"],
    "filters": {"availability": ["in_stock"]},
    "facets": ["attributes.size"],
}


@pytest.fixture
def made(client: TestClient, admin: Headers) -> Any:
    answer = client.post(KEYS, json=ASKED, headers=admin)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_key_is_shown_again_because_it_is_no_secret(
    client: TestClient, admin: Headers, made: Any
) -> None:
    assert made["key"].startswith("pk_")
    assert made["origins"] == ["https://shop.example", "https://*.shop.example"]
    assert (made["per_minute"], made["per_visitor"]) == (6000, 120)
    assert client.get(KEYS, headers=admin).json()["keys"] == [made]


def test_it_does_not_change_with_what_it_offers(
    client: TestClient, admin: Headers, made: Any
) -> None:
    ends = (now() + timedelta(days=3)).isoformat()
    change = {"filters": {"brand": ["Acme"]}, "per_visitor": 9, "expires_at": ends}
    told = client.patch(f"{KEYS}/{made['id']}", json=change, headers=admin).json()
    assert (told["key"], told["name"]) == (made["key"], "Shop")
    assert (told["filters"], told["per_visitor"]) == ({"brand": ["Acme"]}, 9)
    assert told["expires_at"]
    client.patch(f"{KEYS}/{made['id']}", json={"name": "Shop 2"}, headers=admin)
    told = client.get(KEYS, headers=admin).json()["keys"][0]
    assert (told["name"], bool(told["expires_at"])) == ("Shop 2", True)
    told = client.patch(f"{KEYS}/{made['id']}", json={"expires_at": None}, headers=admin).json()
    assert told["expires_at"] is None


def test_a_revoked_key_is_gone(client: TestClient, admin: Headers, made: Any) -> None:
    path = f"{KEYS}/{made['id']}"
    assert client.delete(path, headers=admin).status_code == 204
    assert client.get(KEYS, headers=admin).json() == {"keys": []}
    answers = [client.delete(path, headers=admin), client.patch(path, json={}, headers=admin)]
    assert [each.json()["code"] for each in answers] == ["publishable_key_unknown"] * 2


def test_its_use_is_noted(client: TestClient, admin: Headers, made: Any) -> None:
    client.get("/v1/shop/product?external_id=none", headers={"X-Vitrine-Key": made["key"]})
    assert client.get(KEYS, headers=admin).json()["keys"][0]["last_used_at"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"origins": ["https://shop.example", "*"]}, "origins.1"),
        ({"origins": ["https://a.example"] * 21}, "origins"),
        ({"filters": {"nothing": 1}}, "filters.nothing"),
        ({"facets": ["labels.category"]}, "facets.0"),
        ({"facets": ["attributes."]}, "facets.0"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"per_minute": 0}, "per_minute"),
        ({"key": "pk_mine"}, "key"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    client: TestClient, admin: Headers, made: Any, wrong: dict[str, object], field: str
) -> None:
    for answer in (
        client.post(KEYS, json=ASKED | wrong, headers=admin),
        client.patch(f"{KEYS}/{made['id']}", json=wrong, headers=admin),
    ):
        assert answer.status_code == 422, answer.text
        assert field in answer.json()["fields"]


def test_the_audit_log_tells_of_it(client: TestClient, admin: Headers, made: Any) -> None:
    path = f"{KEYS}/{made['id']}"
    client.patch(path, json={"origins": []}, headers=admin)
    client.delete(path, headers=admin)
    told = client.get("/v1/audit", headers=admin).json()["events"]
    acts = {event["action"]: event for event in told if "publishable" in event["action"]}
    assert set(acts) == {f"publishable_key.{verb}" for verb in ("create", "change", "revoke")}
    assert {event["target"] for event in acts.values()} == {f"publishable_key:{made['id']}"}
    assert acts["publishable_key.create"]["details"]["filters"] == ASKED["filters"]
    assert acts["publishable_key.change"]["details"] == {"origins": []}
