"""Counts over rows are those of the same products in memory, and a cap is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from tests.worlds.factories import unit_vectors
from tests.worlds.shelves import DIMENSION, Both, both, made_up
from vitrine.db import Sessions
from vitrine.services.search.cache.columns import Chosen, Count, Mask
from vitrine.services.search.filters import key, parse
from vitrine.services.search.stored import counting, rows, terms
from vitrine.services.search.stored.counting import Counted
from vitrine.tables.search_rows import TERMS

COUNT = 400
PRODUCTS = made_up(COUNT)
FACETS = ("brand", "category", "attributes.size", "attributes.share", "attributes.unknown")
FILTERS: Sequence[dict[str, Any]] = (
    {},
    {"brand": "acme"},
    {"brand": ["acme", "五"], "not": {"category": "coat"}},
    {"price": {"max": 7}},
    {"attributes.share": "0.1"},
    {"attributes.share": "nobody has it"},
)


def folded(counts: Sequence[Count]) -> list[tuple[str, int]]:
    return [(key(each.value), each.count) for each in counts]


def by_design(there: Both, facet: str, mask: Mask) -> list[tuple[str, int]]:
    """How many designs have each value, however their variants spell it."""
    column, numbers = there.snapshot.columns.get(facet), there.snapshot.designs()
    if column is None:
        return []
    pairs = zip(column.rows.tolist(), column.codes.tolist(), strict=True)
    held = {(numbers[row], column.words.keys[code]) for row, code in pairs if mask[row]}
    return sorted(Counter(name for _, name in held).items(), key=lambda one: (-one[1], one[0]))


def assert_same(told: Counted, there: Both, mask: Mask, *, designs: bool = False) -> None:
    numbers = there.snapshot.designs()[mask]
    assert told.total == (len(np.unique(numbers)) if designs else int(mask.sum()))
    assert told.prices == there.snapshot.price_range(mask)
    for facet in FACETS:
        wanted = folded(there.snapshot.counts(facet, Chosen(mask)))
        assert folded(told.counts[facet]) == (by_design(there, facet, mask) if designs else wanted)


@pytest.mark.parametrize("data", FILTERS)
@pytest.mark.parametrize("designs", [False, True])
def test_counts_are_those_in_memory(
    sessions: Sessions, data: dict[str, Any], designs: bool
) -> None:
    with both(sessions, PRODUCTS) as there:
        filters = parse(data)
        large = terms.too_large(there.shelf.session.connection(), there.shelf.name)
        told = counting.counted(
            there.shelf, FACETS, there.shelf.where(filters), too_large=large if designs else None
        )
        assert_same(told, there, there.snapshot.where(filters), designs=designs)
        assert not told.capped


def test_a_design_of_too_many_products_is_none(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "LARGEST", 6)
    monkeypatch.setattr("vitrine.services.search.cache.snapshot.LARGEST", 6)
    with both(sessions, PRODUCTS) as there:
        large = terms.too_large(there.shelf.session.connection(), there.shelf.name)
        assert 0 < len(large) < 30
        told = counting.counted(there.shelf, FACETS, too_large=large)
        assert_same(told, there, there.snapshot.alive, designs=True)


def test_a_cap_is_told(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS) as there:
        where = there.shelf.where(parse({"not": {"brand": "nobody"}}))
        few = counting.counted(there.shelf, FACETS, where, cap=50)
        assert few.capped
        assert few.total == 51
        assert not counting.counted(there.shelf, FACETS, where, cap=COUNT).capped


def test_counts_of_all_follow_what_comes_and_goes(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "FEW", 0)
    changed = [*made_up(100, seed=7), *made_up(50, seed=8, first=COUNT)]
    gone = [each.id for each in PRODUCTS[200:300]]
    with both(sessions, PRODUCTS):
        pass
    with sessions.write() as session:
        rows.write(session.connection(), "made of dice__p1", changed, gone)
    kept = [each for each in PRODUCTS[100:] if each.id not in gone]
    for compacted in (False, True):
        if compacted:
            before = parts(sessions)
            for _ in range(2):
                with sessions.write() as session:
                    terms.compact(session.connection(), "made of dice__p1")
            assert 0 < parts(sessions) < before
        with both(sessions, [*changed, *kept]) as there:
            assert_same(counting.counted(there.shelf, FACETS), there, there.snapshot.alive)


def parts(sessions: Sessions) -> int:
    """How many rows tell of terms."""
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(TERMS)) or 0


def test_values_are_told_as_they_are_spelled(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS) as there:
        connection = there.shelf.session.connection()
        told = terms.values(connection, there.shelf.name, "brand")
        spelled = {each.value for each in told}
        assert {"Acme", "ACME", "Straße", "strasse"} <= spelled
        assert [each.count for each in told] == sorted((each.count for each in told), reverse=True)
        assert terms.values(connection, there.shelf.name, "brand", 2) == told[:2]
        assert terms.facets(connection, there.shelf.name) == sorted(there.snapshot.columns)
        assert terms.size(connection, there.shelf.name) == COUNT


def test_mean_and_spread_of_cosines_are_those_of_all_products(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS) as there:
        spread = terms.spread(there.shelf.session.connection(), there.shelf.name)
        assert spread is not None
        for seed in range(5):
            vector = unit_vectors(1, DIMENSION, seed)[0]
            cosines = there.snapshot.vectors[:COUNT].astype(np.float64) @ vector
            assert spread.of(vector) == pytest.approx((cosines.mean(), cosines.std()))
