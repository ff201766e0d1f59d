"""The one way from a picture and a box to an encoder's input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.vision import geometry
from vitrine.vision.types import Box, Size

PREPROCESS_VERSION = "p1"
"""Changes with any change to the pixels this module makes; part of every vector's version."""

Padding = Literal["reflect", "mean", "white", "squash"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one encoder wants its pixels; `size` in pixels, `mean` and `std` of channels 0..1."""

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    margin: float = 0.15
    padding: Padding = "reflect"

    @property
    def version(self) -> str:
        """The name of these pixels: equal names mean equal pixels for equal photos."""
        return f"{PREPROCESS_VERSION}-m{round(self.margin * 1000):03d}-{self.padding}-{self.size}"


def prepare(picture: Image.Image, box: Box, recipe: Recipe) -> NDArray[np.float32]:
    """Expand, crop, pad to square, resize, normalise: shape (3, size, size)."""
    square = _pad(_crop(picture, box, recipe), recipe.padding)
    resized = square.resize((recipe.size, recipe.size), Image.Resampling.BICUBIC)
    pixels = np.asarray(resized, dtype=np.float32) / 255.0
    mean = np.asarray(recipe.mean, dtype=np.float32)
    std = np.asarray(recipe.std, dtype=np.float32)
    return np.ascontiguousarray(((pixels - mean) / std).transpose(2, 0, 1))


def _crop(picture: Image.Image, box: Box, recipe: Recipe) -> Image.Image:
    # Rounded as in the version, so that equal names do mean equal pixels.
    margin = round(recipe.margin, 3)
    area = geometry.clip(geometry.expand(box, margin), Size(*picture.size))
    left, top = int(area.x1), int(area.y1)
    right, bottom = max(left + 1, round(area.x2)), max(top + 1, round(area.y2))
    crop = picture.crop((left, top, right, bottom))
    # Three times the target is more detail than the final resize can use; padding less is faster.
    factor = max(crop.size) // (3 * recipe.size)
    return crop.reduce(factor) if factor > 1 else crop


def _pad(crop: Image.Image, padding: Padding) -> Image.Image:
    if padding == "squash":  # the resize that follows makes it square
        return crop
    side = max(crop.size)
    left, top = (side - crop.width) // 2, (side - crop.height) // 2
    if padding in ("mean", "white"):
        mean = tuple(int(value) for value in np.asarray(crop).reshape(-1, 3).mean(axis=0))
        colour = mean if padding == "mean" else (255, 255, 255)
        square = Image.new("RGB", (side, side), colour)
        square.paste(crop, (left, top))
        return square
    edges = ((top, side - crop.height - top), (left, side - crop.width - left), (0, 0))
    # "symmetric" repeats the edge pixel, so that it also works on crops one pixel wide.
    return Image.fromarray(np.pad(np.asarray(crop), edges, mode="symmetric"))
