"""Two pictures of each product: a packshot, and the product in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image

from vitrine.sample.backdrops import (
    FLOORS,
    STUDIO_TINTS,
    WALLS,
    Size,
    boards,
    contact_shadow,
    finished,
    linen,
    room,
    studio,
)
from vitrine.sample.canvas import (
    Layer,
    Light,
    blurred,
    empty_layer,
    filled,
)
from vitrine.sample.catalogue import Product
from vitrine.sample.chance import seeded
from vitrine.sample.composing import (
    Box,
    box_of,
    fitted,
    lay,
    painted,
    painted_props,
    unit_of,
    worn,
)
from vitrine.sample.fabrics import FloatArray
from vitrine.sample.garments import figure
from vitrine.sample.geometry import bounds, place, rectangle
from vitrine.sample.marks import Panel, outlines, reflected

SIZE: Size = (600, 800)


@dataclass(frozen=True)
class Shot:
    """A picture and where the product is on it."""

    image: Image.Image
    box: Box


def draw_product(product: Product, view: int, size: Size = SIZE) -> Image.Image:
    """The product's first view (a packshot) or second view (in use)."""
    return shoot(product, view, size).image


def shoot(product: Product, view: int, size: Size = SIZE) -> Shot:
    """The product's first or second view, and the product's box on it."""
    rng = seeded(f"{product.external_id}/{view}")
    picture, layer = _packshot(product, rng, size) if view == 1 else _in_use(product, rng, size)
    return Shot(finished(picture, f"{product.external_id}/{view}"), box_of(layer.cover))


def _packshot(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    picture = studio(size, rng.choice(STUDIO_TINTS))
    marks = product.cut.marks()
    if product.kind == "shoes":
        return picture, _shoe_pair(product, picture, size, Light(), 0.0)
    shares = {
        "bag": (0.66, 0.72),
        "hat": (0.62, 0.5),
        "belt": (0.7, 0.5),
        "sunglasses": (0.7, 0.4),
        "scarf": (0.5, 0.76),
        "shorts": (0.70, 0.7),
        "pants": (0.62, 0.84),
        "skirt": (0.66, 0.74),
    }
    placement = fitted(marks, size, shares.get(product.kind, (0.84, 0.84)))
    layer = painted(product, marks, placement, size)
    if product.kind in {"bag", "hat", "belt"}:
        x1, _, x2, y2 = box_of(layer.cover)
        lift = round(12 * unit_of(size))
        contact_shadow(picture, (x1 + lift, y2 - lift, x2 - lift, y2 + lift))
    lay(picture, layer, 11 * unit_of(size))
    return picture, layer


def _shoe_pair(
    product: Product, picture: FloatArray, size: Size, light: Light, turn: float
) -> Layer:
    """Two shoes from the side, one a little behind the other."""
    marks = product.cut.marks()
    width, height = size
    density = width * 0.70 / 30.5
    both = empty_layer(*size)
    for x, y, tilt in ((0.45, 0.37, -5.0), (0.55, 0.62, 0.0)):
        placement = place((15, 4), (width * x, height * y), density, turn=tilt + turn)
        one = painted(product, marks, placement, size, light)
        x1, _, x2, y2 = box_of(one.cover)
        deep = round(9 * unit_of(size))
        contact_shadow(picture, (x1, y2 - 2 * deep, x2, y2 + deep), 0.42)
        lay(picture, one, 6 * unit_of(size))
        both.cover[:] = np.maximum(both.cover, one.cover)
    return both


def _in_use(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    """One of the settings of the product's kind; the products take turns."""
    settings = _SETTINGS[product.kind]
    setting = settings[int(product.external_id[-3:]) % len(settings)]
    return setting(product, rng, size)


def _evening(rng: Random) -> Light:
    """Light from the other side than the packshot's."""
    return Light(0.75, -0.55, rng.uniform(1.0, 1.25))


def _on_a_figure(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    crops = {
        "top": (61, 8.0),
        "outerwear": (64, 7.6),
        "dress": (80, 5.6),
        "pants": (126, 6.2),
        "shorts": (100, 7.4),
        "skirt": (102, 6.6),
        "hat": (18, 13.0),
        "sunglasses": (15, 17.0),
        "scarf": (46, 9.4),
    }
    middle, density = crops[product.kind]
    if product.style in {"coat", "trench"}:
        middle, density = 80, 5.6
    unit = unit_of(size)
    floor_line = 0.5 + (figure.FLOOR - 9 - middle) * density / 800
    picture = room(size, rng.choice(WALLS), rng.choice(FLOORS), min(1.0, floor_line))
    onto = (size[0] * rng.uniform(0.47, 0.53), size[1] / 2)
    placement = place((0, middle), onto, density * unit, turn=rng.uniform(-1.2, 1.2))
    light = _evening(rng)
    body = painted_props(figure.mannequin(), placement, size, light)
    lay(picture, body, 15 * unit)
    layer = painted(product, worn(product), placement, size, light)
    lay(picture, layer, 7 * unit)
    return picture, layer


def _on_a_hanger(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    unit = unit_of(size)
    picture = room(size, rng.choice(WALLS), rng.choice(FLOORS), 1.0)
    marks = product.cut.marks()
    x1, _, x2, y2 = bounds(outlines(marks))
    density = min(size[0] * 0.80 / (x2 - x1), size[1] * 0.80 / (y2 - 17.6))
    turn = rng.choice((-1, 1)) * rng.uniform(2.0, 4.0)
    onto = (size[0] * 0.5, size[1] * 0.13)
    placement = place((0, 17.6), onto, density, turn=turn)
    light = _evening(rng)
    layer = painted(
        product, [m for m in marks if isinstance(m, Panel) and m.behind], placement, size, light
    )
    front = painted(
        product,
        [m for m in marks if not (isinstance(m, Panel) and m.behind)],
        placement,
        size,
        light,
    )
    peg = painted_props(
        [
            Panel(rectangle(-40, -1.6, 40, 1.6, 0.4), "dark wood", roundness=1.0),
            Panel(rectangle(-0.8, -1.0, 0.8, 2.4, 0.7), "wood", lift=0.3),
        ],
        place((0, 0), (onto[0], onto[1] - 4 * unit), density),
        size,
        light,
    )
    lay(picture, peg, 8 * unit)
    lay(picture, layer, 14 * unit)
    lay(picture, painted_props(figure.hanger(), placement, size, light), 8 * unit)
    lay(picture, front, 14 * unit)
    layer.cover[:] = np.maximum(layer.cover, front.cover)
    return picture, layer


def _folded(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    unit = unit_of(size)
    picture = boards(size, rng.choice(FLOORS))
    turn = rng.choice((-1, 1)) * rng.uniform(4.0, 9.0)
    placement = place((0, 51), (size[0] * 0.5, size[1] * 0.5), 13.0 * unit, turn=turn)
    light = _evening(rng)
    under = painted(product, [Panel(rectangle(-14.6, 50, 15.6, 75.2, 1.6))], placement, size, light)
    layer = painted(product, product.cut.marks(), placement, size, light)
    rim = placement.to_pixels(rectangle(-15.4, 18, 15.4, 73.6, 1.8))
    mask = filled([rim], (0, 0, *size))
    depth = 1 - np.float32(0.34) * (1 - blurred(mask, 14 * unit))
    layer.colour[:] *= (mask * depth)[..., None]
    layer.cover[:] *= mask
    lay(picture, under, 10 * unit)
    lay(picture, layer, 6 * unit)
    layer.cover[:] = np.maximum(layer.cover, under.cover)
    return picture, layer


def _laid_out(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    marks = product.cut.other_marks()
    table = linen(size, (0.80, 0.77, 0.72)) if rng.random() < 0.5 else boards(size, FLOORS[1])
    turn = rng.choice((-1, 1)) * rng.uniform(7.0, 13.0)
    placement = fitted(marks, size, (0.72, 0.82), turn)
    layer = painted(product, marks, placement, size, _evening(rng))
    lay(table, layer, 8 * unit_of(size))
    return table, layer


def _shoes_on_floor(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    picture = boards(size, rng.choice(FLOORS))
    light = _evening(rng)
    if product.style == "boots":
        return picture, _shoe_pair(product, picture, size, light, 14.0)
    right = product.cut.other_marks()
    unit = unit_of(size)
    both = empty_layer(*size)
    turn = rng.uniform(8, 14)
    for marks, x, y, tilt in ((reflected(right), 0.30, 0.47, turn), (right, 0.68, 0.53, turn - 20)):
        placement = place((0, 15), (size[0] * x, size[1] * y), 16.5 * unit, turn=tilt)
        one = painted(product, marks, placement, size, light)
        lay(picture, one, 10 * unit)
        both.cover[:] = np.maximum(both.cover, one.cover)
    return picture, both


def _on_a_peg(product: Product, rng: Random, size: Size) -> tuple[FloatArray, Layer]:
    unit = unit_of(size)
    picture = room(size, rng.choice(WALLS), rng.choice(FLOORS), 0.93)
    marks = product.cut.marks()
    x1, y1, x2, y2 = bounds(outlines(marks))
    density = min(size[0] * 0.62 / (x2 - x1), size[1] * 0.64 / (y2 - y1))
    turn = rng.choice((-1, 1)) * rng.uniform(4.0, 8.0)
    onto = (size[0] * rng.uniform(0.42, 0.58), size[1] * 0.17)
    placement = place((0, y1), onto, density, turn=turn, squeeze=(0.92, 1.0))
    light = _evening(rng)
    layer = painted(product, marks, placement, size, light)
    rail = painted_props(
        [Panel(rectangle(-60, -2.4, 60, 2.4, 0.5), "wood", roundness=1.0)],
        place((0, 0), onto, 7.5 * unit),
        size,
        light,
    )
    knob = painted_props(
        [Panel(rectangle(-1.3, -1.6, 1.3, 2.6, 1.2), "dark wood", lift=0.5)],
        place((0, 0), onto, 7.5 * unit),
        size,
        light,
    )
    lay(picture, rail, 6 * unit)
    lay(picture, layer, 15 * unit)
    lay(picture, knob, 5 * unit)
    return picture, layer


_Setting = Callable[[Product, Random, Size], tuple[FloatArray, Layer]]

_SETTINGS: dict[str, tuple[_Setting, ...]] = {
    "top": (_folded, _on_a_hanger, _on_a_figure),
    "outerwear": (_on_a_figure, _on_a_hanger, _on_a_figure),
    "dress": (_on_a_figure, _on_a_hanger, _on_a_figure),
    "pants": (_laid_out, _on_a_figure, _on_a_figure),
    "shorts": (_laid_out, _on_a_figure, _on_a_figure),
    "skirt": (_laid_out, _on_a_figure, _on_a_figure),
    "shoes": (_shoes_on_floor,),
    "bag": (_on_a_peg,),
    "hat": (_on_a_figure,),
    "scarf": (_laid_out, _on_a_figure),
    "belt": (_laid_out,),
    "sunglasses": (_on_a_figure,),
}
