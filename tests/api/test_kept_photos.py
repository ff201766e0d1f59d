"""Photos that a search keeps as uploads."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from tests.worlds.colours import by_photo
from tests.worlds.factories import photo
from tests.worlds.people import Headers
from vitrine.tables.catalog import Image
from vitrine.tables.jobs import QueryResult
from vitrine.wiring import Runtime

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("catalogue")]


def rows(runtime: Runtime, table: type[Image] | type[QueryResult]) -> int:
    runtime.search_engine.settle()
    with runtime.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_photo_is_kept_by_the_search_for_it(
    client: TestClient, viewer: Headers, editor: Headers, runtime: Runtime
) -> None:
    searches = rows(runtime, QueryResult)
    told = by_photo(client, viewer, photo("green"), keep_photo="true", limit="1").json()
    assert rows(runtime, QueryResult) == searches + 1
    upload_id = told["query"]["upload_id"]
    assert client.get(f"/v1/images/{upload_id}", headers=viewer).content == photo("green")
    assert client.get(f"/v1/images/{upload_id}", headers=editor).status_code == 404

    asked = {"upload_id": upload_id, "limit": 1}
    again = client.post("/v1/search", json=asked, headers=viewer).json()
    for name in ("query", "total", "facets", "hits", "next_cursor"):
        assert told[name] == again[name], name
    more = asked | {"cursor": told["next_cursor"]}
    second = client.post("/v1/search", json=more, headers=viewer).json()
    assert [hit["rank"] for hit in second["hits"]] == [2]


@pytest.mark.parametrize("kept", [{}, {"keep_photo": "false"}])
def test_a_photo_is_not_kept_unasked(
    client: TestClient, viewer: Headers, runtime: Runtime, kept: dict[str, str]
) -> None:
    images = rows(runtime, Image)
    told = by_photo(client, viewer, photo("blue"), **kept).json()
    assert told["query"]["upload_id"] is None
    assert rows(runtime, Image) == images


def test_one_of_a_look_is_kept_and_one_of_a_job_once(
    client: TestClient, viewer: Headers, runtime: Runtime
) -> None:
    images = rows(runtime, Image)
    look = by_photo(client, viewer, photo("red"), keep_photo="true", group_by="item").json()
    assert look["query"]["upload_id"]
    later = viewer | {"Prefer": "respond-async"}
    job = by_photo(client, later, photo("red"), keep_photo="true").json()["job"]
    runtime.run_job(job["id"])
    told = client.get(f"/v1/jobs/{job['id']}/result", headers=viewer).json()["search"]
    assert told["query"]["upload_id"]
    assert rows(runtime, Image) == images + 2


@pytest.mark.parametrize(
    ("data", "given", "field"),
    [
        (b"no picture", {"keep_photo": "true"}, "image"),
        (b"", {"keep_photo": "true"}, "image"),
        (None, {"keep_photo": "true", "text": "red"}, "keep_photo"),
        (photo(), {"keep_photo": "perhaps"}, "keep_photo"),
        (photo(), {"keep_photo": "true", "box": "1,2,3"}, "box"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_field(
    client: TestClient,
    viewer: Headers,
    runtime: Runtime,
    data: bytes | None,
    given: dict[str, str],
    field: str,
) -> None:
    images = rows(runtime, Image)
    sent: dict[str, Any] = {name: (None, value) for name, value in given.items()}
    if data is not None:
        sent["image"] = ("q.jpg", data)
    answer = client.post("/v1/search", files=sent, headers=viewer)
    assert answer.status_code in (415, 422), answer.text
    assert list(answer.json()["fields"]) == [field]
    assert rows(runtime, Image) == images


def test_a_body_of_json_keeps_no_photo(client: TestClient, viewer: Headers) -> None:
    answer = client.post("/v1/search", json={"text": "red", "keep_photo": True}, headers=viewer)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["keep_photo"])
