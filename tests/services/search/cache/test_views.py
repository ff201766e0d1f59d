"""Photos that look otherwise: whatever a snapshot tells of a product is of the nearest of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.worlds.factories import unit_vectors
from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Entry, Store
from vitrine.services.search.cache.traits import Trait
from vitrine.services.search.cache.views import View
from vitrine.vision.types import Palette, Vector

DIMENSION, COUNT = 4, 50
RED: Palette = ((1.0, 45.0, 65.0, 45.0),)
BLUE: Palette = ((1.0, 35.0, 30.0, -70.0),)
PRIMARY, OTHERS = unit_vectors(COUNT, DIMENSION, 1), unit_vectors(3 * COUNT, DIMENSION, 2)
OTHERS[::7] = OTHERS[0]  # so that ties are common


def views_of(number: int) -> tuple[View, ...]:
    return tuple(
        View(f"c{number}-{turn}", OTHERS[3 * number + turn], Trait(BLUE, 2.0))
        for turn in range(number % 4)
    )


def entry(number: int, views: Sequence[View] | None = None) -> Entry:
    known = views_of(number) if views is None else tuple(views)
    return Entry(f"p{number:02d}", PRIMARY[number], {}, None, Trait(RED, 1.0), views=known)


def shelf() -> tuple[Store, Snapshot]:
    store, nothing = stores.empty(DIMENSION, COUNT, 10**9)
    return store, stores.changed(store, nothing, map(entry, range(COUNT)))


SNAPSHOT = shelf()[1]
queries = some.integers(0, 20).map(lambda seed: unit_vectors(1, DIMENSION, seed)[0])
chosen = some.sets(some.integers(0, COUNT - 1), min_size=1).map(
    lambda rows: np.array(sorted(rows), dtype=np.int64)
)


def cosines(number: int, vector: Vector) -> list[float]:
    """By brute force: of the primary photo, and of the others in their order."""
    known = [PRIMARY[number], *(view.vector for view in views_of(number))]
    wide = vector.astype(np.float64)
    return [float((each.astype(np.float64) * wide).sum()) for each in known]


@given(queries, chosen, some.integers(1, 9))
def test_order_and_scores_are_those_of_the_nearest(
    vector: Vector, rows: np.ndarray, limit: int
) -> None:
    best = {row: max(cosines(row, vector)) for row in rows.tolist()}
    expected = sorted((-score, f"p{row:02d}") for row, score in best.items())
    found = SNAPSHOT.best(vector, rows, limit, None)
    found += SNAPSHOT.best(vector, rows, COUNT, found[-1])
    assert [(-place.score, place.id) for place in found] == expected
    assert SNAPSHOT.cosines(vector, rows).tolist() == [best[row] for row in rows.tolist()]
    rough = SNAPSHOT.rough(vector, rows)
    assert rough == pytest.approx(SNAPSHOT.cosines(vector, rows), abs=1e-6)


@given(queries, chosen)
def test_what_is_seen_is_the_nearest_and_its_traits_are_compared(
    vector: Vector, rows: np.ndarray
) -> None:
    seen = SNAPSHOT.seen(vector, rows)
    facing = SNAPSHOT.facing(vector, SNAPSHOT.rough(vector, np.arange(COUNT)))
    apart, known = facing.traits.colour_distances(BLUE)
    assert known.all()
    for row, number in zip(rows.tolist(), seen.tolist(), strict=True):
        told = cosines(row, vector)
        at = int(np.argmax(told))
        crop = None if number < 0 else SNAPSHOT.views.crops[number]
        assert crop == (None if at == 0 else f"c{row}-{at - 1}")
        assert facing.traits.aspects[row] == (1.0 if at == 0 else 2.0)
        assert (apart[row] < 10) == (at > 0)
    assert SNAPSHOT.cosines(vector, rows, seen).tolist() == SNAPSHOT.cosines(vector, rows).tolist()
    assert SNAPSHOT.traits.aspects.tolist() == [1.0] * COUNT, "nobody else sees it so"


@given(queries)
def test_the_catalogue_is_as_like_as_its_best_photo_and_its_primary_ones(vector: Vector) -> None:
    best, mean, spread = SNAPSHOT.likeness(vector)
    plain = PRIMARY.astype(np.float64) @ vector
    assert best == pytest.approx(max(max(cosines(row, vector)) for row in range(COUNT)), abs=1e-6)
    assert (mean, spread) == pytest.approx((plain.mean(), plain.std()), abs=1e-6)


def test_views_change_with_their_product_and_older_snapshots_keep_theirs() -> None:
    store, before = shelf()
    fresh = View("new", OTHERS[1], Trait(RED))
    after = stores.changed(store, before, [entry(3, [fresh]), entry(7, []), entry(5)])
    crops = {}
    for name, snapshot in (("before", before), ("after", after)):
        for number in (3, 7, 5, 4):
            row = snapshot.row_of(f"p{number:02d}")
            _, numbers = snapshot.views.of(np.array([row]))
            crops[name, number] = [snapshot.views.crops[each] for each in numbers.tolist()]
    assert crops["before", 3] == ["c3-0", "c3-1", "c3-2"]
    assert crops["after", 3] == ["new"]
    assert crops["after", 7] == []
    assert crops["after", 5] == crops["before", 5] == ["c5-0"]
    assert crops["after", 4] == []
    assert after.size == before.size + 2, "who kept its photos keeps its row"


def test_where_no_photo_looks_otherwise_nothing_is_kept_or_compared() -> None:
    store, nothing = stores.empty(DIMENSION, COUNT, 10**9)
    plain = stores.changed(store, nothing, [entry(number, []) for number in range(COUNT)])
    assert plain.views.vectors.nbytes == 0
    rough = plain.rough(PRIMARY[0], np.arange(COUNT))
    assert plain.facing(PRIMARY[0], rough) is plain
    assert plain.best(PRIMARY[0], np.arange(COUNT), 1, None)[0].id == "p00"
