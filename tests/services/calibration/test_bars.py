"""Bars are of the scores that order hits, which re-ranking lifts above 1."""

from __future__ import annotations

import numpy as np

from vitrine.services.calibration import bars
from vitrine.services.calibration.bars import Hits

NOBODY = Hits(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))


def graded(seed: int, *places: tuple[int, float]) -> Hits:
    """Hits of 200 queries, each with these grades about these scores."""
    dice = np.random.default_rng(seed)
    grades = np.tile([grade for grade, _ in places], 200)
    scores = np.tile([score for _, score in places], 200) + dice.normal(0, 0.02, len(grades))
    return Hits(scores, grades, np.repeat(np.arange(200), len(places)))


def test_bars_lie_between_the_scores_of_levels_also_above_1() -> None:
    found = bars.fit(graded(1, (2, 1.4), (1, 1.1), (0, 0.8)), NOBODY, None)
    assert found is not None
    close, similar = found.others.close, found.others.similar
    assert close is not None
    assert similar is not None
    assert 1.1 < close < 1.4
    assert 0.8 < similar < 1.1


def test_the_very_product_is_told_from_others_above_1_too() -> None:
    without, own = graded(2, (2, 1.1), (0, 0.8)), graded(3, (3, 1.4), (2, 1.1))
    found = bars.fit(without, own, None)
    assert found is not None
    assert found.others.exact is not None
    assert 1.1 < found.others.exact < 1.4


def test_what_the_wrong_hits_reach_is_never_called_exact() -> None:
    found = bars.fit(graded(4, (2, 1.5)), graded(5, (3, 1.2), (2, 1.1)), None)
    assert found is not None
    assert found.others.exact is None
