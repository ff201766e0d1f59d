"""A picture and words made one vector: pure arithmetic.

The numbers were chosen on held-back train products (docs/search.md); `training.report` measures
them on dev.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitrine.vision.types import Vector

PICTURE = 1 / 3
"""What a picture counts beside words of equal weight: pictures lie nearer to each other than to
words, so with equal shares the words would hardly be heard."""

REPLACED = 0.25
"""How much of the words for what the picture is, is taken away where the words ask for another."""

AVOIDED = 0.3
"""How far one moves away from unwanted words."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a query is made of; `replaced` are the words of what the picture is and should not be,
    as red is where the words ask for blue."""

    image: Vector | None = None
    text: Vector | None = None
    unwanted: Vector | None = None
    replaced: tuple[Vector, ...] = ()


def compose(made: Made, weight: float) -> Vector:
    """A unit vector, `weight` parts picture and the rest words, away from what is not wanted.

    A picture or words alone, with nothing to avoid, are themselves.
    """
    alone = _alone(made)
    if alone is not None and made.unwanted is None:
        return alone
    wanted = _wanted(made, weight)
    if made.unwanted is not None:
        wanted = wanted - AVOIDED * made.unwanted
    length = float(np.linalg.norm(wanted))
    if length > 1e-6:
        return (wanted / length).astype(np.float32)
    # What cancels out leaves the picture alone, or the words.
    return _either(made)


def _alone(made: Made) -> Vector | None:
    return None if made.image is not None and made.text is not None else _either(made)


def _either(made: Made) -> Vector:
    either = made.text if made.image is None else made.image
    if either is None:
        raise ValueError("a picture or words are needed")
    return either


def _wanted(made: Made, weight: float) -> Vector:
    """Picture and words, of which the one that counts more has its full length."""
    if made.text is None or made.image is None:
        return _either(made) * (1.0 if made.image is None else PICTURE)
    change = made.text
    if made.replaced:
        change = change - REPLACED * np.mean(made.replaced, axis=0)
    mixed = weight * PICTURE * made.image + (1 - weight) * change
    return np.asarray(mixed / max(weight, 1 - weight), dtype=np.float32)
