"""Arithmetic on boxes."""

from __future__ import annotations

from vitrine.vision.types import Box, Size


def whole(size: Size) -> Box:
    """The box that is the whole picture."""
    return Box(0.0, 0.0, float(size.width), float(size.height))


def expand(box: Box, margin: float) -> Box:
    """The box with `margin` of its own width and height added on each side."""
    dx, dy = box.width * margin, box.height * margin
    return Box(box.x1 - dx, box.y1 - dy, box.x2 + dx, box.y2 + dy)


def clip(box: Box, size: Size) -> Box:
    """The part of the box that lies inside the picture."""
    width, height = float(size.width), float(size.height)
    return Box(
        min(max(box.x1, 0.0), width),
        min(max(box.y1, 0.0), height),
        min(max(box.x2, 0.0), width),
        min(max(box.y2, 0.0), height),
    )


def inside(box: Box, size: Size) -> bool:
    """Whether the box is in the picture, the right way round, at least a pixel wide and high."""
    return (
        box.x1 >= 0
        and box.y1 >= 0
        and box.x2 <= size.width
        and box.y2 <= size.height
        and box.width >= 1
        and box.height >= 1
    )


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1."""
    overlap = Box(max(a.x1, b.x1), max(a.y1, b.y1), min(a.x2, b.x2), min(a.y2, b.y2))
    if overlap.width <= 0 or overlap.height <= 0:
        return 0.0
    return overlap.area / (a.area + b.area - overlap.area)
