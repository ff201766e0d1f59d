"""What the levels of hits are worth: how many so called are so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.neighbours import GRADES, Near
from vitrine.services.search import levels as leveling
from vitrine.vision.tuning import Level, Levels, Weights


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Of the hits called so the share that truly are so or better; the share of hits called so; and
    of those that truly are so or better, the share called so or better."""

    right: Figure | None
    share: Figure | None
    found: Figure | None


def measure(near: Near, levels: Levels, weights: Weights) -> dict[Level, LevelFigures]:
    """The figures of every level over all hits, as these weights score them."""
    scores = near.scores(weights)
    said = np.zeros(scores.shape, dtype=np.int64)
    for level, grade in sorted(GRADES.items(), key=lambda pair: pair[1]):
        said[scores >= leveling.bar(levels.others, level)] = grade
    counts = near.grades >= 0
    return {
        level: LevelFigures(
            right=figure((near.grades >= grade)[counts & (said == grade)]),
            share=figure((said == grade)[counts]),
            found=figure((said >= grade)[counts & (near.grades >= grade)]),
        )
        for level, grade in GRADES.items()
    }
