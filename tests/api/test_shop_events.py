"""What visitors did: told without a word about who they are, and counted."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds.factories import photo
from tests.worlds.people import Headers
from tests.worlds.visitors import Door, furnished
from vitrine.tables.shop import PublishableKey, ShopEvent
from vitrine.wiring import Runtime

VISIT = "3f9c0e5a-visit"


@pytest.fixture
def door(runtime: Runtime) -> Door:
    return furnished(runtime)


@pytest.fixture
def visitor(door: Door) -> Headers:
    return door.headers()


def search(client: TestClient, visitor: Headers, **asked: Any) -> Any:
    answer = client.post("/v1/shop/search", json=asked, headers=visitor)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tell(client: TestClient, visitor: Headers, *events: dict[str, Any], **more: Any) -> Any:
    body = {"events": list(events)} | more
    answer = client.post("/v1/shop/events", json=body, headers=visitor)
    assert answer.status_code == 202, answer.text
    return answer.json()


def stored(runtime: Runtime) -> list[ShopEvent]:
    with runtime.sessions.read() as session:
        return list(session.scalars(select(ShopEvent).order_by(ShopEvent.id)))


def test_a_search_is_noted_once_and_says_nothing_of_the_visitor(
    client: TestClient, visitor: Headers, runtime: Runtime
) -> None:
    asked = {"text": "red dress", "limit": 2, "filters": {"colour": ["red", "blue"]}}
    first = search(client, visitor, visit=VISIT, **asked)
    search(client, visitor, visit=VISIT, text="red dress", limit=1)
    files = {"image": ("a.jpg", photo("red"))}
    client.post("/v1/shop/search", files=files, headers=visitor)
    client.get("/v1/shop/similar?external_id=red", headers=visitor)
    client.get("/v1/shop/look?external_id=red", headers=visitor)
    told = stored(runtime)
    assert [event.asked for event in told] == ["words", "words", "photo", "product", "beside"]
    assert (told[0].search_id, told[0].matches, told[0].hits) == (first["search_id"], 1, 2)
    assert (told[0].filters, told[0].words) == (["colour"], "")
    known = {column.name for column in ShopEvent.__table__.columns}
    assert not known & {"address", "user_agent", "referrer", "user_id", "visitor"}


def test_further_pages_are_the_same_search(
    client: TestClient, visitor: Headers, runtime: Runtime
) -> None:
    first = search(client, visitor, limit=2)
    search(client, visitor, limit=2, cursor=first["next_cursor"])
    assert len(stored(runtime)) == 1


def test_words_are_kept_where_nothing_matched_and_addresses_of_people_are_not(
    client: TestClient, visitor: Headers, runtime: Runtime
) -> None:
    told = search(
        client,
        visitor,
        text="  Ask Anna.Lee@example.org or +49 (170) 123-4567  about GREEN  ",
        filters={"brand": ["none"]},
    )
    assert told["total"] == 0
    assert [event.words for event in stored(runtime)] == ["ask or about green"]


def test_what_a_page_tells_is_kept_of_the_keys_own_products_and_searches(
    client: TestClient, door: Door, visitor: Headers, runtime: Runtime
) -> None:
    mine = search(client, visitor, text="red")["search_id"]
    theirs = search(client, door.headers(filters={}), text="red")["search_id"]
    told = tell(
        client,
        visitor,
        {"type": "search", "search_id": mine},
        {"type": "search", "search_id": theirs},
        {"type": "click", "external_id": "red", "search_id": mine, "rank": 2},
        {"type": "click", "product_id": door.products["green"], "search_id": theirs, "rank": 9},
        {"type": "view", "external_id": "sold-out"},
        {"type": "add_to_cart", "external_id": "nothing"},
        {"type": "add_to_cart", "external_id": "blue"},
        visit=VISIT,
    )
    assert told == {"accepted": 4, "ignored": 3}
    kept = {(e.kind, e.product_id, e.search_id, e.rank) for e in stored(runtime)[2:]}
    red, green, blue = (door.products[name] for name in ("red", "green", "blue"))
    assert kept == {
        ("shown", None, mine, None),
        ("click", red, mine, 2),
        ("click", green, None, None),
        ("add_to_cart", blue, None, None),
    }
    assert {event.visit for event in stored(runtime)[2:]} == {VISIT}


NO_EVENTS: list[tuple[dict[str, Any], str]] = [
    ({"type": "buy", "external_id": "red"}, "events.1.type"),
    ({"type": "click"}, "events.1"),
    ({"type": "click", "external_id": "red", "product_id": "0" * 36}, "events.1"),
    ({"type": "search"}, "events.1"),
    ({"type": "click", "external_id": "red", "rank": 0}, "events.1.rank"),
    ({"type": "click", "external_id": "red", "address": "me"}, "events.1.address"),
]


def test_what_is_no_event_is_refused_by_name_and_nothing_is_kept(
    client: TestClient, visitor: Headers, runtime: Runtime
) -> None:
    for event, field in NO_EVENTS:
        body = {"events": [{"type": "view", "external_id": "red"}, event]}
        answer = client.post("/v1/shop/events", json=body, headers=visitor)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), event
    many = {"events": [{"type": "view", "external_id": "red"}] * 51}
    assert client.post("/v1/shop/events", json=many, headers=visitor).status_code == 422
    assert client.post("/v1/shop/events", json={"events": []}, headers=visitor).status_code == 422
    assert stored(runtime) == []


def test_figures_are_of_what_was_searched_and_chosen(
    client: TestClient, door: Door, visitor: Headers, admin: Headers
) -> None:
    asked = {"text": "red", "filters": {"colour": ["red", "blue"]}}
    ids = [search(client, visitor, **asked)["search_id"] for _ in range(2)]
    search(client, visitor, text="=cmd()", filters={"brand": ["none"]})
    client.get("/v1/shop/similar?external_id=red", headers=visitor)
    tell(
        client,
        visitor,
        {"type": "search", "search_id": ids[0]},
        {"type": "click", "external_id": "red", "search_id": ids[0], "rank": 1},
        {"type": "click", "external_id": "red", "search_id": ids[0], "rank": 1},
        {"type": "view", "external_id": "red"},
        {"type": "add_to_cart", "external_id": "red"},
    )
    told = client.get("/v1/analytics", headers=admin).json()
    figures = ("searches", "shown", "strips", "no_match", "clicked", "views", "clicks", "added")
    assert [told[name] for name in figures] == [3, 1, 1, 1, 1, 1, 2, 1]
    assert told["ranks"] == [
        {"rank": 1, "seen": 2, "clicked": 1},
        {"rank": 2, "seen": 2, "clicked": 0},
    ]
    assert told["filters"] == [
        {"facet": "colour", "searches": 2},
        {"facet": "brand", "searches": 1},
    ]
    assert [(miss["words"], miss["searches"]) for miss in told["misses"]] == [("=cmd()", 1)]
    assert told["products"][0] | {"title": ""} == {
        "product_id": door.products["red"],
        "external_id": "red",
        "title": "",
        "views": 1,
        "clicks": 2,
        "added": 1,
    }
    (day,) = told["days"]
    assert (day["searches"], day["no_match"], day["clicks"], day["added"]) == (3, 1, 2, 1)
    ways = {way["asked"]: way for way in told["ways"]}
    assert set(ways) == {"words", "product"}
    assert 0 < ways["words"]["median"] <= ways["words"]["slow"]


def test_figures_can_be_of_one_key(
    client: TestClient, door: Door, visitor: Headers, admin: Headers, runtime: Runtime
) -> None:
    search(client, visitor)
    with runtime.sessions.read() as session:
        mine = session.scalar(select(PublishableKey.id))
    other, _ = door.key()
    for key_id, searches in ((mine, 1), (other, 0)):
        told = client.get(f"/v1/analytics?key_id={key_id}", headers=admin).json()
        assert told["searches"] == searches


def test_no_cell_of_an_export_is_a_formula(
    client: TestClient, visitor: Headers, admin: Headers
) -> None:
    search(client, visitor, text="=cmd|'/c calc'!A1", filters={"brand": ["none"]})
    answer = client.get("/v1/analytics/export?table=misses", headers=admin)
    assert answer.headers["content-type"].startswith("text/csv")
    header, row = list(csv.reader(io.StringIO(answer.text)))
    assert header == ["words", "searches", "last"]
    assert row[0] == "'=cmd|'/c calc'!a1"
    for table in ("days", "ways", "ranks", "filters", "products"):
        answer = client.get(f"/v1/analytics/export?table={table}&days=1", headers=admin)
        assert answer.status_code == 200
    assert client.get("/v1/analytics/export?table=users", headers=admin).status_code == 422
