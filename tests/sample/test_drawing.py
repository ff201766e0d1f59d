"""Single pictures: repeatable, in the named colour, and boxed where the product is."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vitrine.sample import OUTFITS, PRODUCTS, draw_outfit, draw_product
from vitrine.sample.catalogue import Product, product_titled
from vitrine.sample.palette import COLOURS
from vitrine.sample.scenes import shoot

SMALL = (300, 400)
ONE_OF_EACH_KIND = list({product.kind: product for product in PRODUCTS}.values())
PLAIN_TOPS = [
    product
    for product in PRODUCTS
    if product.pattern == "plain" and product.category in {"T-shirts", "Knitwear", "Hoodies"}
]


def named(product: Product) -> str:
    return product.external_id


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


@pytest.mark.parametrize("view", [1, 2])
def test_a_picture_is_the_same_every_time(view: int) -> None:
    product = product_titled("Navy check shirt")
    assert jpeg(draw_product(product, view)) == jpeg(draw_product(product, view))


def test_the_two_views_differ_widely() -> None:
    for product in ONE_OF_EACH_KIND:
        first, second = (
            np.asarray(draw_product(product, view, SMALL), dtype=float) for view in (1, 2)
        )
        assert np.abs(first - second).mean() > 15, product.title


@pytest.mark.parametrize("view", [1, 2])
def test_every_product_draws(view: int) -> None:
    for product in PRODUCTS:
        assert draw_product(product, view, (60, 80)).size == (60, 80)


@pytest.mark.parametrize("product", ONE_OF_EACH_KIND, ids=named)
@pytest.mark.parametrize("view", [1, 2])
def test_the_box_lies_on_the_picture_and_holds_the_product(product: Product, view: int) -> None:
    shot = shoot(product, view, SMALL)
    x1, y1, x2, y2 = shot.box
    assert 0 <= x1 < x2 <= SMALL[0]
    assert 0 <= y1 < y2 <= SMALL[1]
    assert (x2 - x1) * (y2 - y1) > 0.01 * SMALL[0] * SMALL[1]
    pixels = np.asarray(shot.image, dtype=float)
    corner = pixels[:8, :8].reshape(-1, 3).mean(axis=0)
    different = np.abs(pixels[y1:y2, x1:x2] - corner).sum(axis=2) > 30
    assert different.mean() > 0.25


@pytest.mark.parametrize("product", PLAIN_TOPS, ids=named)
def test_the_named_colour_dominates(product: Product) -> None:
    shot = shoot(product, 1, SMALL)
    x1, y1, x2, y2 = shot.box
    wide, tall = (x2 - x1) // 5, (y2 - y1) // 4
    middle = np.asarray(shot.image, dtype=float)[
        y1 + tall : y2 - tall, x1 + 2 * wide : x2 - 2 * wide
    ]
    typical = np.median(middle.reshape(-1, 3), axis=0) / 255
    nearest = min(COLOURS, key=lambda name: float(np.abs(typical - COLOURS[name]).sum()))
    assert nearest == product.colour


def test_outfit_boxes_lie_on_the_picture_and_name_other_products() -> None:
    for outfit in OUTFITS:
        picture, found = draw_outfit(outfit, (360, 480))
        assert picture.size == (360, 480)
        assert len({one.product.external_id for one in found}) == len(outfit.pieces) >= 4
        for one in found:
            x1, y1, x2, y2 = one.box
            assert 0 <= x1 < x2 <= 360
            assert 0 <= y1 < y2 <= 480
