"""Judges whether what was detected is worth a vector."""

from __future__ import annotations

from vitrine.vision import geometry
from vitrine.vision.types import Box, Size, Verdict

REJECTED = "rejected"


def judge(box: Box, size: Size, *, min_side: float = 24.0, min_share: float = 0.005) -> Verdict:
    """Rejects a box as too small by its shorter side in pixels or its share of the picture's area.

    The whole picture is never rejected: there is nothing better to look at.
    """
    if box == geometry.whole(size):
        return Verdict()
    share = box.area / (size.width * size.height)
    if min(box.width, box.height) < min_side or share < min_share:
        return Verdict(REJECTED, "too_small")
    return Verdict()
