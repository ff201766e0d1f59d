"""Which crop stands for a product, and how pictures and words mix: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vitrine.vision.types import Vector


@dataclass(frozen=True, slots=True)
class Candidate:
    """A kept crop that could stand for its product."""

    crop_id: str
    image_position: int
    area: float
    score: float


def choose_primary(candidates: Iterable[Candidate]) -> str | None:
    """The largest crop of the first image that has one; ties go to the better score, then age."""
    best = min(
        candidates,
        key=lambda crop: (crop.image_position, -crop.area, -crop.score, crop.crop_id),
        default=None,
    )
    return best.crop_id if best else None


def blend(image: Vector | None, text: Vector | None, weight: float) -> Vector:
    """A unit vector, `weight` parts picture and the rest words; either may be missing."""
    if image is None or text is None:
        alone = text if image is None else image
        if alone is None:
            raise ValueError("a picture or words are needed")
        return alone
    mixed = weight * image + (1 - weight) * text
    length = float(np.linalg.norm(mixed))
    # Opposite vectors of equal weight cancel out; then the picture speaks alone.
    return image if length < 1e-6 else (mixed / length).astype(np.float32)
