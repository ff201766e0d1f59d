"""Pictures of several products together: worn by a figure, or laid out flat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from vitrine.sample.backdrops import (
    FLOORS,
    WALLS,
    Size,
    boards,
    contact_shadow,
    finished,
    linen,
    room,
)
from vitrine.sample.canvas import Layer, Light, empty_layer, laid_over
from vitrine.sample.catalogue import Product, product_titled
from vitrine.sample.composing import Box, box_of, fitted, lay, painted, painted_props, worn
from vitrine.sample.fabrics import FloatArray
from vitrine.sample.garments import figure
from vitrine.sample.geometry import Placement, Point, bounds, place
from vitrine.sample.marks import Mark, outlines, reflected

SIZE: Size = (720, 960)

_FIGURE_DENSITY = 4.75


@dataclass(frozen=True)
class Piece:
    """One product of an outfit; a flat one also has its place, size and turn."""

    title: str
    centre: Point = (0.5, 0.5)
    share: Point = (0.4, 0.4)
    turn: float = 0.0


@dataclass(frozen=True)
class Outfit:
    """Products shown together, painted in this order."""

    name: str
    pieces: tuple[Piece, ...]
    flat: bool = False
    backdrop: int = 0


@dataclass(frozen=True)
class Found:
    """A product on an outfit's picture."""

    product: Product
    box: Box


def _worn(name: str, backdrop: int, *titles: str) -> Outfit:
    return Outfit(name, tuple(Piece(title) for title in titles), backdrop=backdrop)


OUTFITS: tuple[Outfit, ...] = (
    _worn(
        "city-autumn",
        4,
        "Black Chelsea boots",
        "Blue slim jeans",
        "Cream striped fitted T-shirt",
        "Camel wool coat",
        "Camel check wool scarf",
        "Burgundy top-handle bag",
    ),
    _worn(
        "summer-market",
        1,
        "White sneakers",
        "Red polka-dot midi dress",
        "Beige straw hat",
        "Black round sunglasses",
        "Cream striped canvas tote bag",
    ),
    _worn(
        "weekend",
        3,
        "Navy high-top sneakers",
        "Beige chinos",
        "White T-shirt",
        "Olive bomber jacket",
        "Teal beanie",
        "Rust backpack",
    ),
    Outfit(
        "studio-flat-lay",
        (
            Piece("Mustard pleated skirt", (0.29, 0.70), (0.46, 0.40), -6),
            Piece("Navy Fair Isle sweater", (0.32, 0.27), (0.54, 0.42), -4),
            Piece("Brown penny loafers", (0.78, 0.80), (0.24, 0.24), 8),
            Piece("Camel leather tote bag", (0.80, 0.46), (0.32, 0.36), 6),
            Piece("Red bobble hat", (0.79, 0.15), (0.27, 0.20), 9),
        ),
        flat=True,
        backdrop=0,
    ),
    Outfit(
        "holiday-flat-lay",
        (
            Piece("Red check tailored shorts", (0.30, 0.74), (0.44, 0.36), 5),
            Piece("Sky blue shirt", (0.31, 0.29), (0.54, 0.46), -5),
            Piece("White sneakers", (0.76, 0.79), (0.24, 0.26), -6),
            Piece("Olive bucket hat", (0.80, 0.15), (0.31, 0.20), 8),
            Piece("Brown sunglasses", (0.79, 0.34), (0.26, 0.12), -10),
            Piece("Brown leather belt", (0.79, 0.51), (0.31, 0.16), 4),
        ),
        flat=True,
        backdrop=1,
    ),
)


def draw_outfit(outfit: Outfit, size: Size = SIZE) -> tuple[Image.Image, tuple[Found, ...]]:
    """The outfit's picture, and where each product is on it."""
    picture, layers = _flat_lay(outfit, size) if outfit.flat else _on_figure(outfit, size)
    found = []
    for number, (product, layer) in enumerate(layers):
        seen = layer.cover.copy()
        for _, over in layers[number + 1 :]:
            seen *= 1 - over.cover
        found.append(Found(product, box_of(seen)))
    return finished(picture, outfit.name), tuple(found)


def _flat_lay(outfit: Outfit, size: Size) -> tuple[FloatArray, list[tuple[Product, Layer]]]:
    picture = linen(size, (0.83, 0.80, 0.75)) if outfit.backdrop == 0 else boards(size, FLOORS[2])
    layers = []
    for piece in outfit.pieces:
        product = product_titled(piece.title)
        layer = empty_layer(*size)
        for marks, placement in _laid(product, piece, size):
            one = painted(product, marks, placement, size)
            lay(picture, one, 9 * size[1] / 960)
            layer.cover[:] = np.maximum(layer.cover, one.cover)
        layers.append((product, layer))
    return picture, layers


def _laid(product: Product, piece: Piece, size: Size) -> list[tuple[list[Mark], Placement]]:
    if product.kind != "shoes":
        marks = product.cut.marks()
        return [(marks, fitted(marks, size, piece.share, piece.turn, piece.centre))]
    right = product.cut.other_marks()
    x, y = piece.centre
    apart = piece.share[0] * 0.36
    return [
        (marks, fitted(marks, size, piece.share, piece.turn + lean, (x + side * apart, y)))
        for marks, side, lean in ((reflected(right), -1, 5.0), (right, 1, -5.0))
    ]


def _on_figure(outfit: Outfit, size: Size) -> tuple[FloatArray, list[tuple[Product, Layer]]]:
    unit = size[1] / 960
    density = _FIGURE_DENSITY * unit
    picture = room(size, WALLS[outfit.backdrop], FLOORS[outfit.backdrop % 3], 0.86)
    placement = place((0, figure.FLOOR), (size[0] * 0.5, size[1] * 0.945), density)
    light = Light(-0.65, -0.7, 1.1)
    foot = placement.to_pixels(np.array([(-20.0, 172.0), (22.0, 180.0)]))
    (x1, y1), (x2, y2) = foot.round().astype(int)
    contact_shadow(picture, (int(x1), int(y1), int(x2), int(y2)), 0.5)
    lay(picture, painted_props(figure.mannequin(), placement, size, light), 11 * unit)
    layers = []
    for piece in outfit.pieces:
        product = product_titled(piece.title)
        if product.kind == "shoes":
            layer = _on_feet(product, placement, size, light)
            laid_over(picture, layer)
            if product.style != "boots":
                laid_over(picture, painted_props(figure.ankles(), placement, size, light))
        else:
            layer = _carried(product, placement, size, light)
            lay(picture, layer, (7 if product.kind == "bag" else 5) * unit)
        layers.append((product, layer))
    return picture, layers


def _on_feet(product: Product, placement: Placement, size: Size, light: Light) -> Layer:
    right = product.cut.other_marks()
    heel, tall = (162.0, 0.58) if product.style == "boots" else (165.6, 0.47)
    layer = empty_layer(*size)
    for marks, x, turn in ((reflected(right), -8.2, 7.0), (right, 8.2, -7.0)):
        spot = placement.to_pixels(np.array([(x, heel)]))[0]
        onto = (float(spot[0]), float(spot[1]))
        foot = place((0, 0), onto, placement.density, turn=turn, squeeze=(1.02, tall))
        one = painted(product, marks, foot, size, light)
        layer.colour[:] = layer.colour * (1 - one.cover[..., None]) + one.colour
        layer.cover[:] = np.maximum(layer.cover, one.cover)
    return layer


def _carried(product: Product, placement: Placement, size: Size, light: Light) -> Layer:
    """A garment where the body wears it, or a bag hanging from the hand."""
    if product.kind != "bag":
        return painted(product, worn(product), placement, size, light)
    marks = product.cut.marks()
    top = bounds(outlines(marks))[1]
    spot = placement.to_pixels(np.array([(30.2, 96.5)]))[0]
    onto = (float(spot[0]), float(spot[1]))
    hanging = place((0, top), onto, placement.density * 0.94, turn=-2.0)
    return painted(product, marks, hanging, size, light)
