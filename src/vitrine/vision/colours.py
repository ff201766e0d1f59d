"""The main colours of a crop, and how far apart two sets of colours look (CIEDE2000)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.vision import geometry
from vitrine.vision.types import Box, Palette, Size

Floats = NDArray[np.float64]

SIDE = 48
"""Pixels of the longer side that are looked at: colours need no more."""

MOST, LEAST = 3, 0.1
"""So many colours are told, each with at least this share."""

RIM, EVEN, GROUND = 2, 12.0, 8.0
"""A rim, so many pixels wide, that is mostly within EVEN of its median is a ground; what is within
GROUND of that colour does not count.
"""

REACH = 18.0
"""So far, in CIELAB, pixels lie around a main colour that are told as one with it."""


def palette(picture: Image.Image, box: Box) -> Palette:
    """The main colours of the box on an upright RGB picture, the largest first.

    The middle counts most, an even ground does not count.
    """
    small = np.asarray(_fitted(picture, box), dtype=np.float64) / 255
    lab, weights = to_lab(small), _middle(small.shape[0], small.shape[1])
    ground = _ground(lab)
    if ground is not None:
        figure = np.linalg.norm(lab - ground, axis=-1) > GROUND
        if (weights * figure).sum() > LEAST * weights.sum():
            weights = weights * figure
    return _main(lab.reshape(-1, 3), weights.ravel())


def distance(one: Palette, other: Palette) -> float | None:
    """How far the colours of one are from the nearest of the other and back, by share (CIEDE2000).

    About 2 is just seen, from 20 on it is another colour; None where one has no colours.
    """
    return distances(one, [other])[0]


def distances(one: Palette, others: Sequence[Palette]) -> list[float | None]:
    """`distance` from one to each of the others, whose colours are compared all at once."""
    colours = [colour for other in others for colour in other]
    if not one or not colours:
        return [None] * len(others)
    a, every = np.array(one), np.array(colours)
    apart = ciede2000(a[:, None, 1:], every[None, :, 1:])
    found, end = list[float | None](), 0
    for other in others:
        start, end = end, end + len(other)
        found.append(_both_ways(a, every[start:end], apart[:, start:end]) if other else None)
    return found


def _both_ways(a: Floats, b: Floats, apart: Floats) -> float:
    there = (a[:, 0] * apart.min(axis=1)).sum() / a[:, 0].sum()
    back = (b[:, 0] * apart.min(axis=0)).sum() / b[:, 0].sum()
    return round(float(there + back) / 2, 2)


def to_lab(rgb: Floats) -> Floats:
    """sRGB, 0 to 1, as CIELAB under D65; the last axis holds the channels."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ TO_XYZ.T / WHITE
    cubed = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(cubed, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ciede2000(one: Floats, other: Floats) -> Floats:
    """The CIEDE2000 difference of CIELAB colours that broadcast (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = _hue(b1, a1 * stretch), _hue(b2, a2 * stretch)
    grey = c1 * c2 == 0
    turn = h2 - h1
    turn = np.where(grey, 0.0, turn - 360 * (turn > 180) + 360 * (turn < -180))
    light, chroma = l2 - l1, c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    lbar, cbar, hbar = (l1 + l2) / 2, (c1 + c2) / 2, _mean_hue(h1, h2, grey)
    t = 1 - 0.17 * _cos(hbar - 30) + 0.24 * _cos(2 * hbar)
    t = t + 0.32 * _cos(3 * hbar + 6) - 0.20 * _cos(4 * hbar - 63)
    light = light / (1 + 0.015 * (lbar - 50) ** 2 / np.sqrt(20 + (lbar - 50) ** 2))
    chroma = chroma / (1 + 0.045 * cbar)
    hue = hue / (1 + 0.015 * cbar * t)
    twist = 2 * np.sqrt(cbar**7 / (cbar**7 + 25.0**7))
    twist = -twist * np.sin(np.radians(60 * np.exp(-(((hbar - 275) / 25) ** 2))))
    square = light**2 + chroma**2 + hue**2 + twist * chroma * hue
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))


def as_palette(stored: Sequence[Sequence[float]]) -> Palette:
    """A palette as JSON gave it back."""
    return tuple((float(part), float(light), float(a), float(b)) for part, light, a, b in stored)


def _fitted(picture: Image.Image, box: Box) -> Image.Image:
    area = geometry.clip(box, Size(*picture.size))
    left, top = min(int(area.x1), picture.width - 1), min(int(area.y1), picture.height - 1)
    right, bottom = max(left + 1, round(area.x2)), max(top + 1, round(area.y2))
    scale = SIDE / max(right - left, bottom - top)
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    place = (left, top, right, bottom)
    return picture.resize(size, Image.Resampling.BOX, box=place, reducing_gap=2.0)


def _middle(height: int, width: int) -> Floats:
    down, across = (np.exp(-2 * np.linspace(-1, 1, side) ** 2) for side in (height, width))
    return np.outer(down, across)


def _ground(lab: Floats) -> Floats | None:
    """The colour of an even rim, None where it is not even."""
    inner = (slice(RIM, -RIM), slice(RIM, -RIM))
    outside = np.ones(lab.shape[:2], dtype=np.bool_)
    outside[inner] = False
    rim = lab[outside]
    middle = np.median(rim, axis=0)
    even = np.linalg.norm(rim - middle, axis=-1) < EVEN
    return middle if even.mean() > 0.5 else None


def _main(pixels: Floats, weights: Floats) -> Palette:
    total, left = weights.sum(), weights.copy()
    found: list[tuple[float, ...]] = []
    cells = np.floor(pixels / 12).astype(np.int64) + 32
    _, codes = np.unique(cells @ np.array([4096, 64, 1]), return_inverse=True)
    while len(found) < MOST and left.sum() > LEAST * total:
        heaviest = codes == np.bincount(codes, left).argmax()
        centre = np.average(pixels[heaviest], axis=0, weights=left[heaviest])
        near = np.linalg.norm(pixels - centre, axis=-1) < REACH
        near |= heaviest
        share = (left * near).sum() / total
        if share >= LEAST:
            colour = np.average(pixels[near], axis=0, weights=left[near])
            found.append((share, *colour))
        left = left * ~near
    found = found or [(1.0, *np.average(pixels, axis=0, weights=weights))]
    told_of = sum(share for share, *_ in found)
    found = [(share / told_of, *colour) for share, *colour in found]
    told = [tuple(round(float(part), 2) for part in one) for one in found]
    return as_palette(sorted(told, reverse=True))


def _hue(b: Floats, a: Floats) -> Floats:
    return np.asarray(np.degrees(np.arctan2(b, a)) % 360)


def _mean_hue(h1: Floats, h2: Floats, grey: NDArray[np.bool_]) -> Floats:
    total = h1 + h2
    over = np.where(total < 360, total + 360, total - 360) / 2
    return np.where(grey, total, np.where(np.abs(h1 - h2) > 180, over, total / 2))


def _cos(degrees: Floats) -> Floats:
    return np.asarray(np.cos(np.radians(degrees)))


TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
