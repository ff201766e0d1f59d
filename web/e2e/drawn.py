"""Draws what the browser tests import and search with, into the folder that is named.

python drawn.py FOLDER         a small catalogue, one to import by hand, a photo to search with
python drawn.py FOLDER many    also one of 500 products, with the same pictures again and again
python drawn.py FOLDER all     also the whole sample catalogue, in its full size
"""

from __future__ import annotations

import csv
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from vitrine.sample import OUTFITS, PRODUCTS, Product, draw_outfit, draw_product

SIZE = (420, 560)
FULL_SIZE = (600, 800)
MANY = 500
COLUMNS = (
    "external_id",
    "title",
    "description",
    "category",
    "colour",
    "brand",
    "price",
    "currency",
    "pattern",
    "gender",
)
SHOP = "https://shop.example/p/"
"""Where the shop has its pages of products."""
OUTFIT = next(outfit for outfit in OUTFITS if outfit.name == "summer-market")
WORN = {piece.title for piece in OUTFIT.pieces}
HATS = [product for product in PRODUCTS if product.category == "Hats"][-4:]
"""What is imported by hand, and so is not in the catalogue before."""
TWO = next(product for product in PRODUCTS if product.title == "Mustard tea dress")
TWO_COLOURS = ("teal", "rust")
"""A dress that is photographed in two colours, as two photos of one product."""
DESIGN = next(product for product in PRODUCTS if product.title == "Green midi dress")
COLOURWAYS = [replace(DESIGN, external_id=f"WAY-{c}", colour=c) for c in ("red", "blue", "green")]
"""One design in several colours, which a test adds and takes away."""
SHOWN = [
    product
    for number, product in enumerate(PRODUCTS)
    if product not in HATS
    and (number % 4 == 0 or product.title in WORN or product.category == "Dresses")
]


def main(folder: Path, more: str = "") -> None:
    """Draw everything."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    whole = more == "all"
    for product in PRODUCTS if whole else [*SHOWN, *HATS]:
        for view in (1, 2):
            picture = draw_product(product, view, FULL_SIZE if whole else SIZE)
            _save(picture, pictures / _picture(product, view))
    for number, colour in enumerate(TWO_COLOURS, 1):
        dress = replace(TWO, colour=colour)
        _save(draw_product(dress, 1, FULL_SIZE), folder / f"two-{number}.jpg")
        _save(draw_product(dress, 2, FULL_SIZE), folder / f"two-{number}-asked.jpg")
    for product in COLOURWAYS:
        _save(draw_product(product, 1, SIZE), folder / f"{product.external_id}.jpg")
    picture, _ = draw_outfit(OUTFIT, FULL_SIZE)
    _save(picture, folder / "outfit.jpg")
    _write(folder / "catalogue", SHOWN, pictures)
    _write(folder / "hats", HATS, pictures)
    _write_bad(folder / "bad.csv")
    if whole:
        _write(folder / "all", PRODUCTS, pictures)
    if more == "many":
        _write(folder / "many", [SHOWN[n % len(SHOWN)] for n in range(MANY)], pictures, views=(1,))


def _picture(product: Product, view: int) -> str:
    return f"{product.external_id}-{view}.jpg"


def _save(picture: Image.Image, path: Path) -> None:
    picture.save(path, "JPEG", quality=88)


def _write(
    path: Path, products: Sequence[Product], pictures: Path, views: Sequence[int] = (1, 2)
) -> None:
    """A CSV and a zip of its pictures; a product that comes again gets an id of its own."""
    seen: set[str] = set()
    lines = []
    for number, product in enumerate(products):
        name = product.external_id
        again = f"{name}-{number}" if name in seen else name
        seen.add(name)
        shown = [getattr(product, column) for column in COLUMNS[1:]]
        pictures_of_it = ";".join(_picture(product, view) for view in views)
        lines.append([again, *shown, SHOP + again, pictures_of_it])
    _write_csv(path.with_suffix(".csv"), lines)
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as packed:
        for name in sorted({name for line in lines for name in line[-1].split(";")}):
            packed.write(pictures / name, name)


def _write_bad(path: Path) -> None:
    """Three rows that can be taken, and three that cannot: no title, a wrong price, no id."""
    good = [[f"E2E-{n}", f"Plain scarf number {n}", "", "Scarves", "red"] for n in (1, 2, 3)]
    rest = ["Osier Field", "19.95", "EUR", "plain", "women", "", ""]
    lines = [[*each, *rest] for each in good]
    lines.insert(1, ["E2E-4", "", "", "Scarves", "red", *rest])
    lines.insert(
        2, ["E2E-5", "Scarf of a wrong price", "", "Scarves", "red", "", "cheap", *rest[2:]]
    )
    lines.append(["", "Scarf without an id", "", "Scarves", "red", *rest])
    _write_csv(path, lines)


def _write_csv(path: Path, lines: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[*COLUMNS, "link", "images"], *lines])


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
