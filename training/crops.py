"""How often one word picks the right garment of a street photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.vision import geometry
from vitrine.vision.types import Box, Vector

ENOUGH = 0.5
"""A chosen box is right from this overlap (IoU) with a garment that bears the word."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A garment marked on a photo: its box and the word for it."""

    box: Box
    word: str


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


def fits(box: Box, word: str, marked: Sequence[Marked]) -> bool:
    """Whether the box lies on a garment that bears the word."""
    return any(
        garment.word == word and geometry.iou(box, garment.box) >= ENOUGH for garment in marked
    )


def chance(boxes: Sequence[Box], marked: Sequence[Marked]) -> list[float]:
    """For each of the words asked how often a box taken blindly is right."""
    return [
        float(np.mean([fits(box, word, marked) for box in boxes])) if boxes else 0.0
        for word in asked(marked)
    ]
