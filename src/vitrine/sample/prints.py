"""Printed and dyed patterns, each drawn as one seamless square tile."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image, ImageDraw

from vitrine.sample.chance import seeded
from vitrine.sample.palette import Colour, lightness, mixed

_SIDE = 360

Draw = ImageDraw.ImageDraw
Ink = tuple[int, int, int]


def _ink(colour: Colour) -> Ink:
    red, green, blue = (round(255 * part) for part in colour)
    return red, green, blue


def _blank(colour: Colour) -> tuple[Image.Image, Draw]:
    tile = Image.new("RGB", (_SIDE, _SIDE), _ink(colour))
    return tile, ImageDraw.Draw(tile)


def _wrapped(x: float, y: float) -> list[tuple[float, float]]:
    """The places a shape near the tile's rim must be drawn at, for the tile to repeat."""
    return [(x + dx, y + dy) for dx in (-_SIDE, 0, _SIDE) for dy in (-_SIDE, 0, _SIDE)]


def _dot(draw: Draw, x: float, y: float, radius: float, ink: Ink) -> None:
    for cx, cy in _wrapped(x, y):
        draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=ink)


def _banded(colour: Colour, accent: Colour, share: float, across: bool) -> Image.Image:
    tile, draw = _blank(colour)
    wide = share * _SIDE
    start = (_SIDE - wide) / 2
    box = (start, 0, start + wide, _SIDE) if across else (0, start, _SIDE, start + wide)
    draw.rectangle(box, fill=_ink(accent))
    return tile


def stripes(colour: Colour, accent: Colour) -> Image.Image:
    """Narrow horizontal sailor stripes."""
    return _banded(colour, accent, 0.36, across=False)


def wide_stripes(colour: Colour, accent: Colour) -> Image.Image:
    """Broad horizontal stripes, a thin line between two of them."""
    tile = _banded(colour, accent, 0.34, across=False)
    ImageDraw.Draw(tile).rectangle((0, 0, _SIDE, 0.05 * _SIDE), fill=_ink(accent))
    return tile


def pinstripes(colour: Colour, accent: Colour) -> Image.Image:
    """Fine vertical lines."""
    return _banded(colour, accent, 0.14, across=True)


def check(colour: Colour, accent: Colour) -> Image.Image:
    """Gingham: crossing bands, darkest where they meet."""
    tile, draw = _blank(colour)
    half = _SIDE // 2
    blend = _ink(mixed(colour, accent, 0.5))
    draw.rectangle((0, 0, half, _SIDE), fill=blend)
    draw.rectangle((0, 0, _SIDE, half), fill=blend)
    draw.rectangle((0, 0, half, half), fill=_ink(accent))
    draw.rectangle((half, half, _SIDE, _SIDE), fill=_ink(colour))
    return tile


def tartan(colour: Colour, accent: Colour) -> Image.Image:
    """Broad dark bands with fine contrast lines, both ways."""
    tile, _ = _blank(colour)
    dark = mixed(colour, (0.05, 0.06, 0.1), 0.45)
    bands = [(0.1, 0.34, dark, 120), (0.5, 0.56, accent, 190), (0.62, 0.645, accent, 170)]
    bands += [(0.78, 0.9, dark, 90), (0.2, 0.23, accent, 130)]
    for start, end, shade, strength in bands:
        low, high = round(start * _SIDE), round(end * _SIDE)
        for box in ((0, low, _SIDE, high), (low, 0, high, _SIDE)):
            band = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), _ink(shade))
            tile.paste(band, box[:2], Image.new("L", band.size, strength))
    return tile


def dots(colour: Colour, accent: Colour) -> Image.Image:
    """Polka dots in a staggered grid."""
    tile, draw = _blank(colour)
    for x, y in ((0.25, 0.25), (0.75, 0.75)):
        _dot(draw, x * _SIDE, y * _SIDE, 0.125 * _SIDE, _ink(accent))
    return tile


def _petals(
    draw: Draw, at: tuple[float, float], size: float, turn: float, inks: tuple[Ink, Ink]
) -> None:
    (x, y), (ink, eye) = at, inks
    for petal in range(5):
        angle = turn + petal * math.tau / 5
        _dot(draw, x + size * math.cos(angle), y + size * math.sin(angle), size * 0.68, ink)
    _dot(draw, x, y, size * 0.5, eye)


def _leaf(draw: Draw, x: float, y: float, size: float, turn: float, ink: Ink) -> None:
    for cx, cy in _wrapped(x, y):
        rim = [
            (
                cx + size * math.cos(turn) * along - side * size * 0.3 * math.sin(turn) * bulge,
                cy + size * math.sin(turn) * along + side * size * 0.3 * math.cos(turn) * bulge,
            )
            for side, steps in ((1, range(9)), (-1, range(8, -1, -1)))
            for along, bulge in ((2 * i / 8 - 1, math.sin(math.pi * i / 8)) for i in steps)
        ]
        draw.polygon(rim, fill=ink)


def floral(colour: Colour, accent: Colour) -> Image.Image:
    """Scattered five-petalled blossoms with leaves."""
    tile, draw = _blank(colour)
    rng = seeded("floral")
    green = mixed((0.36, 0.5, 0.36), colour, 0.25)
    second = mixed(accent, (1.0, 0.93, 0.86), 0.5 if lightness(accent) < 0.75 else 0.2)
    places = [(0.2, 0.2), (0.68, 0.1), (0.45, 0.5), (0.92, 0.44), (0.16, 0.72), (0.7, 0.8)]
    for number, (x, y) in enumerate(places):
        size = _SIDE * (0.075 if number % 2 == 0 else 0.05)
        turn = rng.uniform(0, math.tau)
        cx, cy = x * _SIDE, y * _SIDE
        for lean in (0.5, 2.4):
            far = size * 2.3
            reach = turn + lean
            tip = (cx + far * math.cos(reach), cy + far * math.sin(reach))
            _leaf(draw, *tip, size * 0.85, reach, _ink(green))
        petals, eye = (accent, second) if number % 2 == 0 else (second, accent)
        _petals(draw, (cx, cy), size, turn, (_ink(petals), _ink(mixed(eye, (0.9, 0.7, 0.3), 0.5))))
    for x, y in ((0.42, 0.28), (0.9, 0.68), (0.42, 0.88), (0.02, 0.47), (0.68, 0.42)):
        _dot(draw, x * _SIDE, y * _SIDE, 0.017 * _SIDE, _ink(accent))
    return tile


def leopard(colour: Colour, accent: Colour) -> Image.Image:
    """Broken dark rosettes."""
    tile, draw = _blank(colour)
    rng = seeded("leopard")
    inner = _ink(mixed(colour, accent, 0.3))
    for row in range(5):
        for column in range(5):
            x = (column + 0.5 * (row % 2) + rng.uniform(0.25, 0.6)) * _SIDE / 5
            y = (row + rng.uniform(0.3, 0.6)) * _SIDE / 5
            _dot(draw, x, y, _SIDE * 0.045, inner)
            turn = rng.uniform(0, math.tau)
            for part in range(rng.choice((4, 5))):
                angle = turn + part * 1.05
                reach = _SIDE * rng.uniform(0.05, 0.06)
                dx, dy = reach * math.cos(angle), reach * math.sin(angle)
                _dot(draw, x + dx, y + dy, _SIDE * rng.uniform(0.019, 0.027), _ink(accent))
    return tile


def herringbone(colour: Colour, accent: Colour) -> Image.Image:
    """Zigzag twill in two close tones."""
    tile, draw = _blank(colour)
    step, lean = _SIDE // 6, _SIDE // 2
    for start in range(-_SIDE, 2 * _SIDE, step):
        rim = [(0, start), (lean, start + lean), (_SIDE, start)]
        thick = step * 0.45
        draw.polygon(rim + [(x, y + thick) for x, y in reversed(rim)], fill=_ink(accent))
    return tile


def fair_isle(colour: Colour, accent: Colour) -> Image.Image:
    """Knitted bands of diamonds, zigzags and dots."""
    tile, draw = _blank(colour)
    unit = _SIDE / 20
    ink, soft = _ink(accent), _ink(mixed(colour, accent, 0.55))

    def cell(x: float, y: float, fill: Ink) -> None:
        draw.rectangle((x * unit, y * unit, (x + 1) * unit - 1, (y + 1) * unit - 1), fill=fill)

    for x in range(20):
        reach = abs(x % 10 - 5)
        for y in range(-reach, reach + 1):
            if abs(y) in (reach, reach - 2):
                cell(x, 6 + y, ink)
        cell(x, 13 + abs(x % 4 - 2), soft)
        if x % 2 == 0:
            cell(x, 18, ink)
    return tile


def colour_block(colour: Colour, accent: Colour) -> Image.Image:
    """A contrast top above a line at the chest; the repeat is taller than any top."""
    side = 2 * _SIDE
    tile = Image.new("RGB", (side, side), _ink(colour))
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, side, side * 0.425), fill=_ink(accent))
    draw.rectangle((0, side * 0.425, side, side * 0.46), fill=_ink(mixed(accent, colour, 0.5)))
    return tile


PRINTS: dict[str, tuple[Callable[[Colour, Colour], Image.Image], float]] = {
    "stripes": (stripes, 3.6),
    "wide stripes": (wide_stripes, 11.0),
    "pinstripes": (pinstripes, 1.9),
    "check": (check, 3.4),
    "tartan": (tartan, 12.0),
    "dots": (dots, 5.0),
    "floral": (floral, 15.0),
    "leopard": (leopard, 14.0),
    "herringbone": (herringbone, 2.8),
    "fair isle": (fair_isle, 17.0),
    "colour block": (colour_block, 120.0),
}
