from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from tests.worlds.colours import by_photo
from tests.worlds.factories import photo
from tests.worlds.fakes import FakeVision
from tests.worlds.people import Headers
from vitrine.vision.card import Part
from vitrine.wiring import Runtime

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("catalogue")]

SignedIn = Callable[..., Headers]


def test_a_photo_finds_its_product_first(
    client: TestClient, editor: Headers, catalogue: dict[str, str]
) -> None:
    answer = by_photo(client, editor, photo("green"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    first = told["hits"][0]
    assert (first["rank"], first["product"]["id"]) == (1, catalogue["green"])
    assert first["score"] == pytest.approx(1.0, abs=1e-3)
    assert [hit["rank"] for hit in told["hits"]] == [1, 2, 3]
    assert len(first["image"]["box"]) == 4
    for url in (first["image"]["url"], first["image"]["thumbnail_url"]):
        assert client.get(url, headers=editor).status_code == 200
    assert client.get(f"/v1/queries/{told['query_id']}", headers=editor).json() == told


def test_an_upload_finds_the_same(
    client: TestClient, viewer: Headers, catalogue: dict[str, str]
) -> None:
    files = {"image": ("a.jpg", photo("blue"))}
    upload_id = client.post("/v1/uploads", files=files, headers=viewer).json()["upload_id"]
    asked = {"upload_id": upload_id, "limit": 1, "box": [0, 0, 90, 120]}
    answer = client.post("/v1/search", json=asked, headers=viewer)
    assert [hit["product"]["id"] for hit in answer.json()["hits"]] == [catalogue["blue"]]
    assert answer.json()["query"]["box"] == [0, 0, 90, 120]


def test_words_find_something(client: TestClient, viewer: Headers) -> None:
    answer = client.post("/v1/search", json={"text": "red shirt", "limit": 2}, headers=viewer)
    assert len(answer.json()["hits"]) == 2


def test_a_box_in_a_form_is_numbers_or_json(client: TestClient, viewer: Headers) -> None:
    for box in ("0,0,90,120", "[0, 0, 90, 120]", " 0, 0,90.0,120"):
        answer = by_photo(client, viewer, photo(), box=box, weight="0.7", text="red", limit="1")
        assert answer.json()["query"]["box"] == [0, 0, 90, 120], box


def test_similar_products_leave_out_the_product_itself(
    client: TestClient, viewer: Headers, catalogue: dict[str, str]
) -> None:
    answer = client.get(f"/v1/products/{catalogue['red']}/similar?limit=5", headers=viewer)
    found = {hit["product"]["id"] for hit in answer.json()["hits"]}
    assert found == {catalogue["green"], catalogue["blue"]}


def test_without_parts_an_emphasis_is_refused_by_name(
    client: TestClient, viewer: Headers, catalogue: dict[str, str]
) -> None:
    answer = by_photo(client, viewer, photo("red"), emphasis="0.25")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_parts")
    reason = answer.json()["fields"]["emphasis"]
    assert reason.startswith("is 0.25, but")
    assert "leave it out" in reason
    similar = f"/v1/products/{catalogue['red']}/similar?other_colours=true"
    answer = client.get(similar, headers=viewer)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["other_colours"])
    assert by_photo(client, viewer, photo("red"), emphasis="0").status_code == 200
    assert by_photo(client, viewer, photo("red"), emphasis="1.5").status_code == 422


def test_with_parts_the_vocabulary_says_so_and_a_search_may_weigh_them(
    client: TestClient, viewer: Headers, catalogue: dict[str, str], runtime: Runtime
) -> None:
    assert isinstance(runtime.ports.vision, FakeVision)
    runtime.ports.vision.parts = (
        Part(name="form", size=16, weight=0.5),
        Part(name="colour", size=48, weight=0.5),
    )
    told = client.get("/v1/vocabulary", headers=viewer).json()
    assert told["parts"] == ["form", "colour"]
    answer = by_photo(client, viewer, photo("red"), emphasis="0.25").json()
    assert answer["query"]["emphasis"] == 0.25
    assert answer["hits"][0]["product"]["id"] == catalogue["red"]
    similar = f"/v1/products/{catalogue['red']}/similar?other_colours=true"
    told = client.get(similar, headers=viewer).json()
    assert (told["query"]["emphasis"], told["query"]["product_id"]) == (-1, catalogue["red"])
    assert {hit["product"]["id"] for hit in told["hits"]} == {catalogue["green"], catalogue["blue"]}


def test_a_search_may_be_answered_by_a_job(
    client: TestClient, viewer: Headers, runtime: Runtime, catalogue: dict[str, str]
) -> None:
    wishes = viewer | {"Prefer": "wait=5, respond-async"}
    answer = by_photo(client, wishes, photo("red"), limit="1", box="0,0,96,128")
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job"]["id"]
    assert answer.headers["location"] == f"/v1/jobs/{job_id}"
    assert answer.headers["preference-applied"] == "respond-async"
    runtime.run_job(job_id)
    result = client.get(f"/v1/jobs/{job_id}/result", headers=viewer).json()
    assert result["indexing"] is None
    assert [hit["product"]["id"] for hit in result["search"]["hits"]] == [catalogue["red"]]


def test_searches_and_uploads_of_others_are_not_to_be_seen(
    client: TestClient, viewer: Headers, admin: Headers, signed_in: SignedIn, runtime: Runtime
) -> None:
    other = signed_in("reviewer")
    query_id = client.post("/v1/search", json={"text": "x"}, headers=viewer).json()["query_id"]
    assert client.get(f"/v1/queries/{query_id}", headers=other).status_code == 404
    assert client.get(f"/v1/queries/{query_id}", headers=admin).status_code == 200

    job = by_photo(client, viewer | {"Prefer": "respond-async"}, photo()).json()["job"]
    runtime.run_job(job["id"])
    assert client.get(f"/v1/jobs/{job['id']}/result", headers=other).status_code == 404

    files = {"image": ("a.jpg", photo("blue"))}
    asked = client.post("/v1/uploads", files=files, headers=viewer).json()["upload_id"]
    refused = client.post("/v1/search", json={"upload_id": asked}, headers=other)
    assert (refused.status_code, refused.json()["code"]) == (422, "upload_unknown")
    assert client.post("/v1/search", json={"upload_id": asked}, headers=viewer).status_code == 200


def test_more_like_this_in_another_colour_with_reasons(
    client: TestClient, viewer: Headers, catalogue: dict[str, str]
) -> None:
    asked = {"product_id": catalogue["red"], "text": "blue", "not_text": "green"}
    answer = client.post("/v1/search", json=asked, headers=viewer)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["hits"][0]["product"]["id"] == catalogue["blue"]
    assert told["total"] == 1, "the green one is of another colour"
    first = told["hits"][0]
    assert first["level"] is None
    made_of = {"cosine", "image", "text", "not_text"}
    assert set(first["reasons"]["parts"]) == made_of | {"external_id"}  # it is called blue
    assert set(first["reasons"]) == {"agree", "differ", "colour_distance", "parts", "moved"}
    assert client.get(f"/v1/queries/{told['query_id']}", headers=viewer).json() == told
    form = client.post("/v1/search", files={"product_id": (None, catalogue["red"])}, headers=viewer)
    assert catalogue["red"] not in {hit["product"]["id"] for hit in form.json()["hits"]}


def test_a_job_answers_the_same_composed_query(
    client: TestClient, viewer: Headers, runtime: Runtime, catalogue: dict[str, str]
) -> None:
    asked = {"product_id": catalogue["red"], "text": "blue", "limit": 1}
    wishes = viewer | {"Prefer": "respond-async"}
    job_id = client.post("/v1/search", json=asked, headers=wishes).json()["job"]["id"]
    runtime.run_job(job_id)
    result = client.get(f"/v1/jobs/{job_id}/result", headers=viewer).json()["search"]
    assert [hit["product"]["id"] for hit in result["hits"]] == [catalogue["blue"]]
    assert result["hits"][0]["reasons"]["moved"] == 0


def test_a_product_cannot_come_beside_a_photo_or_be_unknown(
    client: TestClient, viewer: Headers, catalogue: dict[str, str]
) -> None:
    beside = by_photo(client, viewer, photo("red"), product_id=catalogue["red"])
    assert beside.status_code == 422
    assert "product_id" in beside.json()["fields"]
    nobody = {"product_id": "01890000-0000-7000-8000-000000000000"}
    unknown = client.post("/v1/search", json=nobody, headers=viewer)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "product_unknown")


def test_a_level_needs_a_calibrated_encoder(client: TestClient, viewer: Headers) -> None:
    asked = {"text": "red", "min_level": "close"}
    answer = client.post("/v1/search", json=asked, headers=viewer)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_calibrated")
    assert "calibrated" in answer.json()["fields"]["min_level"]
