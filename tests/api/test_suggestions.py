"""Suggestions over HTTP: for staff of all products, for visitors of what their key offers."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.people import Headers
from tests.worlds.visitors import Door, furnished
from vitrine.wiring import Runtime

pytestmark = pytest.mark.engines

STAFF, SHOP = "/v1/suggestions", "/v1/shop/suggestions"


@pytest.fixture
def door(runtime: Runtime) -> Door:
    made = furnished(runtime)
    made.add(
        "hidden", "blue", title="Velours", brand="Verborgen", attributes={"availability": "no"}
    )
    return made


def texts(client: TestClient, path: str, headers: Headers, q: str, **asked: Any) -> list[str]:
    answer = client.get(path, params={"q": q, **asked}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["text"] for one in answer.json()["suggestions"]]


def test_visitors_are_suggested_what_their_key_offers_and_staff_all(
    client: TestClient, door: Door, viewer: Headers
) -> None:
    visitor = door.headers()
    assert texts(client, STAFF, viewer, "ver") == ["Verborgen"]
    assert texts(client, STAFF, viewer, "velo") == ["velour"]
    for hidden in ("ver", "velo", "vrrborgen"):
        assert texts(client, SHOP, visitor, hidden) == []
    assert texts(client, SHOP, visitor, "Kl", language="de") == ["Kleid"]
    assert texts(client, SHOP, visitor, "gre") == ["green"]


def test_nothing_that_anybody_searched_is_suggested(
    client: TestClient, door: Door, viewer: Headers
) -> None:
    visitor = door.headers()
    for _ in range(5):
        client.post("/v1/shop/search", json={"text": "quixotic anna"}, headers=visitor)
        client.post("/v1/search", json={"text": "quixotic anna"}, headers=viewer)
    assert texts(client, SHOP, visitor, "quix") == []
    assert texts(client, STAFF, viewer, "quixotic a") == []


def test_a_suggestion_tells_its_facet_and_how_many_there_are(
    client: TestClient, door: Door
) -> None:
    asked = {"q": "rote kl", "language": "de"}
    answer = client.get(SHOP, params=asked, headers=door.headers()).json()
    told = {"text": "rote Kleid", "facet": "category", "title": "Kategorie", "count": 1}
    assert answer["suggestions"] == [told]


def test_bad_questions_are_refused_by_name(client: TestClient, door: Door) -> None:
    visitor = door.headers()
    for wrong, field in (("", "q"), (f"?q={'x' * 201}", "q"), ("?q=x&limit=99", "limit")):
        refused = client.get(SHOP + wrong, headers=visitor)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])
    assert client.get(SHOP, params={"q": "x"}).status_code == 401
