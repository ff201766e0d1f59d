"""Whatever is behind the port of retrieval: answers and counts are what a scan and SQL say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select, true

from tests.worlds import stocks
from tests.worlds.factories import unit_vectors
from tests.worlds.servers import copied
from tests.worlds.stocks import (
    BRANDS,
    CATEGORIES,
    COLOURS,
    DIMENSION,
    SIZE,
    Stock,
    ask,
    brute,
    following,
    in_sql,
    same,
)
from vitrine.services.search.cache.snapshot import Place
from vitrine.tables.catalog import Product
from vitrine.vision.types import Vector

MOST_EXAMPLES = settings(max_examples=60)


@pytest.fixture(scope="module", params=["memory", "pgvector"])
def stock(request: pytest.FixtureRequest) -> Iterator[Stock]:
    """The same catalogue behind each implementation of the port."""
    given = request.getfixturevalue
    if request.param == "memory":
        folder = given("tmp_path_factory").mktemp("stock")
        with stocks.in_memory(folder, given("migrated_sqlite")) as made:
            yield made
        return
    server, template = given("pgvector_server"), given("migrated_pgvector")
    with copied(server, template) as url, stocks.in_postgres(url) as made:
        yield made


vectors = some.integers(0, 10_000).map(lambda seed: unit_vectors(1, DIMENSION, seed)[0])
limits = some.integers(1, 500)
words = {
    facet: some.lists(
        some.sampled_from([value for value in known if value]).flatmap(
            lambda value: some.sampled_from([value, value.swapcase()]).filter(
                lambda text: "SS" not in text
            )
        ),
        min_size=1,
        max_size=3,
    )
    for facet, known in (("category", CATEGORIES), ("colour", COLOURS), ("brand", BRANDS))
}
cents = some.integers(-10, 21_000).map(lambda value: value / 100)
prices = some.fixed_dictionaries({}, optional={"min": cents, "max": cents}).filter(bool)
buckets = some.one_of(
    some.lists(some.integers(0, 999), min_size=1, max_size=5),
    some.fixed_dictionaries({"max": some.integers(0, 999)}),
)
one_side = some.fixed_dictionaries(
    {}, optional={**words, "price": prices, "attributes.bucket": buckets}
)
everything = some.builds(
    lambda wanted, unwanted: wanted | ({"not": unwanted} if unwanted else {}), one_side, one_side
)


@pytest.mark.parametrize(("share", "below"), [(0.5, 500), (0.1, 100), (0.01, 10), (0.001, 1)])
@MOST_EXAMPLES
@given(vector=vectors, limit=limits)
def test_filtered_answers_are_exact_at_every_selectivity(
    stock: Stock, share: float, below: int, vector: Vector, limit: int
) -> None:
    asked = {"attributes.bucket": {"max": below - 1}}
    found = ask(stock, vector, limit, filters=asked)
    with stock.sessions.read() as session:
        expected = brute(session, vector, in_sql(asked))
    assert 0 < len(expected) < 3 * share * SIZE
    same(found.places, expected[:limit])
    assert found.more == (len(expected) > limit)


@MOST_EXAMPLES
@given(vector=vectors, limit=limits, asked=everything)
def test_any_filters_give_what_a_scan_gives(
    stock: Stock, vector: Vector, limit: int, asked: dict[str, Any]
) -> None:
    found = ask(stock, vector, limit, filters=asked)
    with stock.sessions.read() as session:
        expected = brute(session, vector, in_sql(asked))
    same(found.places, expected[:limit])
    assert found.summary["total"] == len(expected)


@MOST_EXAMPLES
@given(asked=everything, asking=some.none() | some.integers(0, SIZE - 1))
@example(asked={"category": ["nothing"]}, asking=2)
@example(asked={"price": {"max": 0}}, asking=2)
def test_facet_counts_are_what_sql_counts_with_the_facets_own_wish_lifted(
    stock: Stock, asked: dict[str, Any], asking: int | None
) -> None:
    facets = ("category", "colour", "brand", "price", "attributes.bucket")
    vector = unit_vectors(1, DIMENSION)[0]
    with stock.sessions.read() as session:
        ids = session.scalars(select(Product.id).order_by(Product.id)).all()
        # A product that is asked with is no answer, and is counted nowhere.
        without = None if asking is None else ids[asking]
        told = ask(stock, vector, filters=asked, facets=facets, product_id=without).summary
        others = Product.id != without if without else true()
        assert told["total"] == session.scalar(
            select(func.count()).select_from(Product).where(in_sql(asked), others)
        )
        for facet in ("category", "colour", "brand"):
            rest = in_sql({name: wish for name, wish in asked.items() if name != facet}) & others
            column = getattr(Product, facet)
            values = session.scalars(select(column).where(rest, column != ""))
            counted = Counter(value.lower() for value in values)  # a server may know ASCII only
            shown = told["facets"][facet]
            assert {each["value"].lower(): each["count"] for each in shown} == counted
            assert [each["count"] for each in shown] == sorted(counted.values(), reverse=True)
        rest = in_sql({name: wish for name, wish in asked.items() if name != "price"}) & others
        low, high = session.execute(
            select(func.min(Product.price), func.max(Product.price)).where(rest)
        ).one()
    bounds = told["price_range"]
    assert (bounds and [Decimal(each) for each in bounds]) == (None if low is None else [low, high])


@settings(MOST_EXAMPLES, max_examples=25)
@given(vector=vectors, limit=limits, asked=everything)
def test_pages_follow_each_other_without_repeating_or_skipping(
    stock: Stock, vector: Vector, limit: int, asked: dict[str, Any]
) -> None:
    limit = max(limit, 150)
    whole, stop = list[Place](), None
    while True:
        page = ask(stock, vector, limit, stop, filters=asked)
        whole += page.places
        assert len(page.places) == limit or not page.more
        if not page.more:
            break
        stop = following(page, stop)
    with stock.sessions.read() as session:
        same(whole, brute(session, vector, in_sql(asked)))


def test_products_of_the_same_vector_are_ordered_by_id_across_pages(
    stock: Stock,
) -> None:
    vector = unit_vectors(SIZE, DIMENSION)[100]
    found, stop = list[Place](), None
    for _ in range(8):
        page = ask(stock, vector, 5, stop)
        found, stop = found + list(page.places), following(page, stop)
    assert len({place.score for place in found}) == 1
    assert [place.id for place in found] == sorted({place.id for place in found})


@pytest.mark.parametrize(
    "asked",
    [
        {"category": "dress", "not": {"category": "dress"}},
        {"price": {"min": 50, "max": 10}},
        {"attributes.nobody_has_this": "x"},
        {"brand": "nobody"},
    ],
)
def test_filters_that_nothing_fulfils_give_an_empty_answer(
    stock: Stock, asked: dict[str, Any]
) -> None:
    found = ask(stock, unit_vectors(1, DIMENSION)[0], filters=asked, facets=("brand", "price"))
    assert (found.places, found.more, found.summary["total"]) == ((), False, 0)
