"""Cloth as repeating tiles: a tile of colour and, laid over it, a tile of weave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.sample.palette import Colour
from vitrine.sample.prints import PRINTS
from vitrine.sample.weaves import WEAVES

FloatArray = NDArray[np.float32]

# Tiles are kept a little finer than the picture, so that sampling stays sharp.
_OVERSAMPLE = 1.3


@dataclass(frozen=True)
class Cloth:
    """A fabric: which print in which colours, woven how, and how glossy."""

    colour: Colour
    accent: Colour = (1.0, 1.0, 1.0)
    print: str = "plain"
    weave: str = "smooth"
    gloss: float = 0.12


def cloth_colour(cloth: Cloth, u: FloatArray, v: FloatArray, density: float) -> FloatArray:
    """The cloth's colour at garment coordinates, for a picture of so many pixels per cm."""
    if cloth.print == "plain":
        colour = np.broadcast_to(np.array(cloth.colour, np.float32), (*u.shape, 3))
    else:
        tile, repeat = _print_tile(cloth.print, cloth.colour, cloth.accent, round(density, 1))
        colour = _sampled(tile, u / repeat, v / repeat)
    if cloth.weave == "smooth":
        return np.array(colour, dtype=np.float32)
    relief, repeat = _weave_tile(cloth.weave, round(density, 1))
    return np.asarray(colour * _sampled(relief, u / repeat, v / repeat), dtype=np.float32)


@lru_cache(maxsize=64)
def _print_tile(
    name: str, colour: Colour, accent: Colour, density: float
) -> tuple[FloatArray, float]:
    draw, repeat = PRINTS[name]
    return _fitted(draw(colour, accent), repeat, density), repeat


@lru_cache(maxsize=64)
def _weave_tile(name: str, density: float) -> tuple[FloatArray, float]:
    draw: Callable[[], Image.Image]
    draw, repeat = WEAVES[name]
    # Weave tiles are grey pictures whose middle grey leaves the colour as it is.
    return _fitted(draw(), repeat, density) * np.float32(2.0), repeat


def _fitted(tile: Image.Image, repeat: float, density: float) -> FloatArray:
    side = max(4, min(tile.height, round(repeat * density * _OVERSAMPLE)))
    # Three tiles side by side keep the resampling filter from seeing an edge.
    wide = Image.new(tile.mode, (tile.width * 3, tile.height * 3))
    for column in range(3):
        for row in range(3):
            wide.paste(tile, (column * tile.width, row * tile.height))
    small = wide.resize((side * 3, side * 3), Image.Resampling.LANCZOS)
    middle = small.crop((side, side, side * 2, side * 2))
    pixels = np.asarray(middle, dtype=np.float32) / np.float32(255.0)
    return pixels if pixels.ndim == 3 else pixels[..., None]


def _sampled(tile: FloatArray, u: FloatArray, v: FloatArray) -> FloatArray:
    """The wrapped tile, read with bilinear interpolation at u and v in tile lengths."""
    side = tile.shape[0]
    x = (u - np.floor(u)) * np.float32(side)
    y = (v - np.floor(v)) * np.float32(side)
    left, top = x.astype(np.int32), y.astype(np.int32)
    dx, dy = (x - left)[..., None], (y - top)[..., None]
    left, top = left % side, top % side
    right, bottom = (left + 1) % side, (top + 1) % side
    flat = tile.reshape(side * side, -1)
    upper = flat[top * side + left] * (1 - dx) + flat[top * side + right] * dx
    lower = flat[bottom * side + left] * (1 - dx) + flat[bottom * side + right] * dx
    return np.asarray(upper * (1 - dy) + lower * dy, dtype=np.float32)
