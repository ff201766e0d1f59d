"""What lies nearest to a query, and how right each of it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitrine.services.evaluation.figures import Ints, Mask
from vitrine.services.evaluation.gallery import Gallery
from vitrine.services.evaluation.queries import Asked
from vitrine.services.search import signals
from vitrine.services.search.cache.snapshot import Scores
from vitrine.vision.tuning import SIGNALS, Level, Signal, Weights

EXACT, CLOSE, SIMILAR = 3, 2, 1
"""Grades: the same product; the same category and colour; the same category."""

GRADES: Mapping[Level, int] = {"exact": EXACT, "close": CLOSE, "similar": SIMILAR}

SEEN = 300
"""So many of the nearest by cosine are graded and re-ranked."""


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest rows of each query: cosines, grades, categories, and every signal's say, (n, k).

    `ideal` is the best gain that each query could have.
    """

    groups: Sequence[str]
    cosines: Scores
    grades: Ints
    categories: NDArray[np.str_]
    ideal: Scores
    said: Mapping[Signal, Scores] = field(default_factory=dict)

    def where(self, mask: Mask) -> Near:
        """The queries that the mask picks."""
        return Near(
            [group for group, keep in zip(self.groups, mask, strict=True) if keep],
            self.cosines[mask],
            self.grades[mask],
            self.categories[mask],
            self.ideal[mask],
            {name: scores[mask] for name, scores in self.said.items()},
        )

    def first(self, count: int, weights: Weights) -> Near:
        """The first rows of each query, as a search with these weights orders them."""
        order = np.argsort(-self.scores(weights), axis=1, kind="stable")[:, :count]
        return Near(
            self.groups,
            np.take_along_axis(self.cosines, order, axis=1),
            np.take_along_axis(self.grades, order, axis=1),
            np.take_along_axis(self.categories, order, axis=1),
            self.ideal,
            {name: np.take_along_axis(told, order, axis=1) for name, told in self.said.items()},
        )

    def scores(self, weights: Weights) -> Scores:
        """What these weights make of the cosines: the scores that a search orders by."""
        scores = self.cosines.copy()
        for name, weight in weights.items():
            if name in self.said:
                scores = scores + weight * self.said[name]
        return scores

    def gain(self, weights: Weights, k: int = 10) -> Scores:
        """nDCG at k of each query under these weights, grade g gaining 2^g - 1."""
        scores = self.scores(weights)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        found = 2.0 ** np.maximum(np.take_along_axis(self.grades, order, axis=1), 0) - 1
        gained = (found * _discounts(order.shape[1])).sum(axis=1)
        return np.asarray(gained / np.maximum(self.ideal, 1e-9))


def nearest(
    gallery: Gallery, asked: Sequence[Asked], seen: int = SEEN, heard: Sequence[Signal] = SIGNALS
) -> Near:
    """The nearest rows of each query with their grades and what each signal that is heard says."""
    size = len(gallery.photos)
    count = min(seen, size)
    cosines, grades = np.zeros((len(asked), count)), np.zeros((len(asked), count), dtype=np.int64)
    said: dict[Signal, Scores] = {name: np.zeros((len(asked), count)) for name in heard}
    names = np.array([photo.of.facets.get("category", "") for photo in gallery.photos])
    categories = np.empty((len(asked), count), dtype=names.dtype)
    ideal = np.zeros(len(asked))
    every: Weights = dict.fromkeys(heard, 1.0)
    rows_all = np.arange(size)
    for number, one in enumerate(asked):
        scores = gallery.snapshot.rough(one.intent.vector, rows_all)
        grade = _grades(gallery, one)
        scores = np.where(grade < 0, -2.0, scores)
        rows = np.argpartition(-scores, count - 1)[:count]
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        cosines[number], grades[number] = scores[rows], grade[rows]
        categories[number] = names[rows]
        ideal[number] = _ideal(grade)
        for name, told in signals.weighted(gallery.snapshot, one.intent, every).items():
            said[name][number] = told[rows]
    found = {name: scores for name, scores in said.items() if scores.any()}
    return Near([one.group for one in asked], cosines, grades, categories, ideal, found)


def _grades(gallery: Gallery, asked: Asked) -> Ints:
    """The grade of every row, -1 for rows that do not count."""
    values = gallery.values
    similar = values["category"].is_at(asked.category)
    grade = similar.astype(np.int64)
    grade[similar & values["colour"].is_at(asked.colour)] = CLOSE
    grade[values["title"].is_at(asked.title)] = EXACT
    if asked.own >= 0:
        grade[asked.own] = EXACT
    grade[list(asked.also)] = EXACT
    grade[values["group"].is_at(asked.without)] = -1
    if asked.apart >= 0:
        grade[asked.apart] = -1
    return grade


def _ideal(grade: Ints, k: int = 10) -> float:
    """The gain of the best possible order."""
    counts = np.bincount(np.maximum(grade, 0), minlength=EXACT + 1)[::-1]
    best = np.repeat(np.arange(EXACT, -1, -1), np.minimum(counts, k))[:k]
    return float(((2.0**best - 1) * _discounts(len(best))).sum())


def _discounts(k: int) -> Scores:
    return 1 / np.log2(np.arange(2, k + 2))
