"""Labels over HTTP: shown, stated by people, filtered by and counted."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from tests.worlds.remembered import remembered
from vitrine.tables.review import Review
from vitrine.vision.vocabulary import names, vocabulary
from vitrine.wiring import Runtime


@pytest.fixture(autouse=True)
def stock(runtime: Runtime) -> dict[str, str]:
    return remembered(runtime, stocked)


def stocked(runtime: Runtime) -> dict[str, str]:
    made = {}
    for colour in ("red", "blue"):
        with runtime.sessions.write() as session:
            product, job = product_with_photos(session, runtime.ports, colour, photo(colour))
        runtime.run_job(job.id)
        made[colour] = product.id
    return made


@pytest.fixture
def red(stock: dict[str, str]) -> str:
    return f"/v1/products/{stock['red']}"


def labels(told: Any) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for each in told["labels"]:
        found.setdefault(each["facet"], set()).add((each["value"], each["source"]))
    return found


def search(client: TestClient, headers: Headers, **asked: Any) -> Any:
    answer = client.post(
        "/v1/search", json={"text": "red", "plain_words": ["red"], **asked}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(told: Any) -> set[str]:
    return {hit["product"]["external_id"] for hit in told["hits"]}


def state(client: TestClient, headers: Headers, path: str, facet: str, values: Any) -> Any:
    answer = client.put(f"{path}/labels/{facet}", json={"values": values}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_only_trusted_labels_are_kept_and_shown(
    client: TestClient, editor: Headers, red: str
) -> None:
    told = client.get(red, headers=editor).json()
    assert labels(told) == {"colour": {("red", "model")}}
    assert 0 < told["labels"][0]["score"] <= 1


def test_search_filters_and_counts_by_labels(client: TestClient, viewer: Headers) -> None:
    everything = search(client, viewer)
    counted = [{"value": name, "count": 1, "means": None} for name in ("blue", "red")]
    assert everything["facets"]["labels.colour"] == counted
    assert labels(everything["hits"][0]["product"]) == {"colour": {("red", "model")}}
    assert found(search(client, viewer, filters={"labels.colour": "RED"})) == {"red"}
    assert found(search(client, viewer, filters={"not": {"labels.colour": ["red"]}})) == {"blue"}
    assert found(search(client, viewer, filters={"labels.sleeve": "short"})) == set()
    named = search(client, viewer, facets=["labels.colour", "labels.style"])["facets"]
    assert named == {"labels.colour": counted, "labels.style": []}


def test_what_a_person_says_wins_counts_at_once_and_can_be_taken_back(
    client: TestClient, editor: Headers, red: str, runtime: Runtime
) -> None:
    assert labels(state(client, editor, red, "colour", ["Gelb", "orange"])) == {
        "colour": {("yellow", "person"), ("orange", "person")}
    }
    assert found(search(client, editor, filters={"labels.colour": "yellow"})) == {"red"}
    assert found(search(client, editor, filters={"labels.colour": "red"})) == set()

    told = state(client, editor, red, "length", ["long"])
    assert labels(told)["length"] == {("long", "person")}
    assert found(search(client, editor, filters={"labels.length": "long"})) == {"red"}

    assert "colour" not in labels(state(client, editor, red, "colour", []))
    assert found(search(client, editor, filters={"labels.colour": ["red", "yellow"]})) == set()

    assert labels(state(client, editor, red, "colour", None))["colour"] == {("red", "model")}
    assert found(search(client, editor, filters={"labels.colour": "red"})) == {"red"}
    with runtime.sessions.read() as session:
        reviews = session.scalars(select(Review).order_by(Review.id)).all()
    assert [(one.action, one.before["values"], one.after["values"]) for one in reviews] == [
        ("label", None, ["yellow", "orange"]),
        ("label", None, ["long"]),
        ("label", ["orange", "yellow"], []),
        ("label", [], None),
    ]


def test_a_person_says_the_same_twice(client: TestClient, editor: Headers, red: str) -> None:
    once = state(client, editor, red, "colour", ["black", "schwarz", "black"])
    assert labels(once) == labels(state(client, editor, red, "colour", ["black"]))


@pytest.mark.parametrize(
    ("facet", "body", "field"),
    [
        ("smell", {"values": ["short"]}, "facet"),
        ("sleeve", {"values": ["checked"]}, "values"),
        ("sleeve", {"values": [""]}, "values"),
        ("sleeve", {"values": "short"}, "values"),
        ("sleeve", {"values": [5]}, "values.0"),
        ("sleeve", {"values": ["x" * 101]}, "values.0"),
        ("sleeve", {"values": ["short"] * 21}, "values"),
        ("sleeve", {}, "values"),
        ("sleeve", {"values": None, "score": 1}, "score"),
    ],
)
def test_bad_labels_are_refused_by_field(
    client: TestClient, editor: Headers, red: str, facet: str, body: Any, field: str
) -> None:
    answer = client.put(f"{red}/labels/{facet}", json=body, headers=editor)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["fields"]


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        ({"labels.smell": "x"}, "filters.labels.smell"),
        ({"labels.": "x"}, "filters.labels."),
        ({"labels.sleeve": {"min": 1}}, "filters.labels.sleeve"),
        ({"labels.sleeve": 5}, "filters.labels.sleeve"),
    ],
)
def test_bad_filters_are_refused_by_name(
    client: TestClient, viewer: Headers, filters: Any, name: str
) -> None:
    answer = client.post("/v1/search", json={"text": "a", "filters": filters}, headers=viewer)
    assert answer.status_code == 422
    assert name in answer.json()["fields"]


def test_the_vocabulary_lists_every_facet_and_word_in_order(
    client: TestClient, viewer: Headers, editor: Headers, red: str
) -> None:
    told = client.get("/v1/vocabulary", headers=viewer).json()
    assert told["version"] == vocabulary().version
    assert [facet["name"] for facet in told["facets"]] == list(names())
    values = {
        facet["name"]: [each["value"] for each in facet["values"]] for facet in told["facets"]
    }
    assert values["sleeve"] == ["sleeveless", "short", "three-quarter", "long"]
    assert {facet["name"] for facet in told["facets"] if facet["shown"]} == {"colour"}
    sleeve = next(facet for facet in told["facets"] if facet["name"] == "sleeve")
    assert sleeve["names"] == {"en": "Sleeves", "de": "Ärmel", "ja": "袖"}
    assert sleeve["values"][-1] == {
        "value": "long",
        "names": {"en": "long", "de": "langarm", "ja": "長袖"},
    }
    for facet, some in values.items():  # whatever is offered may be said
        assert labels(state(client, editor, red, facet, some[-2:]))[facet] == {
            (value, "person") for value in some[-2:]
        }
    assert told["parts"] == []
    assert client.get("/v1/vocabulary").status_code == 401
    assert client.get("/v1/vocabulary?facet=sleeve", headers=viewer).status_code == 422


def test_only_editors_state_labels_and_only_of_living_products(
    client: TestClient, viewer: Headers, editor: Headers, red: str
) -> None:
    body = {"values": ["short"]}
    assert client.put(f"{red}/labels/sleeve", json=body, headers=viewer).status_code == 403
    gone = "/v1/products/nothing/labels/sleeve"
    assert client.put(gone, json=body, headers=editor).status_code == 404
