"""Lists by price and by age, and browsing: exact, whole, and the same every time."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.worlds.factories import insert_indexed, unit_vectors
from vitrine.services import search
from vitrine.services.search import Answer, filters, rank
from vitrine.services.search.request import SORTS, SearchRequest
from vitrine.tables.catalog import Product
from vitrine.wiring import Runtime

COUNT = 40


@pytest.fixture
def stock(runtime: Runtime) -> Runtime:
    """Products of few prices, some without one, and one dearer than a float can tell apart."""
    dice = random.Random(7)
    prices: list[Decimal | None] = [None, Decimal(5), Decimal("5.0001"), Decimal(80)]
    given: list[dict[str, Any]] = [
        {"price": dice.choice(prices), "category": dice.choice(["dress", "shoe"])}
        for _ in range(COUNT)
    ]
    given[9]["price"], given[3]["price"] = (
        Decimal("999999999999.9998"),
        Decimal("999999999999.9999"),
    )
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        insert_indexed(session, versions, unit_vectors(COUNT, versions.dimension), given)
    return runtime


def ask(runtime: Runtime, **given: Any) -> Answer:
    return search.search(runtime.search_engine, SearchRequest(**given))


def paged(runtime: Runtime, limit: int, **given: Any) -> list[str]:
    """All ids of a list, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        answer = ask(runtime, limit=limit, cursor=cursor, **given)
        assert [hit.rank for hit in answer.hits] == [
            len(found) + place for place, _ in enumerate(answer.hits, 1)
        ]
        found += [hit.product.id for hit in answer.hits]
        cursor = answer.result.summary["next_cursor"]
        if cursor is None:
            return found


def expected(runtime: Runtime, sort: str, category: str | None = None) -> list[str]:
    """The same order by plain Python over SQL."""
    with runtime.sessions.read() as session:
        products = list(session.scalars(select(Product)))
    products = [one for one in products if category in (None, one.category)]
    products.sort(key=lambda one: one.id, reverse=True)
    if sort == "price":
        products.sort(key=lambda one: (one.price is None, one.price or 0))
    if sort == "-price":
        products.sort(key=lambda one: (one.price is None, -(one.price or 0)))
    return [one.id for one in products]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [7, 500])
@pytest.mark.parametrize("category", [None, "dress"])
def test_browsing_lists_all_once_in_order(
    stock: Runtime, sort: str, limit: int, category: str | None
) -> None:
    wanted = filters.parse({"category": category} if category else {})
    assert paged(stock, limit, sort=sort, filters=wanted) == expected(stock, sort, category)


def test_what_is_browsed_has_no_score_but_counts(stock: Runtime) -> None:
    answer = ask(stock, limit=3)
    assert [hit.score for hit in answer.hits] == [None] * 3
    assert answer.result.summary["total"] == COUNT
    assert sum(each["count"] for each in answer.result.summary["facets"]["category"]) == COUNT
    with stock.sessions.read() as session:
        again = search.load(session, answer.result.id)
    assert [hit.score for hit in again.hits] == [None] * 3


@pytest.mark.parametrize("sort", ["price", "-price", "newest"])
def test_the_best_matches_are_sorted_and_no_others(
    stock: Runtime, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "MOST_SORTED", 20)
    best = {hit.product.id: hit.score for hit in ask(stock, text="red", limit=20).hits}
    answer = ask(stock, text="red", sort=sort, limit=500)
    assert [hit.product.id for hit in answer.hits] == [
        each for each in expected(stock, sort) if each in best
    ]
    assert {hit.product.id: hit.score for hit in answer.hits} == best
    assert (answer.result.summary["sorted"], answer.result.summary["total"]) == (20, COUNT)
    assert paged(stock, 7, text="red", sort=sort) == [hit.product.id for hit in answer.hits]


def test_a_new_product_and_a_deleted_one_make_no_other_repeat_or_skip(stock: Runtime) -> None:
    first = ask(stock, sort="price", limit=20)
    rest = expected(stock, "price")[20:]
    with stock.sessions.write() as session:
        session.delete(session.get_one(Product, first.hits[-1].product.id))
        versions = stock.ports.vision.versions
        vectors = unit_vectors(1, versions.dimension)
        insert_indexed(session, versions, vectors, [{"price": Decimal(1)}])
    cursor = first.result.summary["next_cursor"]
    second = ask(stock, sort="price", limit=500, cursor=cursor)
    assert [hit.product.id for hit in second.hits] == rest
