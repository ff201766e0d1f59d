"""Filtered answers and facet counts are what a scan and SQL say, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from sqlalchemy import ColumnElement, and_, func, not_, or_, select, true, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.fakes import ExactIndex, FakeVision, ListQueue, MemoryBlobs
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Point, Ports
from vitrine.services import models
from vitrine.services.search import candidates, counting, rank, scoring
from vitrine.services.search.cache.snapshot import Place
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.context import opened
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import parse
from vitrine.services.search.intent import Intent
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.tables.catalog import Crop, CropEmbedding, Product
from vitrine.vision.types import Vector, Versions

SIZE, DIMENSION = 2_000, 16
VERSIONS = Versions("filters-1", "p1", "none", DIMENSION)
CATEGORIES = ("Dress", "DRESS", "Ärmelkleid", "ärmelkleid", "Юбка", "юбка", "")
COLOURS = ("red", "Red", "blue", "straße", "")
BRANDS = ("Acme", "Ōki", "ōKI", "")


class Stock:
    """A database of products and a search over it, not to be printed with its vectors."""

    def __init__(self, sessions: Sessions, cache: SearchCache | None = None) -> None:
        ports = Ports(MemoryBlobs(), ExactIndex(), FakeVision(versions=VERSIONS), ListQueue())
        self.sessions, self.ports = sessions, ports
        self.engine = SearchEngine(sessions, ports, cache or SearchCache())


MOST_EXAMPLES = settings(max_examples=60)


def product(dice: np.random.Generator) -> dict[str, Any]:
    price = int(dice.integers(0, 2_000_000)) if dice.random() < 0.9 else None
    return {
        "category": str(dice.choice(CATEGORIES)),
        "colour": str(dice.choice(COLOURS)),
        "brand": str(dice.choice(BRANDS)),
        "price": None if price is None else Decimal(price) / 10_000,
        "attributes": {"bucket": int(dice.integers(0, 1_000))},
    }


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Any) -> Iterator[Stock]:
    """2,000 products, some with the very same vector."""
    made = Settings(data_dir=tmp_path_factory.mktemp("stock"))
    (made.data_dir / "vitrine.db").write_bytes(migrated_sqlite.read_bytes())
    sessions = Sessions(make_engine(made))
    vectors = unit_vectors(SIZE, DIMENSION)
    vectors[100:140] = vectors[100]
    dice = np.random.default_rng(1)
    with sessions.write() as session:
        models.register(session, VERSIONS)
        insert_indexed(session, VERSIONS, vectors, [product(dice) for _ in range(SIZE)])
    yield Stock(sessions)
    sessions.engine.dispose()


class Page(NamedTuple):
    """One page of places, whether more follow, and what was counted."""

    places: tuple[Place, ...]
    more: bool
    summary: dict[str, Any]


def ask(
    stock: Stock, vector: Vector, limit: int = 20, after: Place | None = None, **more: Any
) -> Page:
    request = SearchRequest(limit=limit, filters=parse(more.pop("filters", {})), **more)
    with stock.sessions.read() as session:
        context = opened(stock.engine, session)
    scored = scoring.scoring(context, request, Sought(Intent("photo", vector)))
    mask = candidates.left(context, request)
    ranking = rank.ranked(context, request, scored, mask, after)
    summary = counting.told(context, request, counting.of(context, request, [scored], mask))
    return Page(ranking.places, ranking.more, summary)


def brute(session: Session, vector: Vector, where: ColumnElement[bool]) -> list[Place]:
    """Every product that SQL says fulfils the condition, by a scan over all vectors."""
    rows = session.execute(
        select(Product.id, CropEmbedding.vector)
        .join(Crop, Crop.id == Product.primary_crop_id)
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .where(where)
    )
    wide = vector.astype(np.float64)
    scored = [(float((row.vector.astype(np.float64) * wide).sum()), row.id) for row in rows]
    return [Place(score, each) for score, each in sorted(scored, key=lambda p: (-p[0], p[1]))]


def same(found: Sequence[Place], expected: Sequence[Place]) -> None:
    assert [place.id for place in found] == [place.id for place in expected]
    assert [p.score for p in found] == pytest.approx([p.score for p in expected], abs=1e-9)


def in_sql(asked: dict[str, Any]) -> ColumnElement[bool]:
    """The filters once more, written down for the database."""
    parts = [_one(facet, wanted) for facet, wanted in asked.items() if facet != "not"]
    parts += [
        not_(func.coalesce(_one(facet, wanted), False))
        for facet, wanted in asked.get("not", {}).items()
    ]
    return and_(True, *parts)


def _one(facet: str, wanted: Any) -> ColumnElement[bool]:
    if facet == "price":
        units = type_coerce(Product.price, BigInteger)
        return _within(units, wanted, 10_000)
    if facet == "attributes.bucket":
        bucket: ColumnElement[int] = Product.attributes["bucket"].as_integer()
        if isinstance(wanted, dict):
            return _within(bucket, wanted, 1)
        return bucket.in_(wanted)
    values = wanted if isinstance(wanted, list) else [wanted]
    column = getattr(Product, facet)
    # func.lower is not casefold: "STRASSE" would differ, so it is not asked here.
    return and_(column != "", or_(*(func.lower(column) == value.lower() for value in values)))


def _within(number: Any, wanted: dict[str, Any], scale: int) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [number.is_not(None)]
    if wanted.get("min") is not None:
        parts.append(number >= Decimal(str(wanted["min"])) * scale)
    if wanted.get("max") is not None:
        parts.append(number <= Decimal(str(wanted["max"])) * scale)
    return and_(*parts)


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
            lowered = func.lower(column)
            grouped = select(lowered, func.count()).where(rest, column != "").group_by(lowered)
            counted = {row[0]: row[1] for row in session.execute(grouped)}
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
    whole, after = list[Place](), None
    while True:
        page = ask(stock, vector, limit, filters=asked, after=after)
        whole += page.places
        assert len(page.places) == limit or not page.more
        if not page.more:
            break
        after = page.places[-1]
    with stock.sessions.read() as session:
        same(whole, brute(session, vector, in_sql(asked)))


def test_products_of_the_same_vector_are_ordered_by_id_across_pages(
    stock: Stock,
) -> None:
    vector = unit_vectors(SIZE, DIMENSION)[100]
    found, after = list[Place](), None
    for _ in range(8):
        page = ask(stock, vector, 5, after=after)
        found, after = found + list(page.places), page.places[-1]
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


def test_a_large_catalogue_without_filters_is_proposed_by_the_index(
    stock: Stock,
) -> None:
    large = Stock(stock.sessions, SearchCache(index_above=SIZE - 1))
    vector = unit_vectors(1, DIMENSION, 5)[0]
    exact = ask(stock, vector, 10).places
    assert ask(large, vector, 10).places == exact, "no index yet: exact"
    large.ports.vectors.ensure(VERSIONS.collection, DIMENSION)
    known = [Point(place.id, vector) for place in ask(stock, vector, 40).places[20:]]
    large.ports.vectors.upsert(VERSIONS.collection, known)
    proposed = ask(large, vector, 10)
    assert proposed.places == tuple(ask(stock, vector, 40).places[20:30])
    assert ask(large, vector, 10, filters={"price": {"min": 0}}).places != (proposed.places), (
        "filters are always exact"
    )


def test_vectors_beyond_the_memory_they_may_take_lie_in_a_file(
    stock: Stock,
) -> None:
    small = Stock(stock.sessions, SearchCache(most_bytes=1_000))
    vector = unit_vectors(1, DIMENSION, 6)[0]
    assert ask(small, vector).places == ask(stock, vector).places
    held = small.engine.cache.held[VERSIONS.collection].snapshot.vectors
    assert isinstance(held, np.memmap)
