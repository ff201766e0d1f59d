"""The named colours of the sample catalogue."""

from __future__ import annotations

Colour = tuple[float, float, float]

_HEX = {
    "white": "f4f2ee",
    "cream": "eee3cb",
    "beige": "d6c3a5",
    "camel": "bd8d58",
    "brown": "6f4a33",
    "black": "26262a",
    "charcoal": "484b52",
    "grey": "9c9ea2",
    "navy": "25365c",
    "blue": "3f6fae",
    "sky blue": "a3c5e3",
    "teal": "22757a",
    "green": "2f6b4a",
    "olive": "6c6b3e",
    "sage": "a3b398",
    "mustard": "d6a233",
    "rust": "b4552d",
    "red": "bd2f36",
    "burgundy": "6d2136",
    "pink": "e4a7b2",
    "lilac": "b7a3d0",
}


def _parsed(text: str) -> Colour:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


COLOURS: dict[str, Colour] = {name: _parsed(text) for name, text in _HEX.items()}

PAPER: Colour = _parsed("fbfaf6")
WOOD: Colour = _parsed("b98a5e")
DARK_WOOD: Colour = _parsed("7c573a")
METAL: Colour = _parsed("b9b4a8")
BRASS: Colour = _parsed("c9a45c")
GUM: Colour = _parsed("b58556")
HORN: Colour = _parsed("5b4332")
SKIN: Colour = _parsed("dccbb8")
THREAD: Colour = _parsed("c98b46")


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour with the given share of the second in it."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def lightness(colour: Colour) -> float:
    """How bright the colour looks, from 0 to 1."""
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
