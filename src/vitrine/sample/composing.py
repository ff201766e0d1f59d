"""Putting painted layers together into a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitrine.sample.backdrops import Size, shade_behind
from vitrine.sample.canvas import Layer, Light, Scene, empty_layer, laid_over, paint
from vitrine.sample.catalogue import Product
from vitrine.sample.cloths import PROPS, cloths_of
from vitrine.sample.fabrics import FloatArray
from vitrine.sample.geometry import Placement, Point, bounds, place
from vitrine.sample.marks import Mark, Panel, outlines

Box = tuple[int, int, int, int]

_OPENING = {"denim jacket", "bomber", "blazer", "coat"}


def box_of(cover: FloatArray) -> Box:
    """The smallest box round everything that is mostly covered."""
    rows, columns = np.nonzero(cover.max(axis=1) > 0.5)[0], np.nonzero(cover.max(axis=0) > 0.5)[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def worn(product: Product) -> list[Mark]:
    """The product's marks without those hidden behind whoever wears it."""
    drawn = product.cut.marks()
    if product.style in _OPENING:
        drawn = product.cut.draw(True)
    return [mark for mark in drawn if not (isinstance(mark, Panel) and mark.behind)]


def fitted(
    marks: Sequence[Mark], size: Size, share: Point, turn: float = 0.0, centre: Point = (0.5, 0.5)
) -> Placement:
    """Place the marks in the middle, filling at most these shares of width and height."""
    x1, y1, x2, y2 = bounds(outlines(marks))
    density = min(size[0] * share[0] / (x2 - x1), size[1] * share[1] / (y2 - y1))
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    return place(middle, (size[0] * centre[0], size[1] * centre[1]), density, turn=turn)


def painted(
    product: Product,
    marks: Sequence[Mark],
    placement: Placement,
    size: Size,
    light: Light | None = None,
) -> Layer:
    """The product's marks on a layer of their own."""
    layer = empty_layer(*size)
    scene = Scene(cloths_of(product), placement, light or Light(), product.external_id)
    paint(layer, marks, scene)
    return layer


def painted_props(
    marks: Sequence[Mark], placement: Placement, size: Size, light: Light | None = None
) -> Layer:
    """Things that are not for sale, on a layer of their own."""
    layer = empty_layer(*size)
    paint(layer, marks, Scene(PROPS, placement, light or Light(), "props"))
    return layer


def lay(picture: FloatArray, layer: Layer, reach: float) -> None:
    """Lay the layer onto the picture with a soft shadow below it."""
    shade_behind(picture, layer, (round(reach * 0.5), round(reach)), reach * 1.1)
    laid_over(picture, layer)


def unit_of(size: Size) -> float:
    """How large a pixel of the usual picture is on one of this size."""
    return size[1] / 800
