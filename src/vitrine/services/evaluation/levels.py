"""What the levels of hits are worth: how many so called are so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.neighbours import GRADES, Near
from vitrine.services.search import levels as leveling
from vitrine.vision.tuning import Level, Levels


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Of the hits called so the share that truly are so or better; the share of hits called so; and
    of those that truly are so or better, the share called so or better."""

    right: Figure | None
    share: Figure | None
    found: Figure | None


def measure(near: Near, levels: Levels) -> dict[Level, LevelFigures]:
    """The figures of every level over all hits."""
    said = np.array(
        [
            [
                _grade(leveling.level(levels, [category], cosine))
                for category, cosine in zip(some, cosines, strict=True)
            ]
            for some, cosines in zip(near.categories.tolist(), near.cosines.tolist(), strict=True)
        ]
    ).reshape(near.grades.shape)
    counts = near.grades >= 0
    return {
        level: LevelFigures(
            right=figure((near.grades >= grade)[counts & (said == grade)]),
            share=figure((said == grade)[counts]),
            found=figure((said >= grade)[counts & (near.grades >= grade)]),
        )
        for level, grade in GRADES.items()
    }


def _grade(level: str) -> int:
    known: Mapping[str, int] = {str(name): grade for name, grade in GRADES.items()}
    return known.get(level, 0)
