"""Smooth outlines in centimetres, and where they land on a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Point = tuple[float, float]

_STEPS = 10


def curve(*knots: Point) -> Points:
    """A Catmull-Rom curve through the knots."""
    through = np.asarray(knots, dtype=np.float64)
    if len(through) < 3:
        return through
    padded = np.vstack([2 * through[0] - through[1], through, 2 * through[-1] - through[-2]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0.0, 1.0, _STEPS, endpoint=False)[None, :, None]
    before, start, end, after = (part[:, None, :] for part in (before, start, end, after))
    smooth = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.vstack([smooth.reshape(-1, 2), through[-1:]])


def shape(*runs: Sequence[Point]) -> Points:
    """A closed outline of smooth runs that meet in corners."""
    return np.vstack([curve(*run) for run in runs])


def mirrored(points: Points) -> Points:
    """The same points on the other side of the body's centre line."""
    flipped: Points = points * np.array([-1.0, 1.0])
    return flipped


def moved(points: Points, dx: float, dy: float) -> Points:
    """The same points elsewhere."""
    there: Points = points + np.array([dx, dy])
    return there


def symmetric(*runs: Sequence[Point]) -> Points:
    """A closed outline given by its right half, from top centre to bottom centre."""
    half = shape(*runs)
    return np.vstack([half, mirrored(half)[::-1]])


def ellipse(x: float, y: float, across: float, down: float | None = None) -> Points:
    """An ellipse round (x, y) with the given half axes."""
    angle = np.linspace(0.0, 2 * math.pi, 48, endpoint=False)
    tall = across if down is None else down
    return np.stack([x + across * np.cos(angle), y + tall * np.sin(angle)], axis=1)


def rectangle(x1: float, y1: float, x2: float, y2: float, corner: float = 0.0) -> Points:
    """A rectangle, its corners rounded by the given radius."""
    if corner <= 0:
        return np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], dtype=np.float64)
    quarter = np.linspace(0.0, math.pi / 2, 8)
    corners = [
        (x2 - corner, y1 + corner, -math.pi / 2),
        (x2 - corner, y2 - corner, 0.0),
        (x1 + corner, y2 - corner, math.pi / 2),
        (x1 + corner, y1 + corner, math.pi),
    ]
    return np.vstack(
        [
            np.stack(
                [x + corner * np.cos(turn + quarter), y + corner * np.sin(turn + quarter)], axis=1
            )
            for x, y, turn in corners
        ]
    )


def normals(line: Points) -> Points:
    """Unit normals along a line, to the left of its direction on a y-down picture."""
    along = np.gradient(line, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    unit: Points = np.stack([along[:, 1], -along[:, 0]], axis=1) / length
    return unit


def ribbon(line: Points, start: float, end: float | None = None) -> Points:
    """A band along a line whose half width goes from start to end."""
    half = np.linspace(start, start if end is None else end, len(line))[:, None]
    side = normals(line) * half
    return np.vstack([line + side, (line - side)[::-1]])


def tapered(line: Points, width: float) -> Points:
    """A stroke along a line, widest in its middle and pointed at both ends."""
    half = 0.5 * width * np.sin(np.linspace(0.05, math.pi - 0.05, len(line)))[:, None]
    side = normals(line) * half
    return np.vstack([line + side, (line - side)[::-1]])


@dataclass(frozen=True)
class Placement:
    """How centimetres of a garment become pixels: pixel = matrix * cm + offset."""

    matrix: tuple[float, float, float, float]
    offset: Point

    def to_pixels(self, points: Points) -> Points:
        """Where the points lie on the picture."""
        placed: Points = points @ self._square().T + np.asarray(self.offset)
        return placed

    def to_garment(
        self, x: NDArray[np.float32], y: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Which garment coordinates lie under the given pixels."""
        back = np.linalg.inv(self._square()).astype(np.float32)
        dx, dy = x - np.float32(self.offset[0]), y - np.float32(self.offset[1])
        return back[0, 0] * dx + back[0, 1] * dy, back[1, 0] * dx + back[1, 1] * dy

    @property
    def density(self) -> float:
        """Pixels per centimetre."""
        return math.sqrt(abs(float(np.linalg.det(self._square()))))

    def _square(self) -> Points:
        return np.array(self.matrix, dtype=np.float64).reshape(2, 2)


def place(
    anchor: Point,
    onto: Point,
    density: float,
    *,
    turn: float = 0.0,
    squeeze: Point = (1.0, 1.0),
) -> Placement:
    """Put the garment's anchor onto a pixel, scaled, squeezed, then turned clockwise."""
    angle = math.radians(turn)
    cos, sin = math.cos(angle) * density, math.sin(angle) * density
    a, b = cos * squeeze[0], -sin * squeeze[1]
    c, d = sin * squeeze[0], cos * squeeze[1]
    offset = (onto[0] - a * anchor[0] - b * anchor[1], onto[1] - c * anchor[0] - d * anchor[1])
    return Placement((a, b, c, d), offset)


def bounds(outlines: Sequence[Points]) -> tuple[float, float, float, float]:
    """The smallest box (x1, y1, x2, y2) round all outlines."""
    everything = np.vstack(list(outlines))
    low, high = everything.min(axis=0), everything.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
