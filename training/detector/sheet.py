"""A contact sheet of what the shipped detector sees on drawn photos, right and wrong.

    python -m training.detector.sheet --out docs/images/detector.png

The photos are the sample catalogue's, which the detector was not trained on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from vitrine.sample.catalogue import PRODUCTS
from vitrine.sample.outfits import OUTFITS, draw_outfit
from vitrine.sample.scenes import draw_product
from vitrine.vision import registry
from vitrine.vision.nets import Detector
from vitrine.vision.sessions import Runtime

TILE = (210, 270)
COLUMNS = 7
EVERY = 13
"""Each so-many-th product is shown, in both views."""


def main(argv: Sequence[str] | None = None) -> None:
    """Write the sheet named by --out."""
    parser = argparse.ArgumentParser(
        prog="python -m training.detector.sheet",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    out: Path = parser.parse_args(argv).out
    card, folder = registry.find_detector("vitrine-garments", Path())
    detector = Detector(card, folder / card.file.file, Runtime())
    pictures = [draw_outfit(outfit)[0] for outfit in OUTFITS]
    pictures += [draw_product(product, view) for product in PRODUCTS[::EVERY] for view in (1, 2)]
    drawn(detector, pictures).quantize(128).save(out, optimize=True)


def drawn(detector: Detector, pictures: Sequence[Image.Image]) -> Image.Image:
    """All pictures with the boxes that the detector keeps, `COLUMNS` in a row."""
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (TILE[0] * COLUMNS, TILE[1] * rows), "white")
    for place, (picture, found) in enumerate(zip(pictures, detector.items(pictures), strict=True)):
        shown = picture.convert("RGB")
        pen = ImageDraw.Draw(shown)
        for one in found:
            pen.rectangle(one.box.as_tuple(), outline=(200, 20, 20), width=4)
            words = f"{one.kind} {one.score:.2f}"
            pen.text((one.box.x1 + 6, one.box.y1 + 4), words, fill=(20, 20, 180), font_size=32)
        shown.thumbnail(TILE)
        sheet.paste(shown, (place % COLUMNS * TILE[0], place // COLUMNS * TILE[1]))
    return sheet


if __name__ == "__main__":
    main()
