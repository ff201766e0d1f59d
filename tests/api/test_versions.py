"""Two editors of one product: ETags, If-Match, and attributes merged by key."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.people import Headers
from tests.worlds.shirts import SHIRT, add, files
from vitrine.core.clock import new_id
from vitrine.wiring import Runtime

SIZES, ORGANIC, WEIGHT = ({name: value} for name, value in SHIRT["attributes"].items())


@pytest.fixture
def path(client: TestClient, editor: Headers) -> str:
    """Where a product with two photos is."""
    product = add(client, editor, photo("red"), photo("blue"))["product"]
    return f"/v1/products/{product['id']}"


def tag(client: TestClient, headers: Headers, path: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.headers["etag"]


def images(client: TestClient, headers: Headers, path: str) -> list[str]:
    return [image["id"] for image in client.get(path, headers=headers).json()["images"]]


def assert_outdated(answer: Any, present: Any) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"], told["status"]) == (412, "outdated", 412)
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(told["fields"]) == ["If-Match"]
    assert told["present"] == present
    assert answer.headers["etag"] == f'"{present["version"]}"'


def test_the_second_editor_is_told_what_the_first_did(
    client: TestClient, editor: Headers, path: str
) -> None:
    seen = editor | {"If-Match": tag(client, editor, path)}
    first = client.patch(path, json={"title": "By the first"}, headers=seen)
    assert first.status_code == 200
    assert first.headers["etag"] == tag(client, editor, path) != seen["If-Match"]

    second = client.patch(path, json={"price": "1.00"}, headers=seen)
    assert_outdated(second, first.json())
    assert client.get(path, headers=editor).json() == first.json()
    again = editor | {"If-Match": second.headers["etag"]}
    assert client.patch(path, json={"price": "1.00"}, headers=again).json()["price"] == "1.00"


def test_each_way_to_change_a_product_asks_for_its_version(
    client: TestClient, editor: Headers, path: str
) -> None:
    first, _ = images(client, editor, path)
    old = editor | {"If-Match": tag(client, editor, path)}
    present = client.patch(path, json={"title": "Changed"}, headers=editor).json()
    refused = [
        client.patch(path, json={"title": "Mine"}, headers=old),
        client.delete(path, headers=old),
        client.post(f"{path}/images", files=files(photo("green")), headers=old),
        client.delete(f"{path}/images/{first}", headers=old),
    ]
    for answer in refused:
        assert_outdated(answer, present)

    def seen() -> Headers:
        return editor | {"If-Match": tag(client, editor, f"{path}?deleted=true")}

    added = client.post(f"{path}/images", files=files(photo("green")), headers=seen())
    assert added.status_code == 202
    assert client.delete(f"{path}/images/{first}", headers=seen()).status_code == 204
    alive = seen()
    assert client.delete(path, headers=alive).status_code == 204
    gone = client.get(f"{path}?deleted=true", headers=editor).json()
    late = client.post(f"{path}/restore", headers=alive)
    assert_outdated(late, gone | {"purge_at": None})
    assert client.post(f"{path}/restore", headers=seen()).status_code == 200
    assert tag(client, editor, path) == alive["If-Match"]  # all is as it was


def test_a_version_changes_with_what_people_change_only(
    client: TestClient, editor: Headers, runtime: Runtime, path: str
) -> None:
    versions = [tag(client, editor, path)]
    for change in (
        {"price": "59.9"},  # the same amount
        {"attributes": {"weight": 0.20}},
        {"image_ids": images(client, editor, path)},
    ):
        assert client.patch(path, json=change, headers=editor).headers["etag"] == versions[0]
    job = client.post(f"{path}/index", headers=editor).json()["job"]
    runtime.run_job(job["id"])
    assert client.get(path, headers=editor).json()["primary_crop_id"]
    assert tag(client, editor, path) == versions[0]
    for change in (
        {"price": "60"},
        {"attributes": {"weight": 0.21}},
        {"image_ids": images(client, editor, path)[::-1]},
    ):
        versions.append(client.patch(path, json=change, headers=editor).headers["etag"])
        assert versions[-1] == tag(client, editor, path)
    assert len(set(versions)) == 4


@pytest.mark.parametrize("form", ["*", "{tag}", "W/{tag}", '"other", {tag}', ' {tag} , "b,c"'])
def test_if_match_may_be_a_list_weak_or_any(
    client: TestClient, editor: Headers, path: str, form: str
) -> None:
    seen = editor | {"If-Match": form.format(tag=tag(client, editor, path))}
    assert client.patch(path, json={"title": "Mine"}, headers=seen).status_code == 200


@pytest.mark.parametrize("wrong", ["", "abc", '"abc', '"a" "b"', '"a",'])
def test_what_is_no_list_of_tags_is_refused(
    client: TestClient, editor: Headers, path: str, wrong: str
) -> None:
    answer = client.patch(path, json={"title": "X"}, headers=editor | {"If-Match": wrong})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["If-Match"])


def test_an_unknown_product_is_not_an_outdated_one(client: TestClient, editor: Headers) -> None:
    seen = editor | {"If-Match": '"abc"'}
    answer = client.patch(f"/v1/products/{new_id()}", json={"title": "X"}, headers=seen)
    assert answer.status_code == 404


def test_a_request_sent_again_gets_its_first_answer_though_the_version_moved_on(
    client: TestClient, editor: Headers, path: str
) -> None:
    keyed = editor | {"If-Match": tag(client, editor, path), "Idempotency-Key": "photo-1"}
    first = client.post(f"{path}/images", files=files(photo("green")), headers=keyed)
    again = client.post(f"{path}/images", files=files(photo("green")), headers=keyed)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("patch", "left"),
    [
        ({"fit": "slim"}, SIZES | ORGANIC | WEIGHT | {"fit": "slim"}),
        ({"weight": 3}, SIZES | ORGANIC | {"weight": 3}),
        ({"weight": None, "unknown": None}, SIZES | ORGANIC),
        ({"sizes": ["L"]}, {"sizes": ["L"]} | ORGANIC | WEIGHT),
        ({}, SIZES | ORGANIC | WEIGHT),
        (None, {}),
    ],
)
@pytest.mark.parametrize("bulk", [False, True])
def test_attributes_are_merged_by_key(
    client: TestClient,
    editor: Headers,
    path: str,
    patch: dict[str, object] | None,
    left: dict[str, object],
    bulk: bool,
) -> None:
    change = {"attributes": patch}
    if bulk:
        asked = {"action": "set", "ids": [path.rpartition("/")[2]], "set": change}
        answer = client.post("/v1/products/bulk", json=asked, headers=editor)
    else:
        answer = client.patch(path, json=change, headers=editor)
    assert answer.status_code == 200, answer.text
    assert client.get(path, headers=editor).json()["attributes"] == left


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"deep": {"deeper": 1}}, "attributes.deep"),
        ({"list": [None]}, "attributes.list"),
        ({"": "nameless"}, "attributes"),
        ({str(number): 1 for number in range(98)}, "attributes"),
    ],
)
def test_attributes_that_would_make_no_sense_together_change_nothing(
    client: TestClient, editor: Headers, path: str, patch: dict[str, object], field: str
) -> None:
    answer = client.patch(path, json={"attributes": patch}, headers=editor)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert client.get(path, headers=editor).json()["attributes"] == SHIRT["attributes"]
