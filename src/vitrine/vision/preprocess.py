"""The one way from a picture and a box to an encoder's input."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.core.errors import Invalid
from vitrine.vision import geometry, planes
from vitrine.vision.card import ImageTower, Interpolation, Padding
from vitrine.vision.types import Box, Size

PREPROCESS_VERSION = "p1"
"""Changes with any change to the pixels this module makes; part of every vector's version."""
EXACT_VERSION = "p2"
"""The same for the paddings below."""
EXACT: tuple[Padding, ...] = ("squash", "crop")
"""What libraries of models do themselves; here to the pixel as there."""

Area = tuple[int, int, int, int]
"""Left, top, right and bottom in whole pixels."""

_NAMED = re.compile(r"p\d+-m(\d{3,4})-([a-z]+)-\d+(?:-[a-z]+)?")
_LONGEST = 16
"""How many times as long as wide a crop may be to be resized whole before its middle is cut."""
_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one encoder wants its pixels; `size` in pixels, `mean` and `std` of channels 0..1."""

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    margin: float = 0.15
    padding: Padding = "reflect"
    interpolation: Interpolation = "bicubic"

    @property
    def version(self) -> str:
        """The name of these pixels: equal names mean equal pixels for equal photos."""
        made = EXACT_VERSION if self.padding in EXACT else PREPROCESS_VERSION
        name = f"{made}-m{round(self.margin * 1000):03d}-{self.padding}-{self.size}"
        return name if self.interpolation == "bicubic" else f"{name}-{self.interpolation}"


def recipe_of(tower: ImageTower, margin: float, padding: Padding | None = None) -> Recipe:
    """How this tower wants its pixels; its own padding unless another is given."""
    return Recipe(
        size=tower.size,
        mean=tower.mean,
        std=tower.std,
        margin=margin,
        padding=padding or tower.padding,
        interpolation=tower.interpolation,
    )


def recipe_named(tower: ImageTower, version: str) -> Recipe:
    """The recipe of this tower with that version; raises Invalid where none of ours is so named."""
    named = _NAMED.fullmatch(version)
    if named is not None:
        recipe = recipe_of(tower, int(named[1]) / 1000, cast(Padding, named[2]))
        if recipe.version == version:
            return recipe
    raise Invalid(
        "preprocess_unknown",
        f"This version of Vitrine cannot prepare pixels as {version} for this model.",
    )


def prepare(picture: Image.Image, box: Box, recipe: Recipe) -> NDArray[np.float32]:
    """Expand, crop, make square, resize, normalise: shape (3, size, size)."""
    square = _square(picture, _area(picture, box, recipe), recipe)
    pixels = planes.of(square)
    pixels -= np.asarray(recipe.mean, dtype=np.float32)[:, None, None]
    pixels /= np.asarray(recipe.std, dtype=np.float32)[:, None, None]
    return pixels


def _area(picture: Image.Image, box: Box, recipe: Recipe) -> Area:
    # Rounded as in the version, so that equal names do mean equal pixels.
    margin = round(recipe.margin, 3)
    area = geometry.clip(geometry.expand(box, margin), Size(*picture.size))
    left, top = int(area.x1), int(area.y1)
    return left, top, max(left + 1, round(area.x2)), max(top + 1, round(area.y2))


def _square(picture: Image.Image, area: Area, recipe: Recipe) -> Image.Image:
    whole = (recipe.size, recipe.size)
    filter_ = _FILTERS[recipe.interpolation]
    if recipe.padding == "squash":
        return picture.crop(area).resize(whole, filter_)
    if recipe.padding == "crop":
        part = _without_ends(picture.crop(area))
        return _middle(part.resize(_around(part.size, recipe.size), filter_), recipe.size)
    return _pad(_reduced(picture, area, recipe.size), recipe.padding).resize(whole, filter_)


def _without_ends(crop: Image.Image) -> Image.Image:
    """The middle of a crop so long that to resize all of it would take far too much memory."""
    longest = _LONGEST * min(crop.size)
    if max(crop.size) <= longest:
        return crop
    left, top = (max(0, side - longest) // 2 for side in crop.size)
    return crop.crop((left, top, crop.width - left, crop.height - top))


def _around(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Width and height of the same shape whose shorter one is `side`, rounded as libraries do."""
    width, height = size
    if width <= height:
        return side, int(side * height / width)
    return int(side * width / height), side


def _middle(picture: Image.Image, side: int) -> Image.Image:
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side))


def _reduced(picture: Image.Image, area: Area, side: int) -> Image.Image:
    # Three times the target is more detail than the final resize can use; padding less is faster,
    # and a large crop is never copied whole.
    left, top, right, bottom = area
    factor = max(right - left, bottom - top) // (3 * side)
    return picture.reduce(factor, area) if factor > 1 else picture.crop(area)


def _pad(crop: Image.Image, padding: Padding) -> Image.Image:
    side = max(crop.size)
    left, top = (side - crop.width) // 2, (side - crop.height) // 2
    if padding in ("mean", "white"):
        mean = tuple(int(value) for value in np.asarray(crop).reshape(-1, 3).mean(axis=0))
        colour = mean if padding == "mean" else (255, 255, 255)
        square = Image.new("RGB", (side, side), colour)
        square.paste(crop, (left, top))
        return square
    return _mirrored(crop, side, left, top)


def _mirrored(crop: Image.Image, side: int, left: int, top: int) -> Image.Image:
    """A square with the crop in its middle, and beside it mirror images of it as far as it goes.

    They repeat the edge pixel, so that it also works on crops one pixel wide.
    """
    square = Image.new("RGB", (side, side))
    across = crop.width < crop.height
    step = crop.width if across else crop.height
    flip = Image.Transpose.FLIP_LEFT_RIGHT if across else Image.Transpose.FLIP_TOP_BOTTOM
    mirror = crop.transpose(flip)
    reach = -(-(side - step) // (2 * step)) + 1
    for place in range(-reach, reach + 1):
        tile = mirror if place % 2 else crop
        square.paste(tile, (left + place * step, 0) if across else (0, top + place * step))
    return square
