"""Analyzers of tiny nets, which `tests/vision/conftest.py` loads, and pictures for them."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw

from vitrine.vision.analyzer import Analyzer
from vitrine.vision.images import Picture

Load = Callable[..., Analyzer]


def on_white(
    colour: str, box: tuple[int, int, int, int], size: tuple[int, int] = (320, 240)
) -> Picture:
    """A white picture with one filled rectangle."""
    pixels = Image.new("RGB", size, "white")
    x1, y1, x2, y2 = box
    ImageDraw.Draw(pixels).rectangle((x1, y1, x2 - 1, y2 - 1), fill=colour)
    return Picture(pixels, "image/png")
