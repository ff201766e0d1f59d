"""Photos of products that look otherwise than the primary one, each with the row of its product.

Most products have none, and a snapshot without any costs what it would without this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from vitrine.services.search.cache import dots
from vitrine.services.search.cache.traits import UNMEASURED, Trait, Traits
from vitrine.vision.types import Vector

OTHERWISE = 0.8
"""Crops whose cosine to the primary one is below are views of their own; what is more alike found
nothing more (docs/experiments.md)."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """A kept crop of another photo that looks otherwise: its unit vector and what is measured."""

    crop_id: str
    vector: Vector
    trait: Trait = UNMEASURED


@dataclass(frozen=True, slots=True)
class Views:
    """By number the vectors (m, d), rows of their products, ascending, crops and traits of views.

    Never changes; rows of a snapshot get no other views than those that they came with.
    """

    vectors: Vector = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    rows: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    crops: Sequence[str] = ()
    traits: Traits = field(default_factory=Traits)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def owners(self) -> Numbers:
        """The rows that have any, each once."""
        return self.rows[_first(self.rows)]

    def grown(self, fresh: Sequence[tuple[int, View]]) -> Views:
        """These and others behind them, of rows that come after all of these."""
        if not fresh:
            return self
        added = np.array([view.vector for _, view in fresh], dtype=np.float32)
        numbers = np.arange(len(self), len(self) + len(fresh))
        return Views(
            np.concatenate([self.vectors.reshape(-1, added.shape[1]), added]),
            np.concatenate([self.rows, np.array([row for row, _ in fresh], dtype=np.int64)]),
            (*self.crops, *(view.crop_id for _, view in fresh)),
            self.traits.replaced(
                len(self) + len(fresh), numbers, [view.trait for _, view in fresh]
            ),
        )

    def of(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """The views of these rows: of each the place of its row among them, and its number."""
        first = np.searchsorted(self.rows, rows)
        counts = np.searchsorted(self.rows, rows, side="right") - first
        before = np.cumsum(counts) - counts
        numbers = np.arange(counts.sum()) + np.repeat(first - before, counts)
        return np.repeat(np.arange(len(rows)), counts), numbers

    def nearest(self, primary: Vector, rows: Numbers, vector: Vector) -> Numbers:
        """As `Snapshot.seen` tells it of rows of the primary vectors."""
        found = np.full(len(rows), -1, dtype=np.int64)
        places, numbers = self.of(rows)
        if not len(numbers):
            return found
        cosines = dots.exact(self.vectors, numbers, vector)
        first = np.lexsort((numbers, -cosines, places))
        first = first[_first(places[first])]
        turned = first[cosines[first] > dots.exact(primary, rows[places[first]], vector)]
        found[places[turned]] = numbers[turned]
        return found

    def facing(self, vector: Vector, rough: Vector) -> tuple[Numbers, Numbers]:
        """The rows that are nearest to the vector by a view, and the numbers of these; `rough` are
        the highest cosines by row, as `Snapshot.rough` tells them."""
        if not len(self):
            return self.rows, self.rows
        told = dots.rough(self.vectors, vector)
        numbers = np.flatnonzero(told >= rough[self.rows])
        first = _first(self.rows[numbers])
        return self.rows[numbers[first]], numbers[first]


def _first(rows: Numbers) -> NDArray[np.bool_]:
    """Where in ascending rows each comes for the first time."""
    return np.diff(rows, prepend=-1) > 0


def looks_otherwise(primary: Vector, other: Vector) -> bool:
    """Whether a crop of this unit vector is a view beside the primary one."""
    return float(np.dot(primary, other)) < OTHERWISE


def mark(views: Sequence[View]) -> str | None:
    """Another for other views, None for none."""
    if not views:
        return None
    made = blake2b(digest_size=16)
    for view in views:
        made.update(repr((view.crop_id, view.trait)).encode())
        made.update(view.vector.tobytes())
    return made.hexdigest()
