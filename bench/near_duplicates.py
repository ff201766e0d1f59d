"""What counts as a near duplicate: drawn products in other colours, and copies of their pictures.

    .venv/bin/python -m bench.near_duplicates

draws both views of every second sample product in its own colour and three others, and prints one
JSON line: of the pairs of two colours, and of the copies of each kind, how many there are, how many
hashes at most 7 bits apart call near, and how many still are once colours are compared.
"""

from __future__ import annotations

import io
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

from PIL import Image, ImageEnhance

from vitrine.sample import PRODUCTS, Product, draw_product
from vitrine.sample.palette import COLOURS
from vitrine.services.catalog.duplicates import FURTHEST
from vitrine.vision import likeness
from vitrine.vision.images import Picture

SIZE = (240, 320)
NAMES = tuple(COLOURS)
APART = (0, 4, 9, 14)
"""How many names of colours lie between a product's own and those it is drawn in."""


def main() -> int:
    """Measure and print."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for product in PRODUCTS[::2]:
        for view in (1, 2):
            pictures = list(_recoloured(product, view))
            for one, other in combinations(pictures, 2):
                _count(counts["recoloured"], one, other)
            for kind, copied in COPIES.items():
                _count(counts[kind], pictures[0], copied(pictures[0]))
    print(json.dumps(dict(counts)))
    lost = [kind for kind, (_, hashed, near) in counts.items() if near < hashed]
    return 0 if counts["recoloured"][2] == 0 and lost == ["recoloured"] else 1


def _recoloured(product: Product, view: int) -> Iterator[Image.Image]:
    own = NAMES.index(product.colour)
    for further in APART:
        colour = NAMES[(own + further) % len(NAMES)]
        yield draw_product(replace(product, colour=colour), view, SIZE)


def _count(counts: list[int], one: Image.Image, other: Image.Image) -> None:
    pictures = [Picture(each, "image/png") for each in (one, other)]
    first, second = (int(likeness.perceptual_hash(each), 16) for each in pictures)
    ones, others = ([likeness.colour_grid(each)] for each in pictures)
    near = (first ^ second).bit_count() <= FURTHEST
    counts[0] += 1
    counts[1] += near
    counts[2] += bool(near and likeness.same_colours(ones, others)[0])


def _saved(format: str, quality: int) -> Callable[[Image.Image], Image.Image]:  # noqa: A002
    def copied(picture: Image.Image) -> Image.Image:
        file = io.BytesIO()
        picture.save(file, format, quality=quality)
        return Image.open(file).convert("RGB")

    return copied


def _sized(share: float) -> Callable[[Image.Image], Image.Image]:
    def copied(picture: Image.Image) -> Image.Image:
        size = round(picture.width * share), round(picture.height * share)
        return picture.resize(size, Image.Resampling.LANCZOS)

    return copied


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "jpeg 40": _saved("JPEG", 40),
    "jpeg 20": _saved("JPEG", 20),
    "webp 60": _saved("WEBP", 60),
    "half": _sized(1 / 2),
    "a quarter": _sized(1 / 4),
    "double": _sized(2),
    "brighter by 6 %": lambda picture: ImageEnhance.Brightness(picture).enhance(1.06),
    "more contrast by 8 %": lambda picture: ImageEnhance.Contrast(picture).enhance(1.08),
    "more colour by 15 %": lambda picture: ImageEnhance.Color(picture).enhance(1.15),
    "1 % of each edge cut off": lambda picture: picture.crop(
        (2, 3, picture.width - 2, picture.height - 3)
    ),
}


if __name__ == "__main__":
    sys.exit(main())
