"""What a section of the report says: rows of figures, notes, and data for plots; and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.services.evaluation.figures import Figure

Cells = Mapping[str, Figure | None]

SHIPPED, PREVIOUS, IMAGENET, LITE2 = "shipped", "previous", "imagenet", "lite2"
HISTOGRAM = "histogram"
COLUMNS = {
    SHIPPED: "shipped",
    PREVIOUS: "previous",
    IMAGENET: "ImageNet",
    LITE2: "ImageNet Lite2",
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
