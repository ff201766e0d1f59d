"""Linear discriminants in closed form: what tells classes apart, against what varies inside them.

Trained heads take many steps; these take one eigendecomposition, which two cores do in seconds, and
bear photos of other shops better (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SPARE = 32
"""So many more directions are tried than are asked for, to find the principal ones."""
SEEN = 6000


@dataclass(frozen=True, slots=True)
class Linear:
    """Features (n, d) to (n, k): what is subtracted, then a matrix."""

    mean: Floats
    matrix: Floats

    def of(self, features: NDArray[np.floating]) -> Floats:
        """The rows (n, k)."""
        return np.asarray((features - self.mean) @ self.matrix)


def scales(features: NDArray[np.floating], shares: Sequence[tuple[slice, float]]) -> Floats:
    """By what columns are multiplied (d,) so that each slice has its share of the variance.

    In slices up to 600 wide every column counts the same; wider ones, a net's last features, keep
    the proportions that they have.
    """
    spread = np.maximum(features.std(axis=0), 1e-3).astype(np.float64)
    scale = np.zeros_like(spread)
    for where, share in shares:
        width = where.stop - where.start
        even = spread[where] * width**0.5
        scale[where] = share**0.5 / (even if width <= 600 else np.linalg.norm(spread[where]))
    return scale


def principal(rows: Floats, count: int, seed: int = 0) -> Floats:
    """The first principal axes (d, count) of centred rows, found by random projections."""
    dice = np.random.default_rng(seed)
    some = rows[dice.permutation(len(rows))[:SEEN]]
    width = min(count + SPARE, some.shape[1])
    tried = np.linalg.qr(some.T @ dice.normal(size=(len(some), width)))[0]
    tried = np.linalg.qr(some.T @ (some @ tried))[0]
    seen = some @ tried
    axes: Floats = tried @ np.linalg.eigh(seen.T @ seen)[1][:, ::-1][:, :count]
    return axes


def inside(rows: Floats, labels: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """How rows vary inside classes (d, d), of trace 1; the classes' means and sizes.

    Rows without a label and classes of one do not count; a class weighs the root of its size.
    """
    known = np.flatnonzero(np.asarray(labels) != "")
    _, places, sizes = np.unique(np.asarray(labels)[known], return_inverse=True, return_counts=True)
    means = np.zeros((len(sizes), rows.shape[1]))
    np.add.at(means, places, rows[known])
    means /= sizes[:, None]
    several = sizes[places] > 1
    apart = (rows[known] - means[places])[several]
    weights = sizes[places[several]] ** -0.5
    return (
        of_trace_1((apart * weights[:, None]).T @ apart),
        means[sizes > 1],
        sizes[sizes > 1].astype(np.float64),
    )


def of_trace_1(scatter: Floats) -> Floats:
    """The scatter, so that several can be weighed against one another."""
    return np.asarray(scatter / np.trace(scatter))


def discriminant(scatter: Floats, means: Floats, sizes: Floats, count: int, least: float) -> Floats:
    """Axes (d, count) in which the scatter is round, the classes' means lying far apart first.

    An axis on which they hardly differ still counts `least`: it may tell products apart.
    """
    spreads, turned = np.linalg.eigh(scatter)
    white = turned * np.maximum(spreads, 1e-12) ** -0.5
    weights = sizes**0.5 / (sizes**0.5).sum()
    middles = means @ white
    middles -= weights @ middles
    between, axes = np.linalg.eigh((middles * weights[:, None]).T @ middles)
    between, axes = np.maximum(between[::-1][:count], 0), axes[:, ::-1][:, :count]
    told = (between / (between + np.median(between[: len(means) - 1]))) ** 0.5
    return np.asarray(white @ axes * np.maximum(told, least))
