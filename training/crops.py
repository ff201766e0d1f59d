"""How often one word picks the right garment of a street photo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from training.data import Shot
from vitrine.services.evaluation.manifest import Marked
from vitrine.services.evaluation.primary import fits
from vitrine.vision.types import Box, Vector


def by_photo(shots: Iterable[Shot]) -> list[list[Shot]]:
    """The garments of each photo together."""
    photos: dict[str, list[Shot]] = defaultdict(list)
    for shot in shots:
        photos[shot.group].append(shot)
    return list(photos.values())


def garment(shot: Shot) -> Marked:
    """The garment that a shot shows, marked on its photo."""
    if shot.box is None:
        raise ValueError(f"{shot.key} has no box.")
    return Marked(shot.box, shot.facets["category"].lower())


def asked(marked: Sequence[Marked]) -> list[str]:
    """The words worth asking about one photo: none where it shows only one sort of garment."""
    words = sorted({garment.word for garment in marked})
    return words if len(words) > 1 else []


def answers(
    words: Vector, boxes: Sequence[Box], vectors: Vector, marked: Sequence[Marked]
) -> list[bool]:
    """For each of the words asked whether the box nearest to it lies on a garment that bears it.

    `words` are the vectors of `asked(marked)`; `boxes` and their `vectors` are what to choose from.
    """
    if not boxes:
        return [False] * len(words)
    nearest = (words @ vectors.T).argmax(axis=1)
    return [
        fits(boxes[place], word, marked) for place, word in zip(nearest, asked(marked), strict=True)
    ]


def chance(boxes: Sequence[Box], marked: Sequence[Marked]) -> list[float]:
    """For each of the words asked how often a box taken blindly is right."""
    return [
        float(np.mean([fits(box, word, marked) for box in boxes])) if boxes else 0.0
        for word in asked(marked)
    ]
