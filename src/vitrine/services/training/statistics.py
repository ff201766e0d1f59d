"""Figures of a split as functions of how often each product is drawn: what a bootstrap asks for.

All that costs time is counted once; each then gives its value for a thousand draws in one product
of matrices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vitrine.vision.ap import RECALLS, PhotoMatches, there
from vitrine.vision.figures import CELLS, RESAMPLES, Ints, Mask, Values


class Statistic(Protocol):
    """One figure of one model; `n` says over how many queries, labels or boxes."""

    @property
    def n(self) -> int: ...  # noqa: D102 - as the class says

    def of(self, draws: Values) -> Values:
        """The figure (b,) under each row of draws (b, products); nan where nothing is counted."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many are right: both (products,)."""

    right: Values
    asked: Values

    @property
    def n(self) -> int:
        """Over how many."""
        return int(self.asked.sum())

    def of(self, draws: Values) -> Values:
        """The share of those drawn that are right."""
        return _divided(draws @ self.right, draws @ self.asked)


@dataclass(frozen=True, slots=True)
class MacroF1:
    """F1 of values, its mean over each facet's, and over facets.

    `right` and `counted` (products, values) are how often a value was said rightly, and how often
    it was true plus how often it was said; `facets` (values,) numbers the facet of each.
    """

    right: Values
    counted: Values
    facets: Ints
    products: int

    @property
    def n(self) -> int:
        """Over how many products something is known."""
        return self.products

    def of(self, draws: Values) -> Values:
        """The mean of those values that are true or said in the draw."""
        each = _divided(2 * (draws @ self.right), draws @ self.counted)
        facets = [_mean(each[:, self.facets == facet]) for facet in np.unique(self.facets)]
        return _mean(np.stack(facets, axis=1)) if facets else np.full(len(draws), np.nan)


@dataclass(frozen=True, slots=True)
class Found:
    """Of one kind every detection, best first: whether it is right, whose photo it is on (n,).

    `truths` (products,) is how many there are to find.
    """

    right: Mask
    owners: Ints
    truths: Values


@dataclass(frozen=True, slots=True)
class MeanPrecision:
    """Mean average precision over kinds, as `vision.ap` counts it."""

    kinds: Sequence[Found]

    @property
    def n(self) -> int:
        """How many boxes there are to find."""
        return int(sum(kind.truths.sum() for kind in self.kinds))

    @classmethod
    def at(cls, photos: Sequence[PhotoMatches], owners: Ints, overlap: int) -> MeanPrecision:
        """Of photos whose products have these numbers, right from an overlap on by its place in
        IOUS."""
        return cls([_found(photos, owners, kind, overlap) for kind in there(photos)])

    def of(self, draws: Values) -> Values:
        """The mean over the kinds that are there to be found in the draw."""
        if not self.kinds:
            return np.full(len(draws), np.nan)
        return _mean(np.stack([_precision(kind, draws) for kind in self.kinds], axis=1))


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of other figures, each counting the same."""

    parts: Sequence[Statistic]

    @property
    def n(self) -> int:
        """Over as many as its first part."""
        return self.parts[0].n

    def of(self, draws: Values) -> Values:
        """The mean of what the parts are."""
        return _mean(np.stack([part.of(draws) for part in self.parts], axis=1))


def draws(products: int, times: int = RESAMPLES, seed: int = 0) -> Values:
    """How often each product is drawn (times, products) in seeded draws of as many as there are."""
    chances = np.full(products, 1 / products)
    drawn = np.random.default_rng(seed).multinomial(products, chances, size=times)
    return drawn.astype(np.float64)


def _found(photos: Sequence[PhotoMatches], owners: Ints, kind: str, overlap: int) -> Found:
    pairs = zip(photos, owners, strict=True)
    some = [(photo[kind], owner) for photo, owner in pairs if kind in photo]
    scores = np.concatenate([one.scores for one, _ in some])
    right = np.concatenate([one.right[overlap] for one, _ in some])
    whose = np.concatenate([np.full(len(one.scores), owner) for one, owner in some])
    truths = np.zeros(int(owners.max(initial=-1)) + 1)
    for one, owner in some:
        truths[owner] += one.truths
    order = np.argsort(-scores, kind="stable")
    return Found(right[order], whose[order].astype(np.int64), truths)


def _precision(kind: Found, draws: Values) -> Values:
    return np.concatenate([_areas(kind, draws[rows]) for rows in _blocks(draws, len(kind.right))])


def _areas(kind: Found, draws: Values) -> Values:
    """The mean over RECALLS of the best precision at that recall or beyond, by row of draws."""
    drawn = draws[:, kind.owners]
    hits = np.cumsum(drawn * kind.right, axis=1)
    precision = np.nan_to_num(_divided(hits, np.cumsum(drawn, axis=1)))
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    best = np.concatenate([best, np.zeros((len(draws), 1))], axis=1)
    truths = draws[:, : len(kind.truths)] @ kind.truths
    areas = np.full(len(draws), np.nan)
    for row in np.flatnonzero(truths):
        places = np.searchsorted(hits[row] / truths[row], RECALLS - 1e-12, side="left")
        areas[row] = best[row, places].mean()
    return areas


def _blocks(draws: Values, columns: int) -> Iterator[slice]:
    step = max(1, CELLS // max(1, columns))
    return (slice(start, start + step) for start in range(0, len(draws), step))


def _divided(parts: Values, wholes: Values) -> Values:
    found: Values = np.full(parts.shape, np.nan)
    return np.divide(parts, wholes, out=found, where=wholes > 0)


def _mean(columns: Values) -> Values:
    """The mean of each row's numbers; nan for a row without any."""
    known = ~np.isnan(columns)
    sums = np.where(known, columns, 0.0).sum(axis=1)
    return _divided(sums, known.sum(axis=1).astype(np.float64))
