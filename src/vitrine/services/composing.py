"""A picture and words made one vector: pure arithmetic, measured in `training.report`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitrine.vision.types import Vector

SWAPPED = 0.5
"""How much of the words a picture's own attribute has is taken away where words ask for another,
for 1 of the words that are put in its place."""

AVOIDED = 0.5
"""How far one moves away from unwanted words, for 1 of the picture and wanted words."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a query is made of; `replaced` are the words of what the picture is and should not be,
    as red is where the words ask for blue."""

    image: Vector | None = None
    text: Vector | None = None
    unwanted: Vector | None = None
    replaced: tuple[Vector, ...] = ()


def compose(made: Made, weight: float) -> Vector:
    """A unit vector, `weight` parts picture and the rest words, away from what is not wanted."""
    wanted = _wanted(made, weight)
    if made.unwanted is None:
        return wanted
    return _unit(wanted - AVOIDED * made.unwanted, wanted)


def _wanted(made: Made, weight: float) -> Vector:
    if made.image is None or made.text is None:
        alone = made.text if made.image is None else made.image
        if alone is None:
            raise ValueError("a picture or words are needed")
        return alone
    change = made.text
    if made.replaced:
        change = change - SWAPPED * np.mean(made.replaced, axis=0)
    return _unit(weight * made.image + (1 - weight) * change, made.image)


def _unit(vector: Vector, otherwise: Vector) -> Vector:
    """The vector at length 1; what cancelled out leaves the other alone."""
    length = float(np.linalg.norm(vector))
    return otherwise if length < 1e-6 else (vector / length).astype(np.float32)
