"""Studio sheets, rooms and table tops to put the products in front of."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vitrine.sample.canvas import Layer, Window, blurred, nudged
from vitrine.sample.chance import seeded
from vitrine.sample.fabrics import FloatArray
from vitrine.sample.palette import Colour, mixed

Size = tuple[int, int]

STUDIO_TINTS: tuple[Colour, ...] = (
    (0.925, 0.918, 0.905),
    (0.918, 0.922, 0.925),
    (0.935, 0.920, 0.898),
    (0.912, 0.918, 0.908),
)
WALLS: tuple[Colour, ...] = (
    (0.86, 0.82, 0.76),
    (0.78, 0.81, 0.79),
    (0.84, 0.77, 0.72),
    (0.77, 0.79, 0.83),
    (0.88, 0.86, 0.82),
)
FLOORS: tuple[Colour, ...] = ((0.74, 0.58, 0.42), (0.66, 0.52, 0.39), (0.80, 0.68, 0.53))

# How far down the picture a room's floor begins.
SKIRTING = 0.80


def studio(size: Size, tint: Colour) -> FloatArray:
    """A seamless paper sheet, brighter where the lamp points."""
    return _studio(size, tint).copy()


def room(size: Size, wall: Colour, floor: Colour, horizon: float = SKIRTING) -> FloatArray:
    """A plastered wall in window light, a skirting board and a plank floor."""
    return _room(size, wall, floor, horizon).copy()


def boards(size: Size, wood: Colour) -> FloatArray:
    """Wooden boards seen from above."""
    return _boards(size, wood).copy()


def linen(size: Size, tint: Colour) -> FloatArray:
    """A cloth seen from above, with a few soft waves."""
    return _linen(size, tint).copy()


def _coordinates(size: Size) -> tuple[FloatArray, FloatArray]:
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x / np.float32(width), y / np.float32(height)


def _lit(tint: Colour, light: FloatArray) -> FloatArray:
    return np.asarray(
        np.clip(np.array(tint, np.float32) * light[..., None], 0, 1), dtype=np.float32
    )


@lru_cache(maxsize=8)
def _studio(size: Size, tint: Colour) -> FloatArray:
    x, y = _coordinates(size)
    lamp = np.exp(-(((x - 0.44) / 0.62) ** 2) - ((y - 0.40) / 0.60) ** 2)
    sweep = 0.030 / (1 + np.exp(-(y - 0.83) * 26))
    return _lit(tint, (0.955 + 0.085 * lamp - sweep).astype(np.float32))


@lru_cache(maxsize=16)
def _room(size: Size, wall: Colour, floor: Colour, horizon: float) -> FloatArray:
    x, y = _coordinates(size)
    width, height = size
    rng = np.random.default_rng(3)
    fall = 1.05 - 0.14 * np.abs(x - 0.3) - 0.05 * y
    plaster = _lit(wall, (fall + _grain(rng, size, 0.008) + 0.085 * _panes(size)))
    edge = round(horizon * height)
    if edge >= height:
        return np.asarray(plaster, dtype=np.float32)
    plaster[edge:] = _planks((width, height), floor, edge)
    board = round(0.028 * height)
    plaster[edge - board : edge] = _lit(mixed(wall, (1, 1, 1), 0.55), fall[edge - board : edge])
    plaster[edge - board - 1 : edge - board] *= 0.90
    steps = min(height - edge, round(0.02 * height))
    plaster[edge : edge + steps] *= np.linspace(0.78, 1, steps, dtype=np.float32)[:, None, None]
    return np.clip(plaster, 0, 1)


def _grain(rng: np.random.Generator, size: Size, strength: float) -> FloatArray:
    return rng.normal(0, strength, (size[1], size[0])).astype(np.float32)


def _panes(size: Size) -> FloatArray:
    """The slanted light of a window with four panes."""
    width, height = size
    sheet = Image.new("L", size)
    draw = ImageDraw.Draw(sheet)
    for column in range(2):
        for row in range(2):
            left = (0.10 + 0.34 * column) * width
            top = (0.03 + 0.33 * row + 0.09 * column) * height
            wide, tall, lean = 0.31 * width, 0.30 * height, 0.085 * height
            rim = [(left, top), (left + wide, top + lean)]
            rim += [(left + wide, top + lean + tall), (left, top + tall)]
            draw.polygon(rim, fill=255)
    soft = sheet.filter(ImageFilter.GaussianBlur(0.016 * height))
    return np.asarray(soft, dtype=np.float32) / np.float32(255)


def _planks(size: Size, wood: Colour, top: int) -> FloatArray:
    """The floor below the given row, its planks running to a vanishing point."""
    width, height = size
    y, x = np.mgrid[top:height, 0:width].astype(np.float32)
    vanish = np.float32(top - 0.55 * height)
    depth = (y - vanish) / (height - vanish)
    across = (x / width - 0.5) / depth * 7.5
    plank = np.floor(across).astype(int)
    rng = np.random.default_rng(5)
    tone = rng.uniform(-0.055, 0.055, 64)[plank % 64]
    gap = np.minimum(across - plank, plank + 1 - across) * depth
    veins = 0.018 * np.sin(across * 41 + 3 * np.sin(depth * 18 + plank)) * depth
    light = 0.86 + 0.2 * depth + tone + veins - 0.22 * np.exp(-((gap / 0.012) ** 2))
    return _lit(wood, light.astype(np.float32))


@lru_cache(maxsize=8)
def _boards(size: Size, wood: Colour) -> FloatArray:
    x, y = _coordinates(size)
    rng = np.random.default_rng(9)
    rows = y * 5.4 + 0.2
    board = np.floor(rows).astype(int)
    tone = rng.uniform(-0.045, 0.045, 16)[board]
    shift = rng.uniform(0, 9, 16)[board]
    wave = 0.16 * np.sin(x * 3 + shift) + 0.03 * np.sin(x * 9 + shift * 3)
    veins = 0.009 * np.sin((rows - board + wave * 0.4) * 30 + shift * 5)
    veins += 0.007 * np.sin((rows + wave) * 83 + x * 2)
    gap = np.minimum(rows - board, board + 1 - rows)
    joint = 0.24 * np.exp(-((gap / 0.012) ** 2))
    lamp = 1.03 - 0.10 * (x * 0.6 + y * 0.5)
    return _lit(wood, (lamp + tone + veins - joint + _grain(rng, size, 0.008)).astype(np.float32))


@lru_cache(maxsize=8)
def _linen(size: Size, tint: Colour) -> FloatArray:
    x, y = _coordinates(size)
    rng = np.random.default_rng(13)
    waves = 0.016 * np.sin(7 * x + 4 * y + 1.5 * np.sin(3 * y)) + 0.010 * np.sin(13 * y - 5 * x)
    lamp = 1.03 - 0.09 * (0.7 * x + 0.5 * y)
    return _lit(tint, (lamp + waves + _grain(rng, size, 0.012)).astype(np.float32))


def shade_behind(picture: FloatArray, layer: Layer, drop: tuple[int, int], soft: float) -> None:
    """Cast the layer's shadow onto what is behind it."""
    # A quarter of the size is plenty for a soft shadow, and much quicker.
    cover = Image.fromarray((layer.cover * 255).astype(np.uint8)).reduce(4)
    small = cover.filter(ImageFilter.GaussianBlur(soft / 4))
    width, height = layer.cover.shape[1], layer.cover.shape[0]
    wide = small.resize((width, height), Image.Resampling.BICUBIC)
    shadow = np.asarray(wide, dtype=np.float32) / np.float32(255)
    shadow = nudged(shadow, (drop[1], drop[0]))
    picture *= 1 - np.float32(0.30) * shadow[..., None] * np.array((0.85, 0.95, 1.0), np.float32)


def contact_shadow(picture: FloatArray, box: Window, depth: float = 0.34) -> None:
    """A soft dark ellipse on the ground, filling the box."""
    height, width = picture.shape[:2]
    spare = 40
    left, top = max(0, box[0] - spare), max(0, box[1] - spare)
    right, bottom = min(width, box[2] + spare), min(height, box[3] + spare)
    if right <= left or bottom <= top:
        return
    sheet = Image.new("L", (right - left, bottom - top))
    rim = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    ImageDraw.Draw(sheet).ellipse(rim, fill=255)
    mask = blurred(np.asarray(sheet, dtype=np.float32) / np.float32(255), 9)
    part = picture[top:bottom, left:right]
    part *= 1 - np.float32(depth) * mask[..., None]


def finished(picture: FloatArray, seed: str) -> Image.Image:
    """The picture as eight-bit colours, with a trace of camera grain against banding."""
    rng = np.random.default_rng(seeded(seed).getrandbits(32))
    grain = rng.normal(0, 0.004, (128, 128, 1)).astype(np.float32)
    height, width = picture.shape[:2]
    wide = np.tile(grain, (height // 128 + 1, width // 128 + 1, 1))[:height, :width]
    return Image.fromarray((np.clip(picture + wide, 0, 1) * 255 + 0.5).astype(np.uint8))
