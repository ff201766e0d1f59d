"""What is asked of rows comes out as it does in memory, at every selectivity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.worlds import shelves
from tests.worlds.factories import unit_vectors
from tests.worlds.shelves import ALIASES, BRANDS, DIMENSION, NAMES, SIZES, Both, both, made_up
from vitrine.db import Sessions
from vitrine.services.search import orders
from vitrine.services.search.cache.snapshot import Place
from vitrine.services.search.cache.views import mark
from vitrine.services.search.filters import Filters, parse
from vitrine.services.search.orders import Sort
from vitrine.services.search.stored import conditions, planning, query, records, rows, schema
from vitrine.services.search.stored.conditions import Where
from vitrine.services.search.stored.query import Shelf
from vitrine.services.search.stored.schema import Lists
from vitrine.services.search.stored.tags import tag
from vitrine.services.search.tokens import code
from vitrine.tables.search_rows import ROWS

COUNT = 400
PRODUCTS = made_up(COUNT)
SHARES = ("0.5", "0.1", "0.01", "0.001")

bound = some.sampled_from([-3, 0, 5, "7.5", 36.5, 40, 1000, None])
bounds = some.fixed_dictionaries({}, optional={"min": bound, "max": bound}).filter(bool)
values = some.lists(
    some.sampled_from([*BRANDS, "five", "Spitze", "acme", "nothing"]), min_size=1, max_size=3
)
plain = some.fixed_dictionaries(
    {},
    optional={
        "brand": values,
        "category": some.sampled_from(["DRESS", "coat", "hat"]),
        "attributes.size": bounds | some.lists(some.sampled_from(list(SIZES)), min_size=1),
        "attributes.unknown": bounds | some.just("x"),
        "price": bounds,
    },
)
asked = some.builds(lambda wanted, unwanted: {**wanted, "not": unwanted}, plain, plain)
queries = some.integers(0, 20).map(lambda seed: unit_vectors(1, DIMENSION, seed)[0])


def found_by(there: Both, filters: Filters, lifted: str | None = None) -> set[str]:
    where = there.shelf.where(filters, lifted)
    return {each.id for each in query.sorted_page(there.shelf, "newest", None, where, COUNT)}


def left_by(there: Both, filters: Filters, lifted: str | None = None) -> set[str]:
    mask = there.snapshot.where(filters, lifted)
    return {there.snapshot.ids[row] for row in np.flatnonzero(mask).tolist()}


def nearest_of(there: Both, vector: Any, filters: Filters, limit: int) -> list[str]:
    """By brute force, products with a photo alone."""
    seen = there.snapshot.where(filters) & ~there.snapshot.having("unseen", "true")
    best = there.snapshot.best(vector, np.flatnonzero(seen), limit, None)
    return [place.id for place in best]


def test_entries_come_back_as_they_were_written(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS) as there:
        found = {each.id: each for each in query.by_ids(there.shelf, [one.id for one in PRODUCTS])}
    for given_one in PRODUCTS:
        back = found[given_one.id]
        assert back.vector.tolist() == given_one.vector.tolist()
        assert back.facets == {facet: list(held) for facet, held in given_one.facets.items()}
        assert back.price == given_one.price
        assert (back.trait, back.codes) == (given_one.trait, given_one.codes)
        assert mark(back.views) == mark(given_one.views)
        for facet, held in given_one.facets.items():
            assert [type(each) for each in back.facets[facet]] == [type(each) for each in held]


def test_filters_mean_what_they_mean_in_memory(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS) as there:

        @settings(max_examples=150)
        @given(asked, some.sampled_from([None, "brand", "price", "category"]))
        def check(data: dict[str, Any], lifted: str | None) -> None:
            filters = parse(data)
            assert found_by(there, filters, lifted) == left_by(there, filters, lifted)

        check()


def test_what_a_rule_hides_is_what_fulfils_all_of_it(sessions: Sessions) -> None:
    filters = parse({"brand": ["five", "acme"], "price": {"max": 9}})
    with both(sessions, PRODUCTS) as there:
        where = (conditions.outside(filters, ALIASES),)
        shown = {each.id for each in query.sorted_page(there.shelf, "newest", None, where, COUNT)}
        assert 0 < len(shown) < COUNT
        assert shown == {one.id for one in PRODUCTS} - left_by(there, filters)


@pytest.mark.parametrize("share", [None, *SHARES])
@pytest.mark.parametrize("limit", [1, 20, 100])
def test_the_nearest_are_those_of_brute_force(
    sessions: Sessions, share: str | None, limit: int
) -> None:
    filters = parse({} if share is None else {"attributes.share": share})
    with both(sessions, made_up(2_000, 3)) as there:
        for seed in range(5):
            vector = unit_vectors(1, DIMENSION, 100 + seed)[0]
            found = query.nearest(there.shelf, vector, there.shelf.where(filters), limit)
            assert [each.id for each in found] == nearest_of(there, vector, filters, limit)


@pytest.mark.parametrize("share", [None, *SHARES])
def test_looking_through_lists_finds_as_good_as_all_of_them(
    sessions: Sessions, share: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "is_compared", lambda *_: False)
    filters = parse({} if share is None else {"attributes.share": share})
    with both(sessions, made_up(2_000, 3), lists=True) as there:
        hit = wanted = 0
        for seed in range(20):
            vector = unit_vectors(1, DIMENSION, 100 + seed)[0]
            found = query.nearest(there.shelf, vector, there.shelf.where(filters), 20)
            best = nearest_of(there, vector, filters, 20)
            assert len(found) == len(best)
            hit += len({each.id for each in found}.intersection(best))
            wanted += len(best)
    assert hit >= 0.99 * wanted


def index_of(shelf: Shelf, vector: Any, category: int) -> str:
    """The index by which the server looks through a category's lists."""
    shelf.session.execute(planning.look_through(shelf.extent.apart[category]))
    far, here = query._far(shelf, vector, query.STRAIGHT), (conditions.tagged([category]),)
    asked = query._rows(shelf, (ROWS.c.product_id,), here).order_by(far).limit(20)
    plan = str(shelf.session.scalars(planning._Explained(asked)).one())
    shelf.session.execute(planning.choose_again())
    return plan.partition("'Index Name': '")[2].partition("'")[0]


def test_a_large_category_is_found_from_afar_by_lists_of_its_own(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "is_compared", lambda *_: False)
    monkeypatch.setattr(schema, "APART_ABOVE", 500)
    monkeypatch.setattr(schema, "LISTED_ABOVE", 400)
    compared, exact = list[Where](), query._exact

    def noted(shelf: Any, vector: Any, where: Where, limit: int) -> Any:
        compared.append(where)
        return exact(shelf, vector, where, limit)

    monkeypatch.setattr(query, "_exact", noted)
    few = [replace(each, facets={**each.facets, "category": ("hat",)}) for each in made_up(50, 4)]
    few = [replace(each, id=f"hat{each.id}") for each in few]
    with both(sessions, [*made_up(4_000, 3), *few], lists=True) as there:
        assert set(there.shelf.extent.apart) == {
            tag("category", "coat"),
            tag("category", "dress"),
        }
        dress, vector = tag("category", "dress"), unit_vectors(1, DIMENSION, 5)[0]
        assert f"{dress % 2**64:016x}_lists" in index_of(there.shelf, vector, dress)
        for wanted, beside in ((["dress"], 0), (["dress", "COAT"], 0), (["dress", "hat"], 1)):
            filters = parse({"category": wanted})
            found = query.nearest(there.shelf, vector, there.shelf.where(filters), 20)
            assert [each.id for each in found] == nearest_of(there, vector, filters, 20)
            assert len(compared) == beside, "what has no lists of its own is compared"


def test_where_near_lists_hold_too_little_all_is_compared(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "is_compared", lambda *_: False)
    monkeypatch.setattr(planning, "LEAST", 1)
    filters = parse({"attributes.share": "0.01"})
    with both(sessions, made_up(2_000, 3), lists=True) as there:
        vector = unit_vectors(1, DIMENSION, 5)[0]
        found = query.nearest(there.shelf, vector, there.shelf.where(filters), 20)
        assert [each.id for each in found] == nearest_of(there, vector, filters, 20)


@pytest.mark.parametrize(
    ("left", "size", "compared"),
    [
        (1_000, 1_000_000, True),
        (10_000, 1_000_000, True),
        (100_000, 1_000_000, False),
        (1_000_000, 1_000_000, False),
        (500, 100_000, True),
        (50_000, 100_000, False),
    ],
)
def test_few_rows_are_compared_and_many_looked_up(left: int, size: int, compared: bool) -> None:
    lists = Lists(size, schema.lists_of(size))
    assert planning.is_compared(left, [lists], 100) == compared
    assert planning.is_compared(left, [Lists(size, 0)], 100), "there are no lists yet"


def test_lists_grow_with_the_products() -> None:
    sizes = (0, 5_000, 5_001, 20_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
    assert [schema.lists_of(size) for size in sizes] == [0, 0, 4, 16, 64, 1024, 4096, 4096]


def test_a_query_of_any_length_is_compared_by_its_dot_product(sessions: Sessions) -> None:
    weighed = unit_vectors(1, DIMENSION, 5)[0] * np.array([2, 0] * 4, dtype=np.float32)
    with both(sessions, PRODUCTS) as there:
        found = query.nearest(there.shelf, weighed, limit=30)
        assert [each.id for each in found] == nearest_of(there, weighed, parse({}), 30)


def test_what_is_excluded_is_not_among_the_nearest(sessions: Sessions) -> None:
    vector = unit_vectors(1, DIMENSION, 5)[0]
    with both(sessions, PRODUCTS) as there:
        best = nearest_of(there, vector, parse({}), 10)
        found = query.nearest(there.shelf, vector, limit=8, exclude=best[:2])
        assert [each.id for each in found] == best[2:]


def test_products_with_all_the_words_come_before_those_with_one(sessions: Sessions) -> None:
    vector = unit_vectors(1, DIMENSION, 5)[0]
    with both(sessions, PRODUCTS) as there:
        found = query.holding(there.shelf, NAMES[:2], vector, limit=COUNT)
        held = [len({*NAMES[:2]}.intersection(map(str, each.facets["words"]))) for each in found]
        assert held == sorted(held, reverse=True)
        assert len({each.id for each in found}) == len(found)
        assert {each.id for each in found} == {
            each.id for each in PRODUCTS if {*NAMES[:2]}.intersection(each.facets.get("words", ()))
        }
        assert query.holding(there.shelf, [], vector) == []


def test_an_article_is_found_by_its_number(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS) as there:
        (one,) = query.coded(there.shelf, [code("P00007")])
        assert one.id == "p00007"
        several = query.coded(there.shelf, ["ab7", "ab8"], limit=COUNT)
        assert {each.id for each in several} == {
            each.id for each in PRODUCTS if {"ab7", "ab8"}.intersection(each.codes)
        }
        assert query.coded(there.shelf, []) == []


def test_variants_are_found_by_their_design(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS) as there:
        found = query.of_designs(there.shelf, ["design 3", "design 4"])
        wanted = {("design 3",), ("design 4",)}
        assert {each.id for each in found} == {
            each.id for each in PRODUCTS if each.facets.get("design") in wanted
        }


@pytest.mark.parametrize("sort", ["newest", "price", "-price"])
def test_pages_are_in_order_and_whole(sessions: Sessions, sort: Sort) -> None:
    filters = parse({"not": {"brand": "five"}})
    with both(sessions, PRODUCTS) as there:
        left = np.flatnonzero(there.snapshot.where(filters))
        wanted = orders.first(there.snapshot, left, sort, COUNT, None)
        found: list[Place] = []
        while page := query.sorted_page(
            there.shelf, sort, found[-1] if found else None, there.shelf.where(filters), 7
        ):
            found += [query.place(each, sort) for each in page]
        assert found == wanted


@pytest.mark.parametrize("sort", ["newest", "price", "-price"])
def test_no_page_repeats_while_products_come_and_go(sessions: Sessions, sort: Sort) -> None:
    shelves.shelved(sessions, PRODUCTS)
    dice, seen, last = np.random.default_rng(3), list[str](), None
    there = {each.id for each in PRODUCTS}
    stayed = set(there)
    for number in range(COUNT):
        with sessions.read() as session:
            shelf = query.opened(session, shelves.collection(), {})
            page = query.sorted_page(shelf, sort, last, limit=9)
        if not page:
            break
        seen += [each.id for each in page]
        last = query.place(page[-1], sort)
        fresh = made_up(3, 50 + number, first=1_000 + 3 * number)
        gone = {str(each) for each in dice.choice(sorted(there), 3)}
        with sessions.write() as session:
            rows.write(session.connection(), shelves.NAME, fresh, gone=gone)
        there |= {each.id for each in fresh}
        there -= gone
        stayed -= gone
    assert len(seen) == len(set(seen)), "a product was shown twice"
    assert stayed <= set(seen), "a product that was there all the time was not shown"


def test_a_small_snapshot_orders_as_the_whole_one(sessions: Sessions) -> None:
    vector = unit_vectors(1, DIMENSION, 8)[0]
    with both(sessions, PRODUCTS) as there:
        found = query.nearest(there.shelf, vector, limit=50)
        small = records.snapshot_of([*found, found[0]], DIMENSION, ALIASES)
        assert small.size == 50
        whole = [place for place in _best(there.snapshot, vector) if place.id in small.ids]
        assert _best(small, vector) == whole


def _best(snapshot: Any, vector: Any) -> list[Place]:
    found: list[Place] = snapshot.best(vector, np.flatnonzero(snapshot.alive), COUNT, None)
    return found
