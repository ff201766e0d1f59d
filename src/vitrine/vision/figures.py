"""Figures with their intervals, and the arithmetic they are made by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.vision.types import Vector

CELLS = 4_000_000
RESAMPLES = 1000

Ints = NDArray[np.int64]
Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` searches, 0 to 1, and its bootstrap 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors (n, d), and for each row the number of its product and of its label."""

    vectors: Vector
    owners: Ints
    labels: Ints

    def where(self, mask: Mask) -> Rows:
        """The rows the mask picks."""
        return Rows(self.vectors[mask], self.owners[mask], self.labels[mask])


def figure(values: NDArray[Any], seed: int = 0) -> Figure | None:
    """The mean with its 95 % interval over 1,000 seeded resamples; None for no values."""
    numbers = values.astype(np.float64)
    return resampled(lambda rows: float(numbers[rows].mean()), len(numbers), seed=seed)


def resampled(
    statistic: Callable[[Ints], float], n: int, times: int = RESAMPLES, seed: int = 0
) -> Figure | None:
    """A statistic of row numbers over all n rows, and its 95 % interval over seeded resamples."""
    if not n:
        return None
    dice = np.random.default_rng(seed)
    values = [statistic(dice.integers(0, n, n)) for _ in range(times)]
    low, high = np.nanquantile(values, (0.025, 0.975))
    whole, low, high = (round(float(each), 4) for each in (statistic(np.arange(n)), low, high))
    return Figure(whole, low, high, n)


def macro_f1(truth: Ints, said: Ints, scored: Ints) -> float:
    """The mean F1 over the scored values, those left out that are neither true nor said."""
    width = int(max(truth.max(), said.max(), scored.max())) + 1
    right = np.bincount(truth[truth == said], minlength=width)
    total = np.bincount(truth, minlength=width) + np.bincount(said, minlength=width)
    present = scored[total[scored] > 0]
    return float((2 * right[present] / total[present]).mean()) if len(present) else float("nan")


def first_ranks(queries: Rows, gallery: Rows) -> Values:
    """For each query the rank, from 1, of the first product with the query's label; inf if none.

    A product counts once, by its best picture; ties go against us.
    """
    order = np.argsort(gallery.owners, kind="stable")
    owners, starts = np.unique(gallery.owners[order], return_index=True)
    if not len(owners):
        return np.full(len(queries.vectors), np.inf)
    rows, labels = gallery.vectors[order], gallery.labels[order][starts]
    ranks = []
    for block in _blocks(len(queries.vectors), len(rows)):
        best = np.maximum.reduceat(queries.vectors[block] @ rows.T, starts, axis=1)
        right = labels[None, :] == queries.labels[block, None]
        top = np.where(right, best, -np.inf).max(axis=1, keepdims=True)
        ahead = ((best >= top) & ~right).sum(axis=1)
        ranks.append(np.where(right.any(axis=1), 1.0 + ahead, np.inf))
    return np.concatenate(ranks) if ranks else np.empty(0)


def precisions(queries: Rows, gallery: Rows, k: int = 10) -> Values:
    """For each query the share of its k nearest pictures of other products that share its label."""
    found = []
    k = min(k, len(gallery.vectors))
    for block in _blocks(len(queries.vectors), len(gallery.vectors)) if k else ():
        scores = queries.vectors[block] @ gallery.vectors.T
        scores[queries.owners[block, None] == gallery.owners[None, :]] = -np.inf
        near = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        other = np.isfinite(np.take_along_axis(scores, near, axis=1))
        right = (gallery.labels[near] == queries.labels[block, None]) & other
        found.append(right.sum(axis=1) / np.maximum(1, other.sum(axis=1)))
    return np.concatenate(found) if found else np.empty(0)


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, CELLS // max(1, columns))
    return (slice(start, start + step) for start in range(0, rows, step))
