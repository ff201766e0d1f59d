"""Views of the catalogue: saved per person, and what one shows as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.people import Headers
from vitrine.services.catalog import views

VIEWS = "/v1/views"
DRAFTS: dict[str, Any] = {"by": {"status": "draft"}, "sort": "price", "layout": "table"}


def saved(client: TestClient, headers: Headers, name: str, **shows: Any) -> Any:
    return client.post(VIEWS, json={"name": name, "shows": shows}, headers=headers)


def names(client: TestClient, headers: Headers) -> list[str]:
    return [each["name"] for each in client.get(VIEWS, headers=headers).json()["views"]]


def test_a_view_is_saved_for_its_person_alone(
    client: TestClient, editor: Headers, viewer: Headers
) -> None:
    made = saved(client, editor, " Cheap drafts ", columns=["price", "status"], **DRAFTS)
    assert made.status_code == 201, made.text
    view = made.json()
    assert view["name"] == "Cheap drafts"
    assert view["shows"]["by"] == {"status": "draft"}
    assert view["shows"]["columns"] == ["price", "status"]
    assert (view["shows"]["descending"], view["shows"]["q"]) == (None, "")
    saved(client, editor, "all")
    assert names(client, editor) == ["all", "Cheap drafts"]
    assert names(client, viewer) == []
    assert saved(client, viewer, "all").status_code == 201
    path = f"{VIEWS}/{view['id']}"
    changed = {"name": "Drafts", "shows": {"by": {"status": "draft"}}}
    for refused in (
        client.put(path, json=changed, headers=viewer),
        client.delete(path, headers=viewer),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "view_unknown")
    assert client.put(path, json=changed, headers=editor).json()["shows"]["sort"] == "created"
    assert names(client, editor) == ["all", "Drafts"]
    assert client.delete(path, headers=editor).status_code == 204
    assert names(client, editor) == ["all"]


def test_a_name_is_given_once(client: TestClient, editor: Headers) -> None:
    saved(client, editor, "Mine")
    again = saved(client, editor, "Mine")
    assert (again.status_code, again.json()["code"]) == (409, "view_name_taken")
    assert again.json()["fields"] == {"name": "is taken"}
    other = saved(client, editor, "Other").json()["id"]
    path = f"{VIEWS}/{other}"
    moved = client.put(path, json={"name": "Mine", "shows": {}}, headers=editor)
    assert moved.json()["code"] == "view_name_taken"
    assert names(client, editor) == ["Mine", "Other"]


def test_there_is_an_end_to_views(
    client: TestClient, editor: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    assert [saved(client, editor, name).status_code for name in "abc"] == [201, 201, 422]


def test_a_program_has_no_views(client: TestClient, with_key: Callable[..., Headers]) -> None:
    refused = client.get(VIEWS, headers=with_key("editor", "catalog:read"))
    assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": "", "shows": {}}, "name"),
        ({"name": "x" * 81, "shows": {}}, "name"),
        ({"name": "a\0b", "shows": {}}, "name"),
        ({"name": "x"}, "shows"),
        ({"name": "x", "shows": {"sort": "colour"}}, "shows.sort"),
        ({"name": "x", "shows": {"by": {"secret": "x"}}}, "shows.by"),
        ({"name": "x", "shows": {"by": {"brand": "x" * 201}}}, "shows.by.brand"),
        ({"name": "x", "shows": {"columns": ["password"]}}, "shows.columns.0"),
        ({"name": "x", "shows": {"layout": "wall"}}, "shows.layout"),
        ({"name": "x", "shows": {"more": 1}}, "shows.more"),
    ],
)
def test_what_can_be_no_view_is_refused_by_name(
    client: TestClient, editor: Headers, asked: dict[str, Any], field: str
) -> None:
    refused = client.post(VIEWS, json=asked, headers=editor)
    assert refused.status_code == 422, refused.text
    assert field in refused.json()["fields"]


@pytest.fixture
def three(client: TestClient, editor: Headers) -> None:
    for name, price, status in (("A", "20", "active"), ("B", "5", "draft"), ("C", "9", "draft")):
        given = {"external_id": name, "title": f"=Shirt {name}", "price": price, "currency": "EUR"}
        client.post("/v1/products", json=given | {"status": status}, headers=editor)


@pytest.mark.usefixtures("three")
def test_what_a_view_shows_is_exported_in_its_order(client: TestClient, viewer: Headers) -> None:
    def exported(**asked: Any) -> Any:
        answer = client.get("/v1/products/export", params=asked, headers=viewer)
        assert answer.status_code == 200, answer.text
        return answer

    answer = exported(sort="price")
    assert answer.headers["content-disposition"] == 'attachment; filename="catalogue-csv.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["external_id"] for row in rows] == ["B", "C", "A"]
    assert rows[0]["title"] == "'=Shirt B"
    drafts = exported(status="draft", sort="title", descending=True, format="jsonl")
    told = [json.loads(line)["external_id"] for line in drafts.text.splitlines()]
    assert told == ["C", "B"]
    google = exported(format="google")
    assert google.headers["content-type"].startswith("text/tab-separated-values")
    assert [line.split("\t")[0] for line in google.text.splitlines()[1:]] == ["A"]
    assert len(exported(q="nothing like it").text.splitlines()) == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"format": "excel"}, "format"),
        ({"sort": "colour"}, "sort"),
        ({"deleted": "true"}, "deleted"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_an_export_that_cannot_be_is_refused_by_name(
    client: TestClient, viewer: Headers, asked: dict[str, str], field: str
) -> None:
    refused = client.get("/v1/products/export", params=asked, headers=viewer)
    assert refused.status_code == 422
    assert field in refused.json()["fields"]
    scores = client.get("/v1/products/export", params={"unsure": True}, headers=viewer)
    assert scores.json()["code"] == "role_too_weak"
