"""One card for all variants of a design, and on it the photo that the query is like."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.worlds.factories import insert_indexed, photo, product_with_photos, unit_vectors
from vitrine.services import search
from vitrine.services.search import Answer
from vitrine.services.search.request import SearchRequest
from vitrine.wiring import Runtime

pytestmark = pytest.mark.engines

ROWS: list[dict[str, Any]] = [
    {"title": "A red", "colour": "red", "attributes": {"group": "a"}, "price": Decimal(30)},
    {"title": "A blue", "colour": "blue", "attributes": {"group": "a"}, "price": Decimal(20)},
    {"title": "A green", "colour": "green", "attributes": {"item_group_id": "a"}},
    {"title": "B red", "colour": "Red", "attributes": {"group": "b"}, "price": Decimal(40)},
    {"title": "Alone", "colour": "red", "price": Decimal(50)},
    {"title": "Alone too", "colour": "blue", "price": Decimal(60)},
]


@pytest.fixture
def ids(runtime: Runtime) -> list[str]:
    versions = runtime.ports.vision.versions
    vectors = unit_vectors(len(ROWS), versions.dimension)
    with runtime.sessions.write() as session:
        return insert_indexed(session, versions, vectors, ROWS)


def ask(runtime: Runtime, **given: Any) -> Answer:
    return search.search(runtime.search_engine, SearchRequest(**given))


def titles(answer: Answer) -> list[str]:
    return [hit.product.title for hit in answer.hits]


def test_one_hit_stands_for_its_design_and_counts_are_of_designs(
    runtime: Runtime, ids: list[str]
) -> None:
    every = ask(runtime, text="something")
    answer = ask(runtime, text="something", one_per_design=True)
    first_of_a = next(title for title in titles(every) if title.startswith("A "))
    assert titles(answer) == [
        title for title in titles(every) if title == first_of_a or not title.startswith("A ")
    ]
    assert {hit.product.title: hit.variants for hit in answer.hits}[first_of_a] == 2
    assert (every.result.summary["total"], answer.result.summary["total"]) == (6, 4)
    counted = {one["value"]: one["count"] for one in answer.result.summary["facets"]["colour"]}
    assert counted == {"red": 3, "blue": 2, "green": 1}
    with runtime.sessions.read() as session:
        again = search.load(session, answer.result.id).hits
        assert [hit.variants for hit in again] == [hit.variants for hit in answer.hits]


def test_the_variant_that_is_asked_for_stands_for_its_design(
    runtime: Runtime, ids: list[str]
) -> None:
    answer = ask(runtime, text="in blue", one_per_design=True)
    matching = {hit.product.title for hit in answer.hits if hit.matches}
    assert matching == {"A blue", "Alone too"}
    filtered = ask(runtime, filters={"colour": "red"}, one_per_design=True)
    assert set(titles(filtered)) == {"A red", "B red", "Alone"}
    assert {hit.variants for hit in filtered.hits} == {0}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["A blue", "B red", "Alone", "Alone too"]),
        ("-price", ["Alone too", "Alone", "B red", "A red"]),
        ("newest", ["Alone too", "Alone", "B red", "A green"]),
    ],
)
def test_what_is_browsed_shows_the_first_variant_of_the_order_over_all_pages(
    runtime: Runtime, ids: list[str], sort: str, expected: list[str]
) -> None:
    asked = {"sort": sort, "one_per_design": True, "limit": 3}
    first = ask(runtime, **asked)
    second = ask(runtime, **asked, cursor=first.result.summary["next_cursor"])
    assert titles(first) + titles(second) == expected


def test_the_like_of_a_product_are_other_designs(runtime: Runtime, ids: list[str]) -> None:
    like = ask(runtime, product_id=ids[0], one_per_design=True)
    assert set(titles(like)) == {"B red", "Alone", "Alone too"}
    other = ask(runtime, product_id=ids[0], text="in blue", one_per_design=True)
    assert "A blue" in titles(other)


def test_a_product_found_by_its_red_photo_shows_the_red_one(runtime: Runtime) -> None:
    with runtime.sessions.write() as session:
        pictures = (photo("blue"), photo("red"))
        product, job = product_with_photos(session, runtime.ports, "two", *pictures)
        first, second = (image.id for image in product.images)
    runtime.run_job(job.id)

    def shown(**given: Any) -> str:
        [hit] = ask(runtime, **given).hits
        assert hit.image is not None
        return hit.image.id

    primary = shown(text="something")
    assert shown(photo=photo("red", seed=7)) == second
    assert shown(photo=photo("blue", seed=7)) == first
    assert shown(text="in red") == second
    assert primary in (first, second)
    answer = ask(runtime, photo=photo("red", seed=7))
    with runtime.sessions.read() as session:
        [again] = search.load(session, answer.result.id).hits
        assert again.image is not None
        assert again.image.id == second
