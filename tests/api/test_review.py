"""The review desk over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.desk import LEFT, RIGHT, Desk, halves
from tests.worlds.people import Headers
from vitrine.wiring import Runtime

SignedIn = Callable[..., Headers]


@pytest.fixture
def desk(runtime: Runtime) -> Desk:
    return Desk(runtime)


@pytest.fixture
def reviewer(signed_in: SignedIn) -> Headers:
    return signed_in("reviewer")


@pytest.fixture
def product(desk: Desk) -> str:
    product_id = desk.add("A", halves(), colour="blue")
    desk.refresh(product_id)
    return product_id


@pytest.fixture
def stock(desk: Desk, product: str) -> tuple[Desk, str]:
    return desk, product


def post(client: TestClient, path: str, headers: Headers, **sent: Any) -> Any:
    return client.post(f"/v1/review{path}", json=sent, headers=headers)


def lease(client: TestClient, headers: Headers, **wanted: Any) -> Any:
    answer = post(client, "/lease", headers, **wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_item_shows_all_that_is_said_of_its_product(
    client: TestClient, reviewer: Headers, product: str
) -> None:
    told = lease(client, reviewer)
    assert told["open"] == 1
    [item] = told["items"]
    assert item["product"]["id"] == product
    [photo] = item["photos"]
    assert [crop["id"] for crop in photo["crops"]] == [item["primary_crop_id"]]
    colour = next(one for one in item["facets"] if one["facet"] == "colour")
    assert (colour["shown"], colour["shop"], colour["shop_means"]) == (True, "blue", "blue")
    assert colour["chosen"] == [colour["candidates"][0]["value"]]
    assert len(colour["candidates"]) > 1
    assert {one["kind"] for one in item["doubts"]} >= {"label_margin"}
    assert not item["second"]
    path = f"/items/{item['id']}"
    assert client.get(f"/v1/review{path}", headers=reviewer).json()["version"] == item["version"]
    assert post(client, f"{path}/lease", reviewer).json()["lease_until"] >= item["lease_until"]


def test_an_answer_changes_labels_boxes_and_primary_at_once(
    client: TestClient, reviewer: Headers, product: str, desk: Desk
) -> None:
    [item] = lease(client, reviewer)["items"]
    [photo] = item["photos"]
    box = {"key": "new", "image_id": photo["image"]["id"], "box": RIGHT, "kind": "dress"}
    changes = {
        "primary": "new",
        "boxes": {"add": [box]},
        "labels": [{"facet": "colour", "values": ["Blau"]}],
    }
    sent = {"version": item["version"], "outcome": "correct", "changes": changes, "seconds": 3.5}
    answer = post(client, f"/items/{item['id']}/answer", reviewer, **sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["job_id"] is not None
    shown = client.get(f"/v1/review/items/{item['id']}", headers=reviewer).json()
    assert shown["primary_source"] == "person"
    assert shown["primary_crop_id"] != item["primary_crop_id"]
    assert [one["value"] for one in shown["product"]["labels"]] == ["blue"]
    desk.run_jobs()
    [past] = client.get("/v1/review/answers", headers=reviewer).json()["answers"]
    assert (past["outcome"], past["seconds"]) == ("correct", 3.5)
    assert past["verified"]["labels"] == {"colour": ["blue"]}
    progress = client.get("/v1/review/progress", headers=reviewer).json()
    assert (progress["open"], progress["mine_today"], progress["done_total"]) == (0, 1, 1)
    quality = client.get("/v1/review/quality", headers=reviewer).json()
    assert [one["answered"] for one in quality["reviewers"]] == [1]


def test_an_answer_says_what_was_looked_at(
    client: TestClient, reviewer: Headers, product: str
) -> None:
    [item] = lease(client, reviewer)["items"]
    path = f"/items/{item['id']}/answer"
    sent = {"version": item["version"], "outcome": "accept"}
    smell = {"facets": ["colour", "smell"]}
    refused = post(client, path, reviewer, **sent, looked=smell)
    assert (refused.status_code, refused.json()["code"]) == (422, "facet_unknown")
    assert list(refused.json()["fields"]) == ["looked.facets.1"]
    looked = {"facets": ["colour"], "primary": False, "boxes": False}
    answer = post(client, path, reviewer, **sent, looked=looked)
    assert answer.status_code == 200, answer.text
    [past] = client.get("/v1/review/answers", headers=reviewer).json()["answers"]
    assert past["verified"]["looked"] == looked
    assert (list(past["verified"]["labels"]), past["verified"]["boxes"]) == (["colour"], False)
    shown = client.get(f"/v1/review/items/{item['id']}", headers=reviewer).json()
    assert shown["primary_source"] == "model"


def test_undo_leases_the_item_again_and_revert_opens_it_for_all(
    client: TestClient, reviewer: Headers, product: str, signed_in: SignedIn
) -> None:
    [item] = lease(client, reviewer)["items"]
    path = f"/items/{item['id']}/answer"
    sent = {"version": item["version"], "outcome": "accept"}
    first = post(client, path, reviewer, **sent).json()
    undone = post(client, f"/answers/{first['answer_id']}/undo", reviewer)
    assert undone.status_code == 200, undone.text
    assert undone.json()["version"] == item["version"]
    second = post(client, path, reviewer, **sent).json()
    other = signed_in("reviewer", "other")
    refused = post(client, f"/answers/{second['answer_id']}/undo", other)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    reverted = post(client, f"/answers/{second['answer_id']}/revert", other)
    assert reverted.status_code == 200, reverted.text
    [again] = lease(client, other)["items"]
    assert again["version"] == item["version"]


def test_of_several_answers_a_bad_one_never_costs_the_others(
    client: TestClient, reviewer: Headers, product: str, desk: Desk
) -> None:
    other = desk.add("B", halves("green"))
    desk.refresh(other)
    one, two = lease(client, reviewer, count=2)["items"]
    sent = [
        {"item_id": one["id"], "version": one["version"], "outcome": "accept"},
        {"item_id": two["id"], "version": "stale", "outcome": "accept"},
    ]
    told = post(client, "/answers", reviewer, answers=sent).json()["answers"]
    assert told[0]["answer_id"], told
    assert told[0]["problem"] is None
    assert told[1]["answer_id"] is None
    assert told[1]["problem"]["code"] == "item_outdated"
    assert "stale" in told[1]["problem"]["fields"]["version"]


def test_alike_items_are_grouped_by_what_the_model_says(
    client: TestClient, reviewer: Headers, product: str, desk: Desk
) -> None:
    desk.refresh(*(desk.add(f"G{n}", halves("green", "green", n)) for n in range(2)))
    groups = client.get("/v1/review/alike?facet=colour", headers=reviewer).json()["groups"]
    assert groups[0] == {"facet": "colour", "value": "green", "open": 2}
    told = lease(client, reviewer, count=9, alike={"facet": "colour", "value": "green"})
    assert (len(told["items"]), told["open"]) == (2, 2)
    wrong = client.get("/v1/review/alike?facet=smell", headers=reviewer)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "facet_unknown")


BOX = {"key": "new", "box": LEFT, "kind": "dress"}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"boxes": {"add": [BOX | {"box": [5, 5, 5, 9]}]}}, "box_empty", "changes.boxes.add.0.box"),
        ({"boxes": {"add": [BOX | {"box": [0, 0, 97, 9]}]}}, "box_outside", "changes.boxes.add.0"),
        ({"boxes": {"add": [BOX, BOX | {"key": "b"}]}}, "box_overlaps", "changes.boxes"),
        ({"boxes": {"add": [BOX | {"kind": "car"}]}}, "kind_unknown", "changes.boxes.add.0.kind"),
        ({"boxes": {"remove": ["0" * 36]}}, "crop_unknown", "changes.boxes.remove"),
        ({"primary": "0" * 36}, "crop_unknown", "changes.primary"),
        (
            {"labels": [{"facet": "colour", "values": ["loud"]}]},
            "label_unknown",
            "changes.labels.0.values",
        ),
        ({"labels": [{"facet": "smell", "values": []}]}, "facet_unknown", "changes.labels.0.facet"),
        (
            {"labels": [{"facet": "colour", "values": []}] * 2},
            "invalid_request",
            "changes.labels",
        ),
        ({}, "invalid_field", "changes"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_reason_and_changes_nothing(
    client: TestClient,
    reviewer: Headers,
    stock: tuple[Desk, str],
    changes: Any,
    code: str,
    field: str,
) -> None:
    desk, product = stock
    [item] = lease(client, reviewer)["items"]
    for box in changes.get("boxes", {}).get("add", ()):
        box["image_id"] = item["photos"][0]["image"]["id"]
    before = desk.whole(product)
    sent = {"version": item["version"], "outcome": "correct", "changes": changes}
    answer = post(client, f"/items/{item['id']}/answer", reviewer, **sent)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert next(iter(answer.json()["fields"])).startswith(field)
    assert desk.whole(product) == before
    assert client.get("/v1/review/answers", headers=reviewer).json()["answers"] == []
