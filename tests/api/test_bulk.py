"""One action on many products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds.factories import fields, insert_indexed, unit_vectors
from tests.worlds.people import Headers
from vitrine.core.clock import new_id
from vitrine.services import catalog
from vitrine.services.catalog import bulk
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job
from vitrine.wiring import Runtime

COUNT = 12


@pytest.fixture
def ids(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Products that search finds, changed a few at a time."""
    monkeypatch.setattr(bulk, "TOGETHER", 5)
    versions = runtime.ports.vision.versions
    vectors = unit_vectors(COUNT, versions.dimension)
    given = [
        {
            "title": f"Dress {n}",
            "brand": "acme" if n % 2 else "other",
            "attributes": {"fit": "slim"},
        }
        for n in range(COUNT)
    ]
    with runtime.sessions.write() as session:
        return insert_indexed(session, versions, vectors, given)


def send(client: TestClient, headers: Headers, **asked: Any) -> Any:
    answer = client.post("/v1/products/bulk", json=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert sum(told["counts"].values()) == len(told["outcomes"])
    return told


def test_deleting_and_restoring_many_lose_none_for_a_bad_one(
    client: TestClient, editor: Headers, ids: list[str], runtime: Runtime
) -> None:
    unknown = new_id()
    told = send(client, editor, action="delete", ids=[*ids, unknown, ids[0]])
    assert told["counts"] == {"deleted": COUNT, "refused": 1}
    [refused] = [one for one in told["outcomes"] if one["outcome"] == "refused"]
    assert (refused["id"], refused["code"]) == (unknown, "product_unknown")
    assert client.get("/v1/products", headers=editor).json()["products"] == []
    again = send(client, editor, action="delete", ids=ids)
    assert again["counts"] == {"unchanged": COUNT}

    with runtime.sessions.write() as session:  # takes the external id of a deleted product
        taken = catalog.get(session, ids[3], deleted=True).external_id
        catalog.create(session, fields(taken), None)
    told = send(client, editor, action="restore", ids=ids)
    assert told["counts"] == {"restored": COUNT - 1, "refused": 1}
    [refused] = [one for one in told["outcomes"] if one["outcome"] == "refused"]
    assert (refused["id"], refused["code"]) == (ids[3], "external_id_taken")
    assert send(client, editor, action="restore", ids=[ids[0]])["counts"] == {"unchanged": 1}


def test_fields_are_set_and_attributes_merged(
    client: TestClient, editor: Headers, ids: list[str], runtime: Runtime
) -> None:
    values = {"category": "dress", "attributes": {"season": "summer", "fit": None}}
    told = send(client, editor, action="set", filters={"brand": "ACME"}, set=values)
    assert told["counts"] == {"changed": COUNT // 2}
    assert [one["id"] for one in told["outcomes"]] == sorted(ids[1::2])
    with runtime.sessions.read() as session:
        for product in session.scalars(select(Product)):
            changed = product.brand == "acme"
            assert product.category == ("dress" if changed else "")
            assert product.attributes == ({"season": "summer"} if changed else {"fit": "slim"})
    again = send(client, editor, action="set", filters={"brand": "acme"}, set=values)
    assert again["counts"] == {"unchanged": COUNT // 2}
    history = client.get(f"/v1/products/{ids[1]}/history", headers=editor).json()["events"]
    assert [event["by"]["email"] for event in history if event["action"] == "edit"] == [
        "editor@example.org"
    ]


def test_index_jobs_are_queued_once(
    client: TestClient, editor: Headers, ids: list[str], runtime: Runtime
) -> None:
    told = send(client, editor, action="index", filters={}, text="dress acme")
    jobs = {one["job_id"] for one in told["outcomes"]}
    assert told["counts"] == {"queued": COUNT // 2}
    again = send(client, editor, action="index", filters={}, text="dress acme")
    assert {one["job_id"] for one in again["outcomes"]} == jobs
    with runtime.sessions.read() as session:
        assert set(session.scalars(select(Job.id).where(Job.kind == "index"))) == jobs


def test_too_many_are_refused_with_their_number(
    client: TestClient, editor: Headers, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", COUNT - 1)
    asked = {"action": "delete", "filters": {}}
    answer = client.post("/v1/products/bulk", json=asked, headers=editor)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_products")
    assert "12 products; at most 11" in answer.json()["fields"]["filters"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"action": "delete"}, "body"),
        ({"action": "delete", "ids": []}, "ids"),
        ({"action": "delete", "ids": ["x"]}, "ids.0"),
        ({"action": "delete", "ids": [new_id()] * 1001}, "ids"),
        ({"action": "delete", "ids": [new_id()], "filters": {}}, "body"),
        ({"action": "delete", "ids": [new_id()], "set": {"brand": "x"}}, "body"),
        ({"action": "set", "ids": [new_id()]}, "body"),
        ({"action": "set", "ids": [new_id()], "set": {}}, "body"),
        ({"action": "set", "ids": [new_id()], "set": {"title": "x"}}, "set.title"),
        ({"action": "set", "ids": [new_id()], "set": {"price": -1}}, "set.price"),
        ({"action": "restore", "filters": {}}, "body"),
        ({"action": "delete", "filters": {"colr": "red"}}, "filters.colr"),
        ({"action": "burn", "ids": [new_id()]}, "action"),
    ],
)
def test_what_cannot_be_done_is_refused_by_field_and_changes_nothing(
    client: TestClient,
    editor: Headers,
    counts: Callable[[], dict[str, int]],
    asked: dict[str, Any],
    field: str,
) -> None:
    before = counts()
    answer = client.post("/v1/products/bulk", json=asked, headers=editor)
    assert answer.status_code == 422, answer.text
    assert list(answer.json()["fields"]) == [field]
    assert counts() == before


def test_a_viewer_changes_nothing(client: TestClient, viewer: Headers) -> None:
    asked = {"action": "delete", "ids": [new_id()]}
    assert client.post("/v1/products/bulk", json=asked, headers=viewer).status_code == 403
