"""The public door: what visitors are answered, and what no key ever shows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.people import Headers
from tests.worlds.visitors import SHOP, Door, furnished
from vitrine.api.app import create_app
from vitrine.core.clock import now
from vitrine.core.groups import SearchSettings
from vitrine.services import catalog, shop
from vitrine.tables.shop import PublishableKey
from vitrine.wiring import Runtime

SHOWN = {"red", "green", "blue"}
HIDDEN = ("sold-out", "draft", "archived", "private")


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


def codes(told: Any) -> set[str]:
    return {hit["product"]["external_id"] for hit in told["hits"]}


def test_settings_tell_what_may_be_asked(client: TestClient, visitor: Headers) -> None:
    told = client.get("/v1/shop/settings?language=de", headers=visitor).json()
    assert told["language"] == "de"
    titles = {each["name"]: each["title"] for each in told["facets"]}
    assert (titles["price"], titles["colour"]) == ("Preis", "Farbe")
    assert "labels.colour" in titles, "the one facet of labels that is good enough for shoppers"
    assert "labels.category" not in titles
    assert told["photo"]["min_side"] == 16


def test_words_photos_and_products_find_what_the_key_offers_and_nothing_else(
    client: TestClient, door: Door, visitor: Headers
) -> None:
    assert codes(search(client, visitor)) == SHOWN
    assert codes(search(client, visitor, text="red dress")) == SHOWN
    assert codes(search(client, visitor, text="sold-out")) <= SHOWN
    files = {"image": ("a.jpg", photo("green"))}
    told = client.post("/v1/shop/search", files=files, headers=visitor).json()
    assert codes(told) == SHOWN
    assert told["hits"][0]["product"]["external_id"] == "green"
    assert len(told["hits"][0]["box"]) == 4
    similar = client.get("/v1/shop/similar?external_id=red", headers=visitor).json()
    assert codes(similar) == SHOWN - {"red"}
    assert codes(search(client, visitor, external_id="red", text="blue")) == SHOWN - {"red"}


def test_counts_and_prices_are_of_what_the_key_offers(
    client: TestClient, door: Door, visitor: Headers
) -> None:
    door.add("dear", "red", price="900", attributes={"availability": "out_of_stock"})
    told = search(client, visitor, filters={"availability": ["in_stock"]})
    assert told["total"] == 3
    counted = {facet["name"]: facet["values"] for facet in told["facets"]}
    assert [each["value"] for each in counted["availability"]] == ["in_stock"]
    assert told["price_range"] == {"min": "19.90", "max": "19.90"}
    assert search(client, visitor, filters={"availability": ["out_of_stock"]})["hits"] == []
    assert search(client, visitor, filters={"not": {"availability": ["in_stock"]}})["total"] == 0


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_the_key_does_not_offer_is_unknown_by_every_road(
    client: TestClient, door: Door, visitor: Headers, hidden: str
) -> None:
    for by in (f"product_id={door.products[hidden]}", f"external_id={hidden}"):
        for path in ("product", "similar", "look"):
            answer = client.get(f"/v1/shop/{path}?{by}", headers=visitor)
            assert (answer.status_code, answer.json()["code"]) == (404, "product_unknown")
        name, _, value = by.partition("=")
        answer = client.post("/v1/shop/search", json={name: value}, headers=visitor)
        assert (answer.status_code, answer.json()["code"]) == (404, "product_unknown")
    picture = f"/v1/shop/pictures/{door.images[hidden]}?key={visitor['X-Vitrine-Key']}"
    answer = client.get(picture)
    assert (answer.status_code, answer.json()["code"]) == (404, "image_unknown")
    told = {"events": [{"type": "click", "external_id": hidden}]}
    assert client.post("/v1/shop/events", json=told, headers=visitor).json()["ignored"] == 1


def test_drafts_stay_hidden_where_a_setting_lets_staff_find_them(runtime: Runtime) -> None:
    wide = SearchSettings(statuses=("active", "draft"))
    settings = runtime.settings.model_copy(update={"search": wide})
    runtime.cache.statuses = wide.statuses
    door = furnished(runtime)
    visitor = door.headers(filters={})
    with TestClient(create_app(settings, runtime), "https://testserver") as client:
        assert codes(search(client, visitor)) == SHOWN | {"sold-out"}
        assert codes(search(client, visitor, text="draft")) == SHOWN | {"sold-out"}
        answer = client.get("/v1/shop/product?external_id=draft", headers=visitor)
        assert answer.status_code == 404


def test_a_product_that_is_deleted_or_sold_out_is_gone_at_once(
    client: TestClient, door: Door, visitor: Headers, runtime: Runtime
) -> None:
    picture = f"/v1/shop/pictures/{door.images['red']}?key={visitor['X-Vitrine-Key']}"
    assert client.get(picture).status_code == 200
    with runtime.sessions.write() as session:
        catalog.remove(session, runtime.ports, catalog.get(session, door.products["red"]))
        catalog.get(session, door.products["blue"]).attributes = {"availability": "out_of_stock"}
    assert codes(search(client, visitor)) == {"green"}
    assert client.get(picture).status_code == 404
    assert client.get("/v1/shop/product?external_id=blue", headers=visitor).status_code == 404


def test_an_upload_is_no_picture_of_the_door(
    client: TestClient, door: Door, visitor: Headers, viewer: Headers
) -> None:
    files = {"image": ("a.jpg", photo("red"))}
    upload = client.post("/v1/uploads", files=files, headers=viewer).json()["upload_id"]
    path = f"/v1/shop/pictures/{upload}?key={visitor['X-Vitrine-Key']}"
    assert client.get(path).status_code == 404


def test_nothing_of_the_staffs_is_told(client: TestClient, door: Door, visitor: Headers) -> None:
    with_photo = client.post(
        "/v1/shop/search", files={"image": ("a.jpg", photo("red"))}, headers=visitor
    )
    texts = [
        with_photo.text,
        client.post("/v1/shop/search", json={"text": "red"}, headers=visitor).text,
        client.get("/v1/shop/product?external_id=red", headers=visitor).text,
        client.get("/v1/shop/similar?external_id=red", headers=visitor).text,
    ]
    for name in ("score", "labels", "status", "collection", "reasons", "crop", "attributes"):
        assert not [text for text in texts if f'"{name}":' in text], name


def test_attributes_are_no_way_in_unless_the_key_names_them(
    client: TestClient, door: Door, visitor: Headers
) -> None:
    asked = {"filters": {"attributes.cost": {"max": 5}, "labels.category": ["dress"]}}
    answer = client.post("/v1/shop/search", json=asked, headers=visitor)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_filters")
    assert set(answer.json()["fields"]) == {"filters.attributes.cost", "filters.labels.category"}
    negated = {"filters": {"not": {"attributes.cost": {"max": 5}}}}
    assert client.post("/v1/shop/search", json=negated, headers=visitor).status_code == 422
    counted = {"facets": ["attributes.cost"]}
    answer = client.post("/v1/shop/search", json=counted, headers=visitor)
    assert (answer.status_code, answer.json()["code"]) == (422, "facet_unknown")
    wide = door.headers(filters={}, facets=["attributes.cost"])
    told = search(client, wide, filters={"attributes.cost": {"max": 5}})
    assert codes(told) == {"sold-out"}


def test_pages_follow_each_other_and_a_cursor_of_another_search_is_refused(
    client: TestClient, visitor: Headers
) -> None:
    first = search(client, visitor, text="red", limit=2)
    second = search(client, visitor, text="red", limit=2, cursor=first["next_cursor"])
    assert [hit["rank"] for hit in (*first["hits"], *second["hits"])] == [1, 2, 3]
    asked = {"text": "blue", "cursor": first["next_cursor"]}
    answer = client.post("/v1/shop/search", json=asked, headers=visitor)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_values_of_the_vocabulary_are_named_in_the_visitors_language(
    client: TestClient, visitor: Headers
) -> None:
    told = search(client, visitor, language="de")
    colours = next(facet for facet in told["facets"] if facet["name"] == "colour")
    assert colours["title"] == "Farbe"
    assert {each["value"]: each["title"] for each in colours["values"]} == {
        "red": "rot",
        "green": "grün",
        "blue": "blau",
    }


def test_the_items_of_a_photo_and_the_look_are_told_without_scores(
    client: TestClient, visitor: Headers
) -> None:
    files = {"image": ("a.jpg", photo("green"))}
    told = client.post(
        "/v1/shop/detect", data={"language": "de"}, files=files, headers=visitor
    ).json()
    assert [set(item) for item in told["items"]] == [{"item", "box", "kind", "title"}]
    look = client.post("/v1/shop/look", data={"limit": "2"}, files=files, headers=visitor).json()
    assert all(codes(group) <= SHOWN for group in look["groups"])
    for path in ("detect", "look"):
        answer = client.post(f"/v1/shop/{path}", data={"language": "de"}, headers=visitor)
        assert answer.status_code in (415, 422), answer.text


def test_a_product_is_asked_for_by_one_of_two_names(client: TestClient, visitor: Headers) -> None:
    told = client.get("/v1/shop/product?external_id=red", headers=visitor).json()
    assert (told["price"], told["currency"], told["url"]) == ("19.90", "EUR", None)
    assert told["availability"] == "in_stock"
    by_id = client.get(f"/v1/shop/product?product_id={told['id']}", headers=visitor).json()
    assert by_id == told
    for query in ("", f"?external_id=red&product_id={told['id']}"):
        answer = client.get(f"/v1/shop/product{query}", headers=visitor)
        assert (answer.status_code, set(answer.json()["fields"])) == (422, {"product_id"})


def test_a_picture_is_small_and_may_be_shown_by_other_sites(
    client: TestClient, visitor: Headers
) -> None:
    told = client.get("/v1/shop/product?external_id=red", headers=visitor).json()
    url = told["pictures"][0]["url"]
    answer = client.get(f"{url}&size=160&format=jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    known = {"If-None-Match": answer.headers["etag"]}
    again = client.get(f"{url}&size=160&format=jpg", headers=known)
    assert again.status_code == 304
    assert client.get(f"{url}&size=99").status_code == 422
    assert client.get(url.partition("?")[0]).json()["code"] == "key_missing"
    in_header = client.get(url.partition("?")[0], headers=visitor)
    assert in_header.status_code == 401


def test_a_photo_of_a_visitor_is_not_stored(
    client: TestClient, visitor: Headers, counts: Any
) -> None:
    before = counts()
    files = {"image": ("a.jpg", photo("yellow"))}
    client.post("/v1/shop/search", files=files, headers=visitor)
    client.post("/v1/shop/detect", files=files, headers=visitor)
    after = counts()
    assert (after["images"], after["blobs"]) == (before["images"], before["blobs"])


def test_a_key_ends_when_it_is_revoked_or_runs_out(
    client: TestClient, door: Door, runtime: Runtime
) -> None:
    key_id, key = door.key()
    headers = {"X-Vitrine-Key": key}
    assert client.get("/v1/shop/settings", headers=headers).status_code == 200
    with runtime.sessions.write() as session:
        shop.revoke(session, key_id)
    answer = client.get("/v1/shop/settings", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")
    key_id, key = door.key(expires_at=now() + timedelta(days=1))
    with runtime.sessions.write() as session:
        found = session.get(PublishableKey, key_id)
        assert found is not None
        found.expires_at = now() - timedelta(seconds=1)
    answer = client.get("/v1/shop/settings", headers={"X-Vitrine-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")


def test_bad_fields_are_named(client: TestClient, visitor: Headers) -> None:
    for asked, field in (
        ({"limit": 101}, "limit"),
        ({"language": "fr"}, "language"),
        ({"within": {}}, "within"),
        ({"upload_id": "x"}, "upload_id"),
        ({"box": [1, 2]}, "box"),
        ({"item": 1}, "item"),
        ({"visit": "me@example.org"}, "visit"),
        ({"product_id": "me"}, "product_id"),
    ):
        answer = client.post("/v1/shop/search", json=asked, headers=visitor)
        assert answer.status_code == 422, asked
        assert field in answer.json()["fields"], answer.text
    form = {"filters": json.dumps({"nothing": 1})}
    files = {"image": ("a.jpg", photo("red"))}
    answer = client.post("/v1/shop/search", data=form, files=files, headers=visitor)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_filters")


def test_a_page_of_the_shop_may_ask_and_so_may_a_server(client: TestClient, door: Door) -> None:
    _, key = door.key()
    for origin in (SHOP, "https://testserver", None):
        headers = {"X-Vitrine-Key": key} | ({"Origin": origin} if origin else {})
        assert client.get("/v1/shop/settings", headers=headers).status_code == 200, origin
