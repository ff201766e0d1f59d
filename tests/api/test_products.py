from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.people import Headers
from tests.worlds.shirts import SHIRT, add, files
from vitrine.wiring import Runtime


def test_a_product_of_words_alone_is_made_at_once(client: TestClient, editor: Headers) -> None:
    answer = client.post("/v1/products", json=SHIRT, headers=editor)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["job"] is None
    assert {key: told["product"][key] for key in SHIRT} == SHIRT
    path = answer.headers["location"]
    assert client.get(path, headers=editor).json() == told["product"]


def test_a_product_with_photos_is_indexed_by_a_job(
    client: TestClient, editor: Headers, runtime: Runtime
) -> None:
    told = add(client, editor, photo("red"), photo("blue"))
    assert [image["position"] for image in told["product"]["images"]] == [0, 1]
    job = told["job"]
    assert (job["kind"], job["status"], job["product_id"]) == (
        "index",
        "queued",
        told["product"]["id"],
    )
    runtime.run_job(job["id"])
    done = client.get(f"/v1/jobs/{job['id']}", headers=editor).json()
    assert (done["status"], done["progress"]) == ("succeeded", 1.0)
    result = client.get(f"/v1/jobs/{job['id']}/result", headers=editor).json()["indexing"]
    assert (result["product_id"], result["images"]) == (told["product"]["id"], 2)
    shown = client.get(f"/v1/products/{told['product']['id']}", headers=editor).json()
    assert shown["primary_crop_id"] == result["primary_crop_id"]


def test_the_product_part_may_come_as_a_file(client: TestClient, editor: Headers) -> None:
    parts = [("product", ("p.json", json.dumps(SHIRT).encode(), "application/json"))]
    answer = client.post("/v1/products", files=parts, headers=editor)
    assert answer.status_code == 201, answer.text


def test_products_come_in_pages_and_by_filter(client: TestClient, editor: Headers) -> None:
    for number in range(5):
        more = {"external_id": f"A-{number}", "brand": "Nord" if number % 2 else "South"}
        more["colour"] = "White" if number == 2 else ""
        client.post("/v1/products", json=SHIRT | more, headers=editor)
    seen, cursor = [], ""
    while True:
        page = client.get(f"/v1/products?limit=2{cursor}", headers=editor).json()
        seen += [product["external_id"] for product in page["products"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["A-4", "A-3", "A-2", "A-1", "A-0"]

    def found(query: str) -> list[str]:
        answer = client.get(f"/v1/products?{query}", headers=editor)
        return [product["external_id"] for product in answer.json()["products"]]

    assert found("brand=nord") == ["A-3", "A-1"]
    assert found("external_id=A-2") == ["A-2"]
    assert found("q=linen+south") == ["A-4", "A-2", "A-0"]
    assert found("category=shoe") == []
    assert found("colour=WHITE") == ["A-2"]


def test_products_come_in_any_order_and_viewers_are_told_no_scores(
    client: TestClient, editor: Headers, viewer: Headers
) -> None:
    for name, price in (("A", "20"), ("B", "5"), ("C", None)):
        given = {"external_id": name, "title": f"Shirt {name}", "price": price, "currency": "EUR"}
        client.post("/v1/products", json=given, headers=editor)

    def found(query: str, headers: Headers = viewer) -> str:
        answer = client.get(f"/v1/products?{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return "".join(product["external_id"] for product in answer.json()["products"])

    assert found("sort=price") == "BAC"
    assert found("sort=price&descending=true") == "ABC"
    assert found("sort=title&descending=true&status=active") == "CBA"
    assert found("failed=true") == ""
    assert found("sort=sureness", editor) == "ABC"
    for asked in ("sort=sureness", "unsure=true"):
        refused = client.get(f"/v1/products?{asked}", headers=viewer)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_too_weak")
    first, *_ = client.get("/v1/products", headers=viewer).json()["products"]
    assert (first["sureness"], first["failure"]) == (None, None)


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"sort": "colour"}, "sort"),
        ({"descending": "down"}, "descending"),
        ({"failed": "perhaps"}, "failed"),
        ({"unsure": "2"}, "unsure"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "no cursor"}, "cursor"),
        ({"cursor": "ü"}, "cursor"),
        ({"cursor": _cursor("created", True)}, "cursor"),
        ({"cursor": _cursor("created", True, False, 7, "x")}, "cursor"),
        ({"cursor": _cursor("created", True, False, "x", "\0")}, "cursor"),
        ({"cursor": _cursor("title", False, False, "x", "x")}, "cursor"),
        ({"sort": "title", "cursor": _cursor("title", False, False, "\ud800", "x")}, "cursor"),
        ({"sort": "price", "cursor": _cursor("price", False, False, "NaN", "x")}, "cursor"),
        ({"sort": "price", "cursor": _cursor("price", False, False, "1e99", "x")}, "cursor"),
        ({"sort": "photos", "cursor": _cursor("photos", False, False, 10**30, "x")}, "cursor"),
        ({"sort": "sureness", "cursor": _cursor("sureness", False, False, "a", "x")}, "cursor"),
        ({"sort": "changed", "cursor": _cursor("changed", True, False, "2026", "x")}, "cursor"),
    ],
)
def test_a_list_that_cannot_be_is_refused_by_name(
    client: TestClient, editor: Headers, asked: dict[str, str], field: str
) -> None:
    refused = client.get("/v1/products", params=asked, headers=editor)
    assert refused.status_code == 422, refused.text
    assert field in refused.json()["fields"]


def test_the_first_page_tells_how_many_there_are(client: TestClient, editor: Headers) -> None:
    for number in range(3):
        brand = "Nord" if number else "South"
        client.post(
            "/v1/products",
            json=SHIRT | {"external_id": f"A-{number}", "brand": brand},
            headers=editor,
        )
    first = client.get("/v1/products?limit=1&brand=nord", headers=editor).json()
    assert first["total"] == 2
    path = f"/v1/products?limit=1&brand=nord&cursor={first['next_cursor']}"
    assert client.get(path, headers=editor).json()["total"] is None
    assert client.get("/v1/products?deleted=true", headers=editor).json()["total"] == 0
    client.delete(f"/v1/products/{first['products'][0]['id']}", headers=editor)
    assert client.get("/v1/products?deleted=true", headers=editor).json()["total"] == 1


def test_a_patch_changes_what_it_names_and_null_clears(client: TestClient, editor: Headers) -> None:
    product = client.post("/v1/products", json=SHIRT, headers=editor).json()["product"]
    path = f"/v1/products/{product['id']}"
    changes = {"title": " New title ", "price": None, "brand": None, "attributes": {"a": 1}}
    changed = client.patch(path, json=changes, headers=editor).json()
    assert changed["title"] == "New title"
    assert (changed["price"], changed["brand"], changed["attributes"]) == (
        None,
        "",
        SHIRT["attributes"] | {"a": 1},
    )
    assert changed["category"] == "shirt"
    assert changed == client.get(path, headers=editor).json()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"external_id": None}, "external_id"),
        ({"price": -1}, "price"),
        ({"price": "1.23456"}, "price"),
        ({"price": 10**12}, "price"),
        ({"currency": "eur"}, "currency"),
        ({"deleted_at": None}, "deleted_at"),
        ({"image_ids": ["nonsense"]}, "image_ids.0"),
        ({"image_ids": ["01890000-0000-7000-8000-000000000000"]}, "image_ids"),
        ({"external_id": "A-2"}, "external_id"),
    ],
)
def test_a_patch_that_makes_no_sense_changes_nothing(
    client: TestClient, editor: Headers, wrong: dict[str, object], field: str
) -> None:
    client.post("/v1/products", json=SHIRT | {"external_id": "A-2"}, headers=editor)
    product = client.post("/v1/products", json=SHIRT, headers=editor).json()["product"]
    path = f"/v1/products/{product['id']}"
    answer = client.patch(path, json=wrong, headers=editor)
    assert answer.status_code in (409, 422)
    assert list(answer.json()["fields"]) == [field]
    assert client.get(path, headers=editor).json() == product


def test_images_are_added_ordered_and_deleted(client: TestClient, editor: Headers) -> None:
    product = add(client, editor, photo("red"))["product"]
    path = f"/v1/products/{product['id']}"
    added = client.post(f"{path}/images", files=files(photo("red"), photo("blue")), headers=editor)
    assert added.status_code == 202
    first, second = (image["id"] for image in added.json()["images"])
    assert first == product["images"][0]["id"]

    turned = client.patch(path, json={"image_ids": [second, first]}, headers=editor).json()
    assert {image["id"]: image["position"] for image in turned["images"]} == {second: 0, first: 1}
    listed = client.get(path, headers=editor).json()["images"]
    assert [image["id"] for image in listed] == [second, first]

    assert client.delete(f"{path}/images/{first}", headers=editor).status_code == 204
    assert client.delete(f"{path}/images/{first}", headers=editor).status_code == 404
    assert client.get(f"/v1/images/{first}", headers=editor).status_code == 404
    assert [image["id"] for image in client.get(path, headers=editor).json()["images"]] == [second]


def test_a_deleted_product_is_hidden_until_restored(
    client: TestClient, editor: Headers, viewer: Headers
) -> None:
    product = add(client, editor, photo())["product"]
    path, image = f"/v1/products/{product['id']}", f"/v1/images/{product['images'][0]['id']}"
    assert client.get(image, headers=viewer).status_code == 200
    assert client.delete(path, headers=editor).status_code == 204
    for gone in (path, image, f"{path}/similar"):
        assert client.get(gone, headers=viewer).status_code == 404
    assert client.get("/v1/products", headers=viewer).json()["products"] == []
    deleted = client.get("/v1/products?deleted=true", headers=editor).json()["products"]
    assert [one["id"] for one in deleted] == [product["id"]]
    deleted_at, purge_at = (
        datetime.fromisoformat(deleted[0][name]) for name in ("deleted_at", "purge_at")
    )
    assert purge_at - deleted_at == timedelta(days=30)
    assert client.get("/v1/products?deleted=true", headers=viewer).status_code == 403
    shown = client.get(f"{path}?deleted=true", headers=editor).json()
    assert (shown["deleted_at"], shown["purge_at"]) == (
        deleted[0]["deleted_at"],
        deleted[0]["purge_at"],
    )
    assert client.get(f"{path}?deleted=true", headers=viewer).status_code == 403
    assert client.get(image, headers=editor).status_code == 200

    restored = client.post(f"{path}/restore", headers=editor)
    assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert client.post(f"{path}/restore", headers=editor).json()["code"] == "not_deleted"
    assert client.get(image, headers=viewer).status_code == 200


def test_indexing_again_is_one_job_while_it_waits(client: TestClient, editor: Headers) -> None:
    told = add(client, editor, photo())
    path = f"/v1/products/{told['product']['id']}/index"
    answer = client.post(path, headers=editor)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{told['job']['id']}"


def test_one_key_has_one_effect_and_the_same_answer(
    client: TestClient, editor: Headers, counts: Callable[[], dict[str, int]]
) -> None:
    keyed = editor | {"Idempotency-Key": "order-1"}
    data = {"product": json.dumps(SHIRT)}
    first = client.post("/v1/products", data=data, files=files(photo()), headers=keyed)
    after = counts()
    # The client makes another boundary each time; the content is what counts.
    again = client.post("/v1/products", data=data, files=files(photo()), headers=keyed)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert counts() == after

    other = client.post("/v1/products", data=data, files=files(photo("blue")), headers=keyed)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert counts() == after


def test_a_key_belongs_to_one_user(
    client: TestClient, editor: Headers, signed_in: Callable[..., Headers]
) -> None:
    for headers in (editor, signed_in("editor", "second")):
        more = {"external_id": headers["Authorization"][-9:]}
        keyed = headers | {"Idempotency-Key": "order-1"}
        assert client.post("/v1/products", json=SHIRT | more, headers=keyed).status_code == 201


def test_a_request_that_failed_may_be_corrected_under_its_key(
    client: TestClient, editor: Headers
) -> None:
    keyed = editor | {"Idempotency-Key": "order-1"}
    client.post("/v1/products", json=SHIRT, headers=editor)
    assert client.post("/v1/products", json=SHIRT, headers=keyed).status_code == 409
    other = SHIRT | {"external_id": "A-2"}
    assert client.post("/v1/products", json=other, headers=keyed).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "é"])
def test_a_key_is_visible_ascii(client: TestClient, editor: Headers, key: str) -> None:
    headers: Any = {**editor, "Idempotency-Key": key.encode()}
    answer = client.post("/v1/products", json=SHIRT, headers=headers)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["Idempotency-Key"])


def test_every_making_route_honours_the_key(
    client: TestClient, editor: Headers, counts: Callable[[], dict[str, int]]
) -> None:
    product = client.post("/v1/products", json=SHIRT, headers=editor).json()["product"]
    path = f"/v1/products/{product['id']}"
    image = [("image", ("a.jpg", photo(), "image/jpeg"))]
    calls: dict[str, Callable[[Headers], Any]] = {
        "images": lambda headers: client.post(
            f"{path}/images", files=files(photo()), headers=headers
        ),
        "index": lambda headers: client.post(f"{path}/index", headers=headers),
        "uploads": lambda headers: client.post("/v1/uploads", files=image, headers=headers),
        "search": lambda headers: client.post(
            "/v1/search", files=image, headers=headers | {"Prefer": "respond-async"}
        ),
    }
    for name, call in calls.items():
        keyed = editor | {"Idempotency-Key": name}
        first = call(keyed)
        after = counts()
        again = call(keyed)
        assert (again.status_code, again.json()) == (first.status_code, first.json()), name
        assert again.headers["idempotency-replayed"] == "true"
        assert counts() == after
