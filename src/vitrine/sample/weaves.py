"""How cloth is made, each drawn as one seamless grey tile (128 changes nothing)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIDE = 240

Grid = NDArray[np.float64]


def _tile(relief: Grid) -> Image.Image:
    """Relief from -1 to 1 round the neutral grey."""
    return Image.fromarray(np.clip(127.5 * (1 + relief), 0, 255).astype(np.uint8))


def _grid() -> tuple[Grid, Grid]:
    """x and y of the tile's pixels, from 0 to 1."""
    y, x = np.mgrid[0:_SIDE, 0:_SIDE] / _SIDE
    return x, y


def knit() -> Image.Image:
    """Rows of V-shaped stitches."""
    x, y = _grid()
    column = (x * 4) % 1.0
    lean = np.abs(column - 0.5)
    row = (y * 5 - 1.1 * lean) % 1.0
    return _tile(0.15 * np.sin(np.pi * row) * (1 - 0.8 * lean) - 0.13 * (lean > 0.42) - 0.07)


def rib() -> Image.Image:
    """Vertical ribs."""
    x, _ = _grid()
    return _tile(0.11 * np.sin(2 * np.pi * 4 * x))


def cable() -> Image.Image:
    """Two strands that twist round each other, between purl columns."""
    x, y = _grid()
    relief = np.full_like(x, -0.10) + 0.03 * np.sin(2 * np.pi * 14 * y)
    for phase in (0.0, 0.5):
        centre = 0.3 + 0.13 * np.sin(2 * np.pi * (y + phase))
        over = np.cos(2 * np.pi * (y + phase)) > 0
        reach = np.abs(x - centre) / 0.14
        strand = 0.24 * np.sqrt(np.clip(1 - reach**2, 0, 1)) - 0.10
        strand = strand + 0.035 * np.sin(2 * np.pi * 12 * (y + 0.6 * (x - centre)))
        inside = (reach < 1) & (over | (relief < 0))
        relief = np.where(inside, strand, relief)
        relief = np.where((reach > 1) & (reach < 1.14) & over, -0.17, relief)
    stitch = 0.09 * np.sin(np.pi * ((y * 14 + 0.8 * np.abs((x * 10) % 1 - 0.5)) % 1.0)) - 0.05
    return _tile(np.where((x > 0.62) & (x < 0.98), stitch, relief))


def denim() -> Image.Image:
    """Fine diagonal twill with uneven dye."""
    x, y = _grid()
    rng = np.random.default_rng(7)
    coarse = rng.normal(0, 1, (12, 12))
    speck = rng.normal(0, 0.06, x.shape)
    cloudy = np.kron(coarse, np.ones((20, 20))) * 0.012
    return _tile(0.07 * np.sin(2 * np.pi * (12 * x + 12 * y)) + speck + cloudy)


def cord() -> Image.Image:
    """Soft vertical wales."""
    x, _ = _grid()
    wale = np.abs(np.sin(np.pi * 4 * x))
    return _tile(0.24 * np.sqrt(wale) - 0.19)


def wool() -> Image.Image:
    """A felted, slightly mottled surface."""
    rng = np.random.default_rng(11)
    fine = rng.normal(0, 0.055, (_SIDE, _SIDE))
    tufts = np.kron(rng.normal(0, 0.035, (_SIDE // 4, _SIDE // 4)), np.ones((4, 4)))
    return _tile(fine + tufts)


def canvas() -> Image.Image:
    """Plain weave of thick yarn."""
    x, y = _grid()
    over = np.sin(2 * np.pi * 8 * x) * np.sin(2 * np.pi * 8 * y)
    return _tile(0.07 * over)


def straw() -> Image.Image:
    """Plaited rows."""
    x, y = _grid()
    row = (y * 5) % 1.0
    lean = np.where((y * 5).astype(int) % 2 == 0, 1.0, -1.0)
    plait = np.sin(2 * np.pi * (6 * x + lean * row * 0.8))
    return _tile(0.10 * plait + 0.12 * np.sin(np.pi * row) - 0.09)


def quilt() -> Image.Image:
    """Stitched diamonds with a puffy middle."""
    x, y = _grid()
    first, second = (x + y) % 1.0, (x - y) % 1.0
    puff = np.sqrt(np.sin(np.pi * first) * np.sin(np.pi * second))
    return _tile(0.26 * puff - 0.16)


WEAVES: dict[str, tuple[Callable[[], Image.Image], float]] = {
    "knit": (knit, 5.2),
    "rib": (rib, 3.2),
    "cable": (cable, 9.0),
    "denim": (denim, 4.5),
    "cord": (cord, 3.0),
    "wool": (wool, 12.0),
    "canvas": (canvas, 3.0),
    "straw": (straw, 6.0),
    "quilt": (quilt, 7.0),
}
