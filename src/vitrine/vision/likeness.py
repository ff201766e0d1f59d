"""Perceptual hashes: pictures that look the same have hashes that differ in few bits.

The hash is the usual one of 64 bits: the picture in 32 x 32 greys, its discrete cosine transform,
and of the 8 x 8 lowest frequencies which are above their median (Zauner, 2010).
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from vitrine.vision.images import Picture

BITS = 64
_SIDE, _LOW = 32, 8


def perceptual_hash(picture: Picture) -> str:
    """16 hexadecimal digits; it survives other sizes, formats, qualities and slight retouching."""
    grey = picture.pixels.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    low = _COSINES @ np.asarray(grey, dtype=np.float64) @ _COSINES.T
    # Of a flat picture all but the first are noise of rounding, which must not tell.
    low = np.round(low, 6)
    # The first is the mean brightness, far above all others, so the median leaves it out.
    above = low.ravel() > np.median(low.ravel()[1:])
    return np.packbits(above).tobytes().hex()


def distances(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """In how many bits `one` differs from each of `others`; uint64, any broadcastable shapes."""
    return np.asarray(np.bitwise_count(one ^ others))


def as_numbers(hashes: list[str]) -> np.ndarray:
    """The hashes as uint64, shape (n,)."""
    return np.array([int(each, 16) for each in hashes], dtype=np.uint64)


def _cosines() -> np.ndarray:
    places = np.arange(_SIDE)
    return np.cos(np.pi / _SIDE * np.outer(np.arange(_LOW), places + 0.5))


_COSINES = _cosines()
