"""Pictures that look the same have hashes that differ in few bits, and the same colours.

The hash is the usual one of 64 bits: the picture in 32 x 32 greys, its discrete cosine transform,
and of the 8 x 8 lowest frequencies which are above their median (Zauner, 2010). It knows no
colours, so that one cut in two of them has one hash: these are compared place by place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from vitrine.vision import colours
from vitrine.vision.images import Picture

BITS = 64
_SIDE, _LOW = 32, 8

GRID = 12
"""Colours along a side: as many as tell the rims of sunglasses, few enough for slight crops."""

APART = 7.0
"""So far (CIEDE2000) a place of a copy may be from that of its original: docs/retention.md."""


class Likeness(NamedTuple):
    """What a photo's likes are told by; nothing of one that was not looked at."""

    perceptual_hash: str | None = None
    colour_grid: bytes | None = None


UNSEEN = Likeness()


def likeness_of(picture: Picture) -> Likeness:
    """What the picture's likes are told by."""
    return Likeness(perceptual_hash(picture), colour_grid(picture))


def perceptual_hash(picture: Picture) -> str:
    """16 hexadecimal digits; it survives other sizes, formats, qualities and slight retouching."""
    grey = picture.pixels.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    low = _COSINES @ np.asarray(grey, dtype=np.float64) @ _COSINES.T
    # Of a flat picture all but the first are noise of rounding, which must not tell.
    low = np.round(low, 6)
    # The first is the mean brightness, far above all others, so the median leaves it out.
    above = low.ravel() > np.median(low.ravel()[1:])
    return np.packbits(above).tobytes().hex()


def colour_grid(picture: Picture) -> bytes:
    """The colours of the picture at 12 x 12 places, row by row: red, green and blue of each."""
    small = picture.pixels.resize((GRID, GRID), Image.Resampling.BILINEAR)
    return small.tobytes()


def same_colours(ones: list[bytes], others: list[bytes]) -> np.ndarray:
    """Of each pair of grids whether they agree in every place; bool, shape (n,)."""
    apart = colours.ciede2000(_as_lab(ones), _as_lab(others))
    return np.asarray(apart.max(axis=1) <= APART)


def distances(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """In how many bits `one` differs from each of `others`; uint64, any broadcastable shapes."""
    return np.asarray(np.bitwise_count(one ^ others))


def as_numbers(hashes: list[str]) -> np.ndarray:
    """The hashes as uint64, shape (n,)."""
    return np.array([int(each, 16) for each in hashes], dtype=np.uint64)


def _as_lab(grids: list[bytes]) -> np.ndarray:
    levels = np.frombuffer(b"".join(grids), dtype=np.uint8).reshape(len(grids), GRID * GRID, 3)
    return colours.to_lab(levels / 255)


def _cosines() -> np.ndarray:
    places = np.arange(_SIDE)
    return np.cos(np.pi / _SIDE * np.outer(np.arange(_LOW), places + 0.5))


_COSINES = _cosines()
