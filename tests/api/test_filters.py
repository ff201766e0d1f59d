"""Filters, facets and pages over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from tests.worlds.remembered import remembered
from vitrine.services import catalog
from vitrine.wiring import Runtime

pytestmark = pytest.mark.engines

STOCK: dict[str, dict[str, Any]] = {
    "red": {"category": "Kleid", "brand": "Ärmel & Co", "price": "19.90"},
    "green": {"category": "Kleid", "brand": "Acme", "price": "49.90"},
    "blue": {
        "category": "Hose",
        "brand": "ÄRMEL & CO",
        "attributes": {"availability": "in_stock", "fit": ["slim", "high"], "size": 38},
    },
    "yellow": {"category": "HOSE", "brand": "Acme", "attributes": {"size": "42"}},
}


@pytest.fixture(autouse=True)
def stock(runtime: Runtime) -> dict[str, str]:
    return remembered(runtime, stocked)


def stocked(runtime: Runtime) -> dict[str, str]:
    made = {}
    for colour, given in STOCK.items():
        with runtime.sessions.write() as session:
            fields = {"colour": colour, **given}
            product, job = product_with_photos(
                session, runtime.ports, colour, photo(colour), **fields
            )
        runtime.run_job(job.id)
        made[colour] = product.id
    return made


def ask(client: TestClient, headers: Headers, **asked: Any) -> Any:
    answer = client.post("/v1/search", json={"text": "clothes", **asked}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(told: Any) -> set[str]:
    return {hit["product"]["external_id"] for hit in told["hits"]}


CHOSEN: list[tuple[dict[str, Any], set[str]]] = [
    ({"category": "kleid"}, {"red", "green"}),
    ({"brand": "ärmel & co"}, {"red", "blue"}),
    ({"category": ["kleid", "hose"], "brand": "acme"}, {"green", "yellow"}),
    ({"not": {"brand": "acme"}}, {"red", "blue"}),
    ({"price": {"min": 19.9, "max": 20}}, {"red"}),
    ({"not": {"price": {"max": 30}}}, {"green", "blue", "yellow"}),
    ({"availability": "in_stock"}, {"blue"}),
    ({"attributes.fit": "SLIM"}, {"blue"}),
    ({"attributes.size": {"min": 40}}, {"yellow"}),
    ({"attributes.size": [38]}, {"blue"}),
    ({"category": "kleid", "not": {"category": "kleid"}}, set()),
    ({"price": {"min": 50, "max": 10}}, set()),
]


def test_filters_in_json_and_in_a_form(client: TestClient, viewer: Headers) -> None:
    for filters, expected in CHOSEN:
        told = ask(client, viewer, filters=filters)
        assert (found(told), told["total"]) == (expected, len(expected)), filters
        form = {"filters": json.dumps(filters), "facets": '["brand"]'}
        files = {"image": ("q.jpg", photo("green"))}
        answer = client.post("/v1/search", data=form, files=files, headers=viewer)
        assert found(answer.json()) == expected, filters
        assert set(answer.json()["facets"]) == {"brand"}, filters


def test_facets_are_counted_with_their_own_wish_lifted(client: TestClient, viewer: Headers) -> None:
    told = ask(client, viewer, filters={"category": "Kleid", "brand": "acme"})
    assert found(told) == {"green"}
    assert told["facets"]["category"] == [
        {"value": "HOSE", "count": 1, "means": "trousers"},
        {"value": "Kleid", "count": 1, "means": "dress"},
    ]
    assert told["facets"]["brand"] == [
        {"value": "Acme", "count": 1, "means": None},
        {"value": "Ärmel & Co", "count": 1, "means": None},
    ]
    assert told["facets"]["colour"] == [{"value": "green", "count": 1, "means": "green"}]
    assert told["price_range"] == {"min": "49.90", "max": "49.90"}
    assert client.get(f"/v1/queries/{told['query_id']}", headers=viewer).json() == told


def test_an_edit_is_searchable_at_once_without_a_job(
    client: TestClient, viewer: Headers, editor: Headers, stock: dict[str, str]
) -> None:
    assert found(ask(client, viewer, filters={"category": "mantel"})) == set()
    change = {"category": "Mantel", "price": "5"}
    path = f"/v1/products/{stock['blue']}"
    assert client.patch(path, json=change, headers=editor).status_code == 200
    wanted = {"category": "mantel", "price": {"max": 5}}
    assert found(ask(client, viewer, filters=wanted)) == {"blue"}
    assert client.delete(path, headers=editor).status_code == 204
    told = ask(client, viewer, filters=wanted)
    assert (told["hits"], told["total"]) == ([], 0)


def test_pages_follow_each_other_and_ranks_go_on(client: TestClient, viewer: Headers) -> None:
    whole = ask(client, viewer)["hits"]
    hits: list[Any] = []
    cursor = None
    for _ in range(2):
        told = ask(client, viewer, limit=2, cursor=cursor)
        hits, cursor = hits + told["hits"], told["next_cursor"]
    assert hits == whole
    assert [hit["rank"] for hit in hits] == [1, 2, 3, 4]
    assert cursor is None


def test_browsing_by_price_in_json_in_a_form_and_by_a_job(
    client: TestClient, viewer: Headers, runtime: Runtime
) -> None:
    asked = {"sort": "-price", "limit": 3}
    told = client.post("/v1/search", json=asked, headers=viewer).json()
    shown = [(hit["product"]["external_id"], hit["score"]) for hit in told["hits"]]
    assert shown == [("green", None), ("red", None), ("yellow", None)]
    form = {"sort": (None, "-price"), "limit": (None, "3")}  # multipart, without a photo
    answer = client.post("/v1/search", files=form, headers=viewer)
    assert answer.json()["hits"] == told["hits"]
    headers = viewer | {"Prefer": "respond-async"}
    job_id = client.post("/v1/search", json=asked, headers=headers).json()["job"]["id"]
    runtime.run_job(job_id)
    made = client.get(f"/v1/jobs/{job_id}/result", headers=viewer).json()["search"]
    assert made["hits"] == told["hits"]
    rest = asked | {"cursor": told["next_cursor"]}
    last = client.post("/v1/search", json=rest, headers=viewer).json()
    assert (found(last), last["next_cursor"]) == ({"blue"}, None)
    other = client.post("/v1/search", json=rest | {"sort": "price"}, headers=viewer)
    assert other.json()["code"] == "invalid_cursor"


def test_a_photo_and_words_may_be_put_in_another_order(client: TestClient, editor: Headers) -> None:
    told = ask(client, editor, sort="price")
    shown = [hit["product"]["external_id"] for hit in told["hits"]]
    assert shown == ["red", "green", "yellow", "blue"]
    assert (told["sorted"], told["total"]) == (4, 4)
    assert all(hit["score"] is not None for hit in told["hits"])
    files = {"image": ("q.jpg", photo("green"))}
    form = {"group_by": "item", "sort": "newest"}
    [group] = client.post("/v1/search", data=form, files=files, headers=editor).json()["groups"]
    assert [hit["product"]["external_id"] for hit in group["hits"]] == [*reversed(STOCK)]


def test_a_product_deleted_between_pages_makes_none_repeat_or_skip(
    client: TestClient, viewer: Headers, runtime: Runtime
) -> None:
    first = ask(client, viewer, limit=2)
    rest = [hit["product"]["id"] for hit in ask(client, viewer)["hits"][2:]]
    with runtime.sessions.write() as session:
        gone = catalog.get(session, first["hits"][0]["product"]["id"])
        catalog.remove(session, runtime.ports, gone)
    second = ask(client, viewer, limit=2, cursor=first["next_cursor"])
    assert [hit["product"]["id"] for hit in second["hits"]] == rest


def test_a_cursor_of_another_search_is_refused(client: TestClient, viewer: Headers) -> None:
    cursor = ask(client, viewer, limit=1)["next_cursor"]
    others: list[dict[str, Any]] = [
        {"text": "green"},
        {"filters": {"category": "kleid"}},
        {"weight": 0.1},
    ]
    for other in others:
        asked = {"text": "clothes", "limit": 1, "cursor": cursor} | other
        answer = client.post("/v1/search", json=asked, headers=viewer)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor"), other
        assert "cursor" in answer.json()["fields"], other


def test_similar_products_are_filtered_and_paged(
    runtime: Runtime, client: TestClient, viewer: Headers, stock: dict[str, str]
) -> None:
    path = f"/v1/products/{stock['red']}/similar"
    assert found(client.get(path, headers=viewer).json()) == {"green"}, "the other dress alone"
    with runtime.sessions.write() as session:
        for colour in ("blue", "yellow"):
            product = catalog.get(session, stock[colour])
            catalog.update(session, runtime.ports, product, {"category": "Kleid"})
    params = {"filters": '{"not": {"brand": "ärmel & co"}}', "limit": "1"}
    first = client.get(path, params=params, headers=viewer).json()
    second = client.get(
        path, params=params | {"cursor": first["next_cursor"]}, headers=viewer
    ).json()
    assert found(first) | found(second) == {"green", "yellow"}
    assert second["next_cursor"] is None
    for wrong in ('{"colr": "red"}', "{", "[]"):
        refused = client.get(path, params={"filters": wrong}, headers=viewer)
        assert refused.status_code == 422, refused.text
        assert all(field.startswith("filters") for field in refused.json()["fields"])


def test_a_job_keeps_filters_and_facets(
    client: TestClient, viewer: Headers, runtime: Runtime
) -> None:
    asked = {"text": "red", "filters": {"category": "kleid"}, "facets": ["brand"], "limit": 1}
    headers = viewer | {"Prefer": "respond-async"}
    job_id = client.post("/v1/search", json=asked, headers=headers).json()["job"]["id"]
    runtime.run_job(job_id)
    told = client.get(f"/v1/jobs/{job_id}/result", headers=viewer).json()["search"]
    at_once = ask(client, viewer, **asked)
    for name in ("hits", "total", "facets", "next_cursor"):
        assert told[name] == at_once[name]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"filters": {"colr": "red"}}, "filters.colr"),
    ({"filters": {"price": 5}}, "filters.price"),
    ({"filters": {"category": 5}}, "filters.category"),
    ({"filters": {"price": {"min": "x"}}}, "filters.price"),
    ({"filters": []}, "filters"),
    ({"filters": "red"}, "filters"),
    ({"facets": ["colr"]}, "facets"),
    ({"facets": "brand"}, "facets"),
    ({"facets": ["brand"] * 51}, "facets"),
    ({"cursor": 5}, "cursor"),
    ({"sort": "dearest"}, "sort"),
    ({"sort": ["price"]}, "sort"),
]


@pytest.mark.parametrize("prefer", ["", "respond-async"])
def test_bad_filters_are_refused_by_name_and_change_nothing(
    client: TestClient, viewer: Headers, counts: Callable[[], dict[str, int]], prefer: str
) -> None:
    before = counts()
    for wrong, field in WRONG:
        asked = {"text": "red"} | wrong
        answer = client.post("/v1/search", json=asked, headers=viewer | {"Prefer": prefer})
        assert answer.status_code == 422, (wrong, answer.text)
        assert answer.headers["content-type"] == "application/problem+json", wrong
        assert list(answer.json()["fields"]) == [field], wrong
    assert counts() == before
