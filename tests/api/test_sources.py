"""Sources by the API: made, changed, pulled; their secrets are told to nobody."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds.fakes import ListQueue
from tests.worlds.people import Headers
from vitrine.adapters import feeds
from vitrine.tables.audit import AuditEvent
from vitrine.wiring import Runtime

SECRETS = {"username": "shop", "password": "hush-hush"}
URL = "https://shop.example/feed.xml?token=hush-hush"


@pytest.fixture(autouse=True)
def known_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that resolve without asking anybody; `inside.example` is of a network of ones own."""
    found = {"shop.example": ["93.184.215.14"], "inside.example": ["10.0.0.7"]}

    def resolved(host: str) -> list[str]:
        if host not in found:
            raise OSError("no such name")
        return found[host]

    monkeypatch.setattr(feeds.check_host, "__defaults__", (resolved,))


def add(client: TestClient, admin: Headers, **given: Any) -> Any:
    asked = {"name": "Spring", "url": URL, "credentials": SECRETS, "every_minutes": 60} | given
    return client.post("/v1/sources", json=asked, headers=admin)


def test_a_source_is_made_changed_pulled_and_removed_and_nobody_is_told_its_secrets(
    client: TestClient, admin: Headers, runtime: Runtime
) -> None:
    made = add(client, admin)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["url"], told["secret"], told["last"]) == (
        "https://shop.example/feed.xml",
        True,
        None,
    )
    path = f"/v1/sources/{told['id']}"
    answers = [made, client.get(path, headers=admin), client.get("/v1/sources", headers=admin)]
    answers.append(client.patch(path, json={"name": "Autumn", "paused": True}, headers=admin))
    assert answers[-1].json()["secret"]
    answers.append(client.post(f"{path}/pull", json={"confirmed": 3}, headers=admin))
    assert (answers[-1].status_code, answers[-1].json()["pull"]["state"]) == (202, "queued")
    again = client.post(f"{path}/pull", json={}, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "pull_running")
    queue = runtime.ports.queue
    assert isinstance(queue, ListQueue)
    queue.run_all(runtime.run_job)
    answers.append(client.get(f"{path}/pulls", headers=admin))
    [pull] = answers[-1].json()["pulls"]
    assert (pull["state"], pull["told"]) == ("failed", "Nothing is fetched here.")
    bare = client.patch(
        path, json={"url": "https://shop.example/a", "credentials": None}, headers=admin
    )
    assert bare.json()["secret"] is False
    assert client.delete(path, headers=admin).status_code == 204
    assert client.get(path, headers=admin).status_code == 404
    assert all("hush" not in answer.text for answer in answers)
    with runtime.sessions.read() as session:
        acts = session.scalars(select(AuditEvent).where(AuditEvent.action.startswith("source")))
        found = [(act.action, str(act.details)) for act in acts.all()]
    assert {action for action, _ in found} == {
        *("source.create", "source.change", "source.pull", "source.delete")
    }
    assert "hush" not in str(found)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "https://inside.example/feed"}, "url"),
        ({"url": "https://nowhere.example/feed"}, "url"),
        ({"url": "http://shop.example/feed?token=hush"}, "url"),
        ({"url": "https://a:hush@shop.example/"}, "url"),
        ({"url": "https://["}, "url"),
        ({"url": ""}, "url"),
        ({"folder": "spring"}, "folder"),
        ({"every_minutes": 2}, "every_minutes"),
        ({"hides": 2}, "hides"),
        ({"credentials": {"username": "me"}}, "credentials"),
        ({"credentials": {}}, "credentials"),
        ({"credentials": {"token": "a\nb"}}, "credentials"),
        ({"reading": {"format": "pdf"}}, "reading.format"),
        ({"reading": {"currency": "euro"}}, "reading.currency"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_no_source_is_told_by_field_and_without_its_secrets(
    client: TestClient, admin: Headers, given: dict[str, Any], field: str
) -> None:
    answer = add(client, admin, **given)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), answer.text
    assert "hush" not in answer.text


def test_only_who_operates_sees_sources(client: TestClient, editor: Headers) -> None:
    assert client.get("/v1/sources", headers=editor).status_code == 403
    assert add(client, editor).status_code == 403
