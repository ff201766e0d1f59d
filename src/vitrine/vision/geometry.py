"""Arithmetic on boxes."""

from __future__ import annotations

from vitrine.core.errors import Invalid
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


def require_inside(box: Box, size: Size) -> None:
    """Raise Invalid for a box that is not inside the picture."""
    if inside(box, size):
        return
    reason = (
        f"The box must lie inside the picture of {size.width} x {size.height} pixels "
        "and be at least one pixel wide and high."
    )
    raise Invalid("box_outside", reason, fields={"box": reason})


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1."""
    overlap = _common(a, b).area
    return overlap / (a.area + b.area - overlap) if overlap else 0.0


def within(a: Box, b: Box) -> float:
    """How much of the smaller box lies in the other one, 0 to 1."""
    smaller = min(a.area, b.area)
    return _common(a, b).area / smaller if smaller else 0.0


def around(a: Box, b: Box) -> Box:
    """The smallest box that holds both."""
    return Box(min(a.x1, b.x1), min(a.y1, b.y1), max(a.x2, b.x2), max(a.y2, b.y2))


def _common(a: Box, b: Box) -> Box:
    """What lies in both, without width or height where they do not meet."""
    x1, y1 = max(a.x1, b.x1), max(a.y1, b.y1)
    return Box(x1, y1, max(x1, min(a.x2, b.x2)), max(y1, min(a.y2, b.y2)))
