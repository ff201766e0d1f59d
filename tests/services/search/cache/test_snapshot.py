"""Order with something added to the cosine: exact, the same every time, whole over its pages."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from tests.worlds.factories import unit_vectors
from vitrine.services.search.cache import compared
from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.snapshot import Extra, Place, Scores, Snapshot
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.cache.traits import Trait
from vitrine.services.search.tokens import phrase, tokens
from vitrine.vision import colours
from vitrine.vision.types import Palette, Vector

DIMENSION, COUNT = 4, 60
RED: Palette = ((0.9, 45.0, 65.0, 45.0), (0.1, 90.0, 0.0, 0.0))
DARK_RED: Palette = ((1.0, 38.0, 58.0, 40.0),)
BLUE: Palette = ((1.0, 35.0, 30.0, -70.0),)
PALETTES = (RED, DARK_RED, BLUE, ())


def shelf() -> Snapshot:
    """Products of which many are equal, so that ties are common."""
    rows = unit_vectors(COUNT, DIMENSION)
    rows[1::3] = rows[0]
    store, nothing = stores.empty(DIMENSION, COUNT, 10**9)
    entries = [
        Entry(f"p{number:02d}", row, {}, None, Trait(PALETTES[number % 4], number % 5 * 0.5))
        for number, row in enumerate(rows)
    ]
    return stores.changed(store, nothing, entries)


SNAPSHOT = shelf()
ROWS = np.arange(COUNT)
extras = some.lists(some.sampled_from([0.0, 0.05, 0.1, -0.2]), min_size=COUNT, max_size=COUNT).map(
    np.array
)
chosen = some.sets(some.integers(0, COUNT - 1), min_size=1).map(
    lambda rows: np.array(sorted(rows), dtype=np.int64)
)
queries = some.integers(0, 20).map(lambda seed: unit_vectors(1, DIMENSION, seed)[0])


def scored(vector: Vector, extra: Scores | None, rows: np.ndarray) -> list[tuple[float, str]]:
    """By brute force: (score, id), the best first, equals by id."""
    wide = vector.astype(np.float64)
    pairs = [
        (
            float((SNAPSHOT.vectors[row].astype(np.float64) * wide).sum())
            + (0.0 if extra is None else float(extra[row])),
            SNAPSHOT.ids[row],
        )
        for row in rows.tolist()
    ]
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1]))


@given(queries, extras, chosen, some.integers(1, 9), some.sampled_from((2, compared.GROUP)))
def test_pages_neither_repeat_nor_skip_and_are_in_the_order_of_brute_force(
    vector: Vector, extra: Scores, rows: np.ndarray, limit: int, group: int
) -> None:
    found: list[Place] = []
    while True:
        told = Extra(extra, SNAPSHOT.rough(vector, ROWS) + extra)
        with mock.patch.object(compared, "GROUP", group):
            page = SNAPSHOT.best(vector, rows, limit, found[-1] if found else None, told)
        found += page
        if len(page) < limit:
            break
    assert [place.id for place in found] == [each for _, each in scored(vector, extra, rows)]


@given(queries, chosen, some.floats(-1, 1), some.booleans())
def test_what_reaches_a_bar_does_so_exactly(
    vector: Vector, rows: np.ndarray, bar: float, at_a_product: bool
) -> None:
    if at_a_product:  # the hardest bar: equal to a product's own cosine
        bar = scored(vector, None, rows)[0][0]
    alive = np.zeros(COUNT, dtype=np.bool_)
    alive[rows] = True
    scores = SNAPSHOT.rough(vector, ROWS).astype(np.float64)
    reached = replace(SNAPSHOT, alive=alive).reaching(vector, bar, scores)
    expected = {each for score, each in scored(vector, None, rows) if score >= bar}
    assert {SNAPSHOT.ids[row] for row in np.flatnonzero(reached).tolist()} == expected


@given(queries, chosen)
def test_ranks_by_cosine_are_those_of_the_whole_list(vector: Vector, rows: np.ndarray) -> None:
    expected = [each for _, each in scored(vector, None, rows)]
    ranks = SNAPSHOT.ranks(vector, rows, rows, SNAPSHOT.rough(vector, ROWS))
    assert [expected[rank - 1] for rank in ranks] == [SNAPSHOT.ids[row] for row in rows.tolist()]


def test_colour_distances_come_near_the_exact_ones_and_know_what_is_not_known() -> None:
    apart, known = SNAPSHOT.traits.colour_distances(RED)
    for row in range(4):
        exact = colours.distance(RED, PALETTES[row])
        assert known[row] == (exact is not None)
        if exact is not None:
            assert abs(float(apart[row]) - exact) < 6, "colours are kept by cells of a grid"
    assert apart[0] < apart[1] < apart[2]


def test_a_replaced_product_has_its_new_traits_and_older_snapshots_keep_theirs() -> None:
    store, nothing = stores.empty(DIMENSION, 2, 10**9)
    vector = unit_vectors(1, DIMENSION)[0]
    before = stores.changed(store, nothing, [Entry("a", vector, {}, None, Trait(RED, 0.5))])
    after = stores.changed(store, before, [Entry("a", vector, {}, None, Trait(BLUE, None))])
    assert (before.traits.aspects[0], after.traits.aspects[0]) == (0.5, 0.0)
    assert before.traits.codes[0].tolist() != after.traits.codes[0].tolist()


def test_a_product_stays_in_its_row_while_later_snapshots_move_or_lose_it() -> None:
    store, nothing = stores.empty(DIMENSION, 8, 10**9)
    first, second = unit_vectors(2, DIMENSION)
    entries = [Entry(name, first, {}, None, Trait(RED, 0.5)) for name in ("moved", "gone")]
    held = stores.changed(store, nothing, entries)
    stores.changed(store, held, [Entry("moved", second, {}, None, Trait(RED, 0.5))], ["gone"])
    assert [held.row_of(name) for name in ("moved", "gone", "never")] == [0, 1, None]


def test_words_are_the_same_however_they_are_written() -> None:
    assert tokens("Women's T-Shirts") == ("women", "tshirt")
    assert phrase("DRESSES") == phrase("dress")
    assert phrase("Casual_Shoes") == phrase("casual shoe")
    assert tokens("canvas bus this glasses boxes") == ("canva", "bus", "this", "glass", "box")
    assert tokens("ワンピース") == ("ワンピース",)
