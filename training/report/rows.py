"""What a section of the report says: rows of figures, notes, and data for plots; and intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.services.evaluation import RESAMPLES, Figure

Ints = NDArray[np.int64]
Cells = Mapping[str, Figure | None]

SHIPPED, PREVIOUS, IMAGENET, HISTOGRAM = "shipped", "previous", "imagenet", "histogram"
COLUMNS = {
    SHIPPED: "shipped",
    PREVIOUS: "previous",
    IMAGENET: "ImageNet",
    HISTOGRAM: "colours",
}
"""The columns of most tables, as the report heads them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure by column; a column without one is left out or None."""

    key: str
    name: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report: what stands above it, its rows, and what plots need beside them."""

    title: str
    text: str
    rows: Sequence[Row] = ()
    columns: Mapping[str, str] = field(default_factory=lambda: dict(COLUMNS))
    digits: int = 3
    extras: Mapping[str, Any] = field(default_factory=dict)


def resampled(
    statistic: Callable[[Ints], float], n: int, times: int = RESAMPLES, seed: int = 0
) -> Figure | None:
    """A statistic of row numbers over all n rows, and its 95 % interval over seeded resamples."""
    if not n:
        return None
    dice = np.random.default_rng(seed)
    values = [statistic(dice.integers(0, n, n)) for _ in range(times)]
    low, high = np.nanquantile(values, (0.025, 0.975))
    whole = statistic(np.arange(n))
    return Figure(*(round(float(value), 4) for value in (whole, low, high)), n)


def macro_f1(truth: Ints, said: Ints, scored: Ints) -> float:
    """The mean F1 over the scored values, those left out that are neither true nor said."""
    width = int(max(truth.max(), said.max(), scored.max())) + 1
    right = np.bincount(truth[truth == said], minlength=width)
    total = np.bincount(truth, minlength=width) + np.bincount(said, minlength=width)
    present = scored[total[scored] > 0]
    return float((2 * right[present] / total[present]).mean()) if len(present) else float("nan")


def curve(
    cosines: NDArray[np.float64], right: NDArray[np.bool_], fewest: int = 20
) -> list[dict[str, float]]:
    """The share of right ones by cosine, in steps of 0.05 that hold `fewest` or more."""
    steps = np.floor(np.asarray(cosines, dtype=np.float64) / 0.05 + 1e-9).astype(np.int64)
    points = []
    for step in np.unique(steps):
        here = right[steps == step]
        if len(here) >= fewest:
            share = round(float(here.mean()), 4)
            points.append({"cosine": round(step * 0.05, 2), "share": share, "n": len(here)})
    return points
