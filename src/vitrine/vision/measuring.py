"""What only the pixels of a crop can tell: measured once, kept, so that later nobody needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.vision import colours, geometry
from vitrine.vision.types import GIVEN, WHOLE, Box, Detection, Measures, Size, Vector

Contrast = tuple[Vector, Vector]
"""Vectors of GARMENTS and of OTHERS."""

SIDE = 128
"""Pixels of the longer side on which sharpness is measured: the same for every crop."""


def measure(picture: Image.Image, box: Box) -> Measures:
    """Sharpness, colour spread and main colours of the box on an upright RGB picture."""
    crop = _fitted(picture, box)
    grey = np.asarray(crop.convert("L"), dtype=np.float32)
    channels = np.asarray(crop, dtype=np.float32).reshape(-1, 3)
    return Measures(
        sharpness=round(float(_laplacian(grey).var()), 3),
        colour_spread=round(float(channels.std(axis=0).mean()), 3),
        colours=colours.palette(picture, box),
    )


def pixels(picture: Image.Image, seen: Detection) -> Measures:
    """What the pixels of a detection tell; of one that is not judged its colours."""
    if seen.kind in (GIVEN, WHOLE):
        return Measures(colours=colours.palette(picture, seen.box))
    return measure(picture, seen.box)


def stored(told: Mapping[str, Any]) -> Measures:
    """The measures as JSON gave them back, also what an earlier version wrote."""
    return Measures(**{**told, "colours": colours.as_palette(told.get("colours", ()))})


def _fitted(picture: Image.Image, box: Box) -> Image.Image:
    area = geometry.clip(box, Size(*picture.size))
    left, top = min(int(area.x1), picture.width - 1), min(int(area.y1), picture.height - 1)
    right, bottom = max(left + 1, round(area.x2)), max(top + 1, round(area.y2))
    scale = SIDE / max(right - left, bottom - top)
    # At least three pixels each way: a Laplacian needs neighbours.
    size = (max(3, round((right - left) * scale)), max(3, round((bottom - top) * scale)))
    place = (left, top, right, bottom)
    return picture.resize(size, Image.Resampling.BILINEAR, box=place, reducing_gap=2.0)


def _laplacian(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum of the four neighbours less four times the pixel, without the rim."""
    middle = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return np.asarray(around - 4 * middle, dtype=np.float32)


GARMENTS = (
    *("clothing", "a shirt", "trousers", "a dress", "a coat", "shoes", "a bag", "a hat"),
    *("sunglasses", "a belt", "jewellery", "a scarf"),
)
OTHERS = (
    *("a wall", "a face", "a street", "a tree", "furniture", "a car", "food", "an animal"),
    *("the sky", "text", "background"),
)


def garment(crop: Vector, words: Contrast) -> float:
    """By how much the crop's vector is nearer to a garment's word than to any other thing's."""
    near, far = words
    return round(float((near @ crop).max() - (far @ crop).max()), 4)
