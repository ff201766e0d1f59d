"""Which crop stands for a product and why: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vitrine.vision.types import Box, Size

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"text": 1.0, "kind": 0.1, "size": 0.1, "centre": 0.0, "detector": 0.0, "first": 0.3}
)
"""What each part of a crop's score counts: `training.report` measures these rules on street photos.

`first`, the wish for a product's first image, could not be measured and is a convention of shops.
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A kept crop that could stand for its product; `text` is its cosine to the product's words."""

    crop_id: str
    box: Box
    size: Size
    kind: str
    score: float
    image_position: int = 0
    text: float | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """How well a crop stands for its product: the weighted sum of its parts."""

    crop_id: str
    score: float
    parts: Mapping[str, float]


def score(candidate: Candidate, stated: str | None) -> Scored:
    """The candidate's score and its parts; `stated` is the kind the product's words ask for."""
    parts = {
        "text": candidate.text or 0.0,
        "kind": float(candidate.kind == stated),
        "size": _share(candidate) ** 0.5,
        "centre": _centrality(candidate),
        "detector": candidate.score,
        "first": 1 / (1 + candidate.image_position),
    }
    rounded = {name: round(float(part), 4) for name, part in parts.items()}
    total = sum(WEIGHTS[name] * part for name, part in parts.items())
    return Scored(candidate.crop_id, round(float(total), 6), rounded)


def choose_primary(scored: Iterable[Scored]) -> str | None:
    """The crop with the best score; ties go to the surer detection, then to age."""
    best = min(
        scored,
        key=lambda one: (-one.score, -one.parts["detector"], one.crop_id),
        default=None,
    )
    return best.crop_id if best else None


def _share(candidate: Candidate) -> float:
    return candidate.box.area / (candidate.size.width * candidate.size.height)


def _centrality(candidate: Candidate) -> float:
    """1 in the picture's middle, 0 in its corners."""
    box, size = candidate.box, candidate.size
    dx = (box.x1 + box.x2) / size.width - 1
    dy = (box.y1 + box.y2) / size.height - 1
    return 1 - float(np.hypot(dx, dy) / np.sqrt(2))
