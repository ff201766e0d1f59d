"""From which score on a hit is more likely than not of a level: isotonic regression on hits."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from vitrine.services.calibration.bars import isotonic
from vitrine.services.evaluation.figures import Mask, Values
from vitrine.services.evaluation.neighbours import GRADES, Near
from vitrine.vision.tuning import LEVELS, Bars, Kind, Level, Levels, Weights

SEEN = 50
"""The hits of each query that are looked at: what a search would show."""

SURE = 0.5
"""How likely a hit must be of a level or better to be called so."""


def levels(by_kind: Mapping[Kind, Near], weights: Mapping[Kind, Weights]) -> dict[Kind, Levels]:
    """The bars of each kind of query from what its queries found, as these weights score it."""
    return {
        kind: Levels(others=_bars(near.first(SEEN, weights.get(kind, {})), weights.get(kind, {})))
        for kind, near in by_kind.items()
        if len(near.groups)
    }


def bar(cosines: Values, right: Mask) -> float | None:
    """The least score from which on a hit is right with SURE or more; None if it never is."""
    at, chances = isotonic(cosines, right)
    sure = np.flatnonzero(chances >= SURE)
    return round(float(at[sure[0]]), 4) if len(sure) else None


def _bars(near: Near, weights: Weights) -> Bars:
    scores, grades = near.scores(weights).ravel(), near.grades.ravel()
    return _ordered({level: bar(scores, grades >= GRADES[level]) for level in LEVELS})


def _ordered(bars: Mapping[Level, float | None]) -> Bars:
    """What is exact is close as well: no bar lies below that of a lesser level."""
    least, found = -1.0, {}
    for level in reversed(LEVELS):
        given = bars[level]
        least = math.inf if given is None else max(least, given)
        found[level] = None if math.isinf(least) else least
    return Bars(**found)
