from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.worlds.factories import COLOURS, encoded, photo, product_with_photos
from tests.worlds.fakes import FakeVision
from tests.worlds.people import Headers
from tests.worlds.waiting import eventually
from vitrine.vision.quality import NOT_NEEDED, REJECTED
from vitrine.vision.types import Analysis, Box, Verdict
from vitrine.wiring import Runtime

STOCK = {"red": "Shirts", "green": "Blouses", "blue": "Jeans", "yellow": "Leggings"}
TOPS, PANTS = {"red", "green"}, {"blue", "yellow"}
UPPER, LOWER = Box(0, 0, 90, 60), Box(0, 60, 90, 120)


class TwoItems(FakeVision):
    """Finds a top and pants in every photo; counts its runs."""

    runs = 0

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        self.runs += 1
        if boxes is not None and any(boxes):
            return super().analyze(images, boxes)
        return [self._two(data) for data in images]

    def _two(self, data: bytes) -> Analysis:
        top, pants, (whole,) = (
            super(TwoItems, self).analyze([data], [box])[0].detections
            for box in (UPPER, LOWER, None)
        )
        found = (
            replace(top[0], kind="top", score=0.9),
            replace(pants[0], kind="pants", score=0.8),
            replace(whole, verdict=Verdict(REJECTED, NOT_NEEDED)),
        )
        return replace(super().analyze([data])[0], detections=found)


def outfit() -> bytes:
    """Red above, blue below."""
    picture = Image.new("RGB", (90, 120), COLOURS["blue"])
    picture.paste(COLOURS["red"], (0, 0, 90, 60))
    return encoded(picture, "PNG")


@pytest.fixture(autouse=True)
def vision(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> TwoItems:
    for colour, category in STOCK.items():
        with runtime.sessions.write() as session:
            picture = photo(colour)
            _, job = product_with_photos(session, runtime.ports, colour, picture, category=category)
        runtime.run_job(job.id)
    two = TwoItems()
    monkeypatch.setattr(runtime.ports.vision, "analyze", two.analyze)
    return two


def ask(client: TestClient, headers: Headers, path: str = "/v1/search", **more: str) -> Any:
    return client.post(path, data=more, files={"image": ("q.png", outfit())}, headers=headers)


def ids(hits: list[dict[str, Any]]) -> list[str]:
    return [hit["product"]["external_id"] for hit in hits]


def test_detect_tells_the_items_of_a_photo(client: TestClient, editor: Headers) -> None:
    told = ask(client, editor, "/v1/detect").json()
    assert told == {
        "width": 90,
        "height": 120,
        "items": [
            {"item": 1, "box": list(UPPER.as_tuple()), "kind": "top", "score": 0.9},
            {"item": 2, "box": list(LOWER.as_tuple()), "kind": "pants", "score": 0.8},
        ],
        "main": None,
    }


def test_an_upload_is_looked_at_before_anybody_asks_and_once(
    client: TestClient, viewer: Headers, vision: TwoItems
) -> None:
    files = {"image": ("a.png", outfit())}
    upload_id = client.post("/v1/uploads", files=files, headers=viewer).json()["upload_id"]
    eventually(lambda: vision.runs == 1, "nobody looks at the upload")
    for path in ("/v1/detect", "/v1/search"):
        client.post(path, json={"upload_id": upload_id}, headers=viewer).raise_for_status()
    assert vision.runs == 1


def test_detect_looks_at_an_upload(client: TestClient, viewer: Headers) -> None:
    files = {"image": ("q.png", outfit())}
    upload_id = client.post("/v1/uploads", files=files, headers=viewer).json()["upload_id"]
    told = client.post("/v1/detect", json={"upload_id": upload_id}, headers=viewer).json()
    assert [item["kind"] for item in told["items"]] == ["top", "pants"]
    found = client.post("/v1/search", json={"upload_id": upload_id, "item": 2}, headers=viewer)
    assert ids(found.json()["hits"])[0] == "blue"


@pytest.mark.parametrize(
    ("body", "field"), [({}, "upload_id"), ({"upload_id": "nothing"}, "upload_id")]
)
def test_detect_says_what_is_missing(
    client: TestClient, viewer: Headers, body: dict[str, str], field: str
) -> None:
    refused = client.post("/v1/detect", json=body, headers=viewer)
    assert refused.status_code == 422
    assert field in refused.json()["fields"]


def test_an_item_or_its_box_is_searched_in_one_run(
    client: TestClient, viewer: Headers, vision: TwoItems
) -> None:
    first = ask(client, viewer, item="1").json()
    assert ids(first["hits"])[0] == "red"
    assert first["query"]["box"] == list(UPPER.as_tuple())
    assert first["query"]["item"] == 1
    assert vision.runs == 1
    by_box = ask(client, viewer, box="0,60,90,120").json()
    assert ids(by_box["hits"])[0] == "blue"


def test_without_a_choice_the_main_item_is_searched(
    client: TestClient, viewer: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.UPPER", Box(0, 0, 90, 40))
    assert ask(client, viewer, "/v1/detect").json()["main"] == 2
    told = ask(client, viewer).json()
    assert told["query"]["box"] == list(LOWER.as_tuple())
    assert told["query"]["item"] is None
    assert ids(told["hits"])[0] == "blue"


def test_without_a_main_item_the_whole_photo_is_searched_in_one_run(
    client: TestClient, viewer: Headers, vision: TwoItems
) -> None:
    told = ask(client, viewer).json()
    assert told["query"]["box"] == [0, 0, 90, 120]
    assert vision.runs == 1
    assert set(ids(told["hits"])[:2]) == {"red", "blue"}


def test_shop_the_look_is_one_list_per_item_from_one_run(
    client: TestClient, viewer: Headers, vision: TwoItems
) -> None:
    answer = ask(client, viewer, group_by="item", limit="2")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert vision.runs == 1
    assert [(group["item"], group["kind"]) for group in told["groups"]] == [
        (1, "top"),
        (2, "pants"),
    ]
    assert [ids(group["hits"])[0] for group in told["groups"]] == ["red", "blue"]
    assert [set(ids(group["hits"])) for group in told["groups"]] == [TOPS, PANTS]
    assert [[hit["rank"] for hit in group["hits"]] for group in told["groups"]] == [[1, 2]] * 2
    assert told["total"] == 4
    assert client.get(f"/v1/queries/{told['query_id']}", headers=viewer).json() == told


def test_filters_hold_for_every_item_and_facets_are_counted_once(
    client: TestClient, viewer: Headers, editor: Headers
) -> None:
    shown = client.get("/v1/products", headers=editor).json()["products"]
    for product in shown:
        change = {"colour": product["external_id"], "price": "9"}
        done = client.patch(f"/v1/products/{product['id']}", json=change, headers=editor)
        assert done.status_code == 200, done.text
    wanted = {"colour": ["green", "blue"]}
    told = ask(client, viewer, group_by="item", filters=json.dumps(wanted)).json()
    assert [ids(group["hits"]) for group in told["groups"]] == [["green"], ["blue"]]
    assert told["total"] == 2
    assert told["price_range"] == {"min": "9.00", "max": "9.00"}
    assert {each["value"]: each["count"] for each in told["facets"]["colour"]} == {
        "red": 1,
        "green": 1,
        "blue": 1,
        "yellow": 1,
    }
    assert client.get(f"/v1/queries/{told['query_id']}", headers=viewer).json() == told


def test_an_item_is_paged_like_any_search(client: TestClient, viewer: Headers) -> None:
    first = ask(client, viewer, item="1", limit="2").json()
    rest = ask(client, viewer, item="1", limit="2", cursor=first["next_cursor"]).json()
    assert sorted(ids(first["hits"] + rest["hits"])) == ["blue", "green", "red", "yellow"]
    refused = ask(client, viewer, item="2", limit="2", cursor=first["next_cursor"])
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["cursor"])


CANNOT_BE: list[tuple[dict[str, str], str]] = [
    ({"item": "3"}, "item"),
    ({"item": "0"}, "item"),
    ({"item": "one"}, "item"),
    ({"item": "1", "box": "0,0,9,9"}, "item"),
    ({"group_by": "item", "box": "0,0,9,9"}, "group_by"),
    ({"group_by": "item", "item": "1"}, "group_by"),
    ({"group_by": "item", "cursor": "x"}, "group_by"),
    ({"group_by": "kind"}, "group_by"),
]


def test_a_choice_that_cannot_be_is_refused_by_field(client: TestClient, viewer: Headers) -> None:
    for asked, field in CANNOT_BE:
        refused = ask(client, viewer, **asked)
        assert refused.status_code == 422, (asked, refused.text)
        assert field in refused.json()["fields"], asked


@pytest.mark.parametrize("asked", [{"item": 1}, {"group_by": "item"}])
def test_words_alone_have_no_items(
    client: TestClient, viewer: Headers, asked: dict[str, object]
) -> None:
    refused = client.post("/v1/search", json={"text": "red", **asked}, headers=viewer)
    assert refused.status_code == 422
    assert refused.json()["fields"].keys() == asked.keys()


def test_a_look_is_answered_at_once_only(client: TestClient, viewer: Headers) -> None:
    headers = {**viewer, "Prefer": "respond-async"}
    refused = ask(client, headers, group_by="item")
    assert refused.status_code == 422
    assert "group_by" in refused.json()["fields"]
