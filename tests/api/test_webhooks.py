from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from standardwebhooks import Webhook as Verifier

from tests.worlds.people import Headers
from tests.worlds.receivers import Receiver
from vitrine.api.schemas.webhooks import EventType
from vitrine.services.webhooks.events import TYPES
from vitrine.tables.webhooks import Webhook
from vitrine.wiring import Runtime

PUBLIC = "https://93.184.216.34/hook"
ASKED = {"url": PUBLIC, "events": ["job.failed", "product.deleted"]}


@pytest.fixture
def made(client: TestClient, admin: Headers) -> dict[str, Any]:
    answer = client.post("/v1/webhooks", json=ASKED, headers=admin)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver.listening() as opened:
        yield opened


@pytest.fixture
def loose(runtime: Runtime) -> None:
    """Settings that allow receivers of one's own network, as the tests' are."""
    policy = runtime.settings.webhooks.model_copy(update={"allow_private": True})
    object.__setattr__(runtime.settings, "webhooks", policy)


def test_the_schema_names_every_type() -> None:
    assert get_args(EventType) == TYPES


def test_a_secret_is_shown_once(
    client: TestClient, admin: Headers, made: dict[str, Any], runtime: Runtime
) -> None:
    assert made["secret"].startswith("whsec_")
    path = f"/v1/webhooks/{made['id']}"
    for answer in (client.get(path, headers=admin), client.get("/v1/webhooks", headers=admin)):
        assert answer.status_code == 200
        assert "secret" not in answer.text.replace("rotate-secret", "")
    with runtime.sessions.read() as session:
        assert session.scalars(select(Webhook)).one().created_by


def test_changed_and_deleted(client: TestClient, admin: Headers, made: dict[str, Any]) -> None:
    path = f"/v1/webhooks/{made['id']}"
    answer = client.patch(path, json={"enabled": False, "events": ["job.failed"]}, headers=admin)
    assert (answer.json()["enabled"], answer.json()["events"]) == (False, ["job.failed"])
    assert answer.json()["disabled_reason"] == "by a person"
    refused = client.post(f"{path}/test", headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    answer = client.patch(path, json={"enabled": True}, headers=admin)
    assert (answer.json()["enabled"], answer.json()["url"]) == (True, PUBLIC)
    assert client.delete(path, headers=admin).status_code == 204
    assert client.get(path, headers=admin).status_code == 404
    assert client.delete(path, headers=admin).status_code == 404
    assert client.get("/v1/webhooks", headers=admin).json() == {"webhooks": []}


@pytest.mark.usefixtures("loose")
def test_from_a_deletion_to_the_log_and_again(
    client: TestClient, admin: Headers, runtime: Runtime, receiver: Receiver
) -> None:
    asked = ASKED | {"url": receiver.url}
    made = client.post("/v1/webhooks", json=asked, headers=admin).json()
    product = client.post(
        "/v1/products", json={"external_id": "A", "title": "Shirt"}, headers=admin
    ).json()["product"]
    client.delete(f"/v1/products/{product['id']}", headers=admin)
    receiver.answer(500)
    runtime.deliver()
    path = f"/v1/webhooks/{made['id']}/deliveries"
    (waiting,) = client.get(f"{path}?status=pending", headers=admin).json()["deliveries"]
    assert (waiting["attempts"], waiting["log"][0]["status"]) == (1, 500)
    again = client.post(f"{path}/{waiting['id']}/replay", headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "delivery_pending")

    receiver.answer(204)
    test = client.post(f"/v1/webhooks/{made['id']}/test", headers=admin)
    assert (test.status_code, test.json()["type"]) == (202, "webhook.test")
    runtime.deliver()
    sent = Verifier(made["secret"]).verify(receiver.got[-1].body, receiver.got[-1].headers)
    shown = client.get(f"{path}/{test.json()['id']}", headers=admin).json()
    assert (shown["status"], shown["body"]) == ("delivered", sent)
    again = client.post(f"{path}/{test.json()['id']}/replay", headers=admin)
    assert (again.status_code, again.json()["status"]) == (202, "pending")
    runtime.deliver()
    assert receiver.got[-1].headers["webhook-id"] == receiver.got[-2].headers["webhook-id"]

    first = client.get(f"{path}?limit=1", headers=admin).json()
    rest = client.get(f"{path}?cursor={first['next_cursor']}", headers=admin).json()
    types = [each["type"] for each in first["deliveries"] + rest["deliveries"]]
    assert types == ["webhook.test", "product.deleted"]
    assert rest["next_cursor"] is None


def test_a_rotated_secret(client: TestClient, admin: Headers, made: dict[str, Any]) -> None:
    path = f"/v1/webhooks/{made['id']}/rotate-secret"
    rotated = client.post(path, json={}, headers=admin).json()
    assert rotated["secret"] not in ("", made["secret"])
    assert rotated["earlier_until"]
    at_once = client.post(path, json={"overlap": 0}, headers=admin).json()
    assert at_once["earlier_until"] is None
    wrong = client.post(path, json={"overlap": -1}, headers=admin)
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["overlap"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://93.184.216.34/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
        ({"url": "https://2130706433/"}, "url"),
        ({"url": "https://[half/"}, "url"),
        ({"url": "https://\ud800.example/"}, "url"),
        ({"url": "shop"}, "url"),
        ({"url": "a" * 2001}, "url"),
        ({"url": None}, "url"),
        ({"events": []}, "events"),
        ({"events": ["product.sold"]}, "events.0"),
        ({"description": "a" * 201}, "description"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_webhooks_that_make_no_sense_are_refused(
    client: TestClient,
    admin: Headers,
    counts: Callable[[], dict[str, int]],
    wrong: dict[str, object],
    field: str,
) -> None:
    before = counts()
    body = json.dumps(ASKED | wrong)
    headers = admin | {"Content-Type": "application/json"}
    answer = client.post("/v1/webhooks", content=body, headers=headers)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), answer.text
    assert counts() == before


def test_a_change_to_a_private_address_is_refused(
    client: TestClient, admin: Headers, made: dict[str, Any]
) -> None:
    path = f"/v1/webhooks/{made['id']}"
    answer = client.patch(path, json={"url": "https://10.0.0.1/"}, headers=admin)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["url"])
    assert client.get(path, headers=admin).json()["url"] == PUBLIC
