"""Re-ranking: what besides the cosine speaks for a product, each a number by row, 0 to 1.

A score is the cosine and the weighted sum of these over every product alike, never over one page,
so that order, filters and pages stay exact. What is not known of a product counts in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vitrine.fields.facets import ATTRIBUTE, LABEL, SHAPES
from vitrine.services.search.cache.columns import Column, Mask
from vitrine.services.search.cache.snapshot import Scores, Snapshot
from vitrine.services.search.intent import Intent, Wanted
from vitrine.services.search.meaning import FILLING
from vitrine.services.search.tokens import UNSEEN, WORDS, phrase, tokens
from vitrine.vision.tuning import SIGNALS, Signal, Weights
from vitrine.vision.types import Vector

UNKNOWN = 0.5
FAR = 40.0
"""Colours so far apart (CIEDE2000) or more count as nothing alike."""

PLACES = 6
"""Digits that a sum of signals keeps: what a processor rounds differently must not change order."""

GONE = frozenset(
    ("out of stock", "outofstock", "sold out", "soldout", "unavailable", "discontinued", "false")
)
"""What shops write where a thing cannot be had, in the form of `phrase`."""

Signals = Mapping[str, Scores]


class Steps(NamedTuple):
    """A measure of few values: these, and by row the number of its own, -1 for the last."""

    values: Scores
    numbers: NDArray[np.integer[Any]]

    def by_row(self) -> Scores:
        """The value of each row."""
        return self.values.take(self.numbers)

    def weighed(self, weight: float) -> Steps:
        """The same times a weight, rounded to PLACES: of each value once, not of each row."""
        return Steps(np.round(weight * self.values, PLACES), self.numbers)


def weighted(snapshot: Snapshot, intent: Intent, weights: Weights) -> dict[Signal, Scores]:
    """By signal what it adds to each row's cosine; those without weight or say are left out."""
    found: dict[Signal, Scores] = {}
    for name in SIGNALS:
        weight = weights.get(name, 0.0)
        measured = _MEASURES[name](snapshot, intent) if weight else None
        if isinstance(measured, Steps):
            found[name] = measured.weighed(weight).by_row()
        elif measured is not None:
            found[name] = np.round(weight * measured, PLACES)
    return found


def total(found: Signals) -> Scores | None:
    """What all signals add to each row's cosine; None where there are none."""
    return reduce(np.add, found.values()) if found else None


def colour(snapshot: Snapshot, intent: Intent) -> Scores | None:
    """How alike the main colours look."""
    if not intent.colours:
        return None
    apart, known = snapshot.traits.colour_distances(intent.colours)
    near = 1 - np.minimum(apart.astype(np.float64), FAR) / FAR
    return np.where(known, near, UNKNOWN)


def category(snapshot: Snapshot, intent: Intent) -> Steps | None:
    """Whether the product is of a wanted category."""
    return _agreement(snapshot, "category", intent.wanted.get("category", ()))


def shape(snapshot: Snapshot, intent: Intent) -> Scores | None:
    """How alike width over height are, and whether sleeve, length and neck agree."""
    told = [_aspect(snapshot, intent), *_labels(snapshot, intent.wanted)]
    known = [scores for scores in told if scores is not None]
    return np.mean(known, axis=0) if known else None


def words(snapshot: Snapshot, intent: Intent) -> Steps | None:
    """The share of the query's words that title or brand hold."""
    wanted = tuple(dict.fromkeys(intent.words))
    if not wanted:
        return None
    column = snapshot.columns.get(WORDS)
    if column is None:
        return Steps(np.zeros(1), np.zeros(snapshot.size, dtype=np.int64))
    meant = (one for each in wanted for one in (each, *intent.instead.get(each, ())))
    codes = {code for word in meant for code in column.words.by_key.get(word, ())}
    held = np.bincount(column.having(codes), minlength=snapshot.size)
    return Steps(np.minimum(1.0, np.arange(1 + held.max(initial=0)) / len(wanted)), held)


def unseen(snapshot: Snapshot, intent: Intent, rough: Vector) -> Scores | None:
    """What stands for the cosine of products without a photo: the share of the query's words that
    their title, brand or recognised values hold, of the best cosine there is."""
    rows = snapshot.rows_with(UNSEEN)
    asked = tuple(word for word in intent.words if word not in FILLING)
    shares = words(snapshot, replace(intent, words=asked)) if len(rows) else None
    if shares is None:
        return None
    held = shares.by_row()
    for facet, values in intent.wanted.items():
        share = sum(len(tokens(value)) for value in values) / len(set(asked))
        column = snapshot.columns.get(facet)
        if column is not None:
            fits = _having(column, snapshot.size, {phrase(value) for value in values})
            held = np.maximum(held, np.minimum(1.0, held + share * fits))
    scores = np.zeros(snapshot.size)
    best = float(rough[snapshot.alive].max(initial=0.0))
    # Up, so that who holds every word is not behind the best photo by a rounding.
    scores[rows] = np.ceil(held[rows] * best * 10**PLACES) / 10**PLACES
    return scores


def stock(snapshot: Snapshot, intent: Intent) -> Steps | None:  # noqa: ARG001 - one signature
    """Whether it can be had, as far as the attribute `availability` tells."""
    column = snapshot.columns.get("availability")
    if column is None:
        return None
    return Steps(np.array([1.0, 0.0]), _having(column, snapshot.size, GONE).view(np.int8))


_MEASURES: Mapping[Signal, Callable[[Snapshot, Intent], Scores | Steps | None]] = {
    "colour": colour,
    "category": category,
    "shape": shape,
    "words": words,
    "stock": stock,
}


def _aspect(snapshot: Snapshot, intent: Intent) -> Scores | None:
    if not intent.aspect:
        return None
    aspects = snapshot.traits.aspects.astype(np.float64)
    apart = np.abs(np.log2(np.where(aspects > 0, aspects, 1.0) / intent.aspect))
    return np.where(aspects > 0, 1 - np.minimum(apart, 1.0), UNKNOWN)


def _labels(snapshot: Snapshot, wanted: Wanted) -> list[Scores | None]:
    """Agreement in what shapes a garment: by the shop's attributes, else by labels of vision."""
    return [_shape(snapshot, facet, wanted.get(facet, ())) for facet in SHAPES]


def _shape(snapshot: Snapshot, facet: str, values: Sequence[str]) -> Scores | None:
    found = (_agreement(snapshot, f"{kind}{facet}", values) for kind in (ATTRIBUTE, LABEL))
    stated, seen = (None if one is None else one.by_row() for one in found)
    if stated is None or seen is None:
        return seen if stated is None else stated
    return np.where(stated == UNKNOWN, seen, stated)


def _agreement(snapshot: Snapshot, facet: str, values: Sequence[str]) -> Steps | None:
    """1 where a row has one of the values, 0 where it has others, between where it has none."""
    column = snapshot.columns.get(facet)
    if not values or column is None:
        return None
    fits = _fitting(column, {phrase(value) for value in values})
    codes = column.coded(snapshot.size)
    if codes is not None:
        return Steps(np.append(fits.astype(np.float64), UNKNOWN), codes)
    told, having = column.told(snapshot.size), column.marked(fits, snapshot.size)
    return Steps(np.array([0.0, 1.0, UNKNOWN]), np.where(told, having.view(np.int8), np.int8(2)))


def _having(column: Column, size: int, phrases: Set[str]) -> Mask:
    return column.marked(_fitting(column, phrases), size)


def _fitting(column: Column, phrases: Set[str]) -> Mask:
    """Which of a column's values are of one of these phrases."""
    fits = (each in phrases for each in column.words.phrases[: column.known])
    return np.fromiter(fits, dtype=np.bool_, count=column.known)
