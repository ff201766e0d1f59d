"""Scores and likeness: told to who decides by them, and in no answer to a viewer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.wiring import Runtime

NUMBERS = {"score", "primary_score", "sureness", "colour_distance", "line", "distance"}
BY_NAME = {"parts", "primary_parts"}


@pytest.fixture(autouse=True)
def product_id(runtime: Runtime) -> str:
    """One of two products that show the same photo, so that there is a duplicate too."""
    for code in ("first", "second"):
        with runtime.sessions.write() as session:
            product, job = product_with_photos(session, runtime.ports, code, photo("red"))
        runtime.run_job(job.id)
    return product.id


def said(answer: Any) -> Iterator[tuple[str, Any]]:
    """Every number of an answer that says how sure or how alike something is, with its name."""
    if isinstance(answer, list):
        for each in answer:
            yield from said(each)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if name in NUMBERS:
                yield name, value
            elif name in BY_NAME:
                yield from value.items()
            else:
                yield from said(value)


def asked(client: TestClient, what: str, product_id: str, headers: Headers) -> Any:
    files = {"image": ("q.jpg", photo("red"))}
    match what:
        case "words":
            answer = client.post("/v1/search", json={"text": "red"}, headers=headers)
        case "photo" | "look":
            form = {"group_by": "item"} if what == "look" else {}
            answer = client.post("/v1/search", data=form, files=files, headers=headers)
        case "detect":
            answer = client.post("/v1/detect", files=files, headers=headers)
        case _:
            answer = client.get(f"/v1/{what}".format(product_id), headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


ANSWERS = (
    "products",
    "products/{}",
    "products/{}/crops",
    "products/{}/similar",
    "duplicates",
    "words",
    "photo",
    "look",
    "detect",
)


@pytest.mark.parametrize("what", ANSWERS)
def test_viewers_are_told_neither_scores_nor_likeness(
    client: TestClient, editor: Headers, viewer: Headers, product_id: str, what: str
) -> None:
    told = dict(said(asked(client, what, product_id, viewer)))
    assert told, "the names stay"
    assert set(told.values()) == {None}
    edited = [value for _, value in said(asked(client, what, product_id, editor))]
    assert any(value is not None for value in edited)


def test_a_search_that_a_viewer_looks_at_again_or_has_a_job_make_tells_none(
    client: TestClient, viewer: Headers, runtime: Runtime
) -> None:
    found = client.post("/v1/search", json={"text": "red"}, headers=viewer).json()
    again = client.get(f"/v1/queries/{found['query_id']}", headers=viewer).json()
    later = viewer | {"Prefer": "respond-async"}
    job = client.post("/v1/search", json={"text": "red"}, headers=later).json()["job"]["id"]
    runtime.run_job(job)
    made = client.get(f"/v1/jobs/{job}/result", headers=viewer).json()
    for answer in (again, made):
        assert {value for _, value in said(answer)} == {None}


def test_a_viewers_key_is_told_none_and_a_reviewers_is(
    client: TestClient, with_key: Any, product_id: str
) -> None:
    for role, some in (("viewer", False), ("reviewer", True)):
        told = asked(client, "products/{}/crops", product_id, with_key(role, "catalog:read"))
        assert any(value is not None for _, value in said(told)) is some
