"""Writing the sample catalogue to a folder."""

from __future__ import annotations

import csv
import json
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from vitrine.sample.backdrops import Size
from vitrine.sample.catalogue import PRODUCTS, Product
from vitrine.sample.outfits import OUTFITS, Outfit, draw_outfit
from vitrine.sample.scenes import SIZE, shoot

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
    "images",
)
_SPLITS = {1: "gallery", 2: "query"}


def draw_catalogue(
    folder: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
    products: Sequence[Product] = PRODUCTS,
    size: Size = SIZE,
    processes: int = 1,
) -> Path:
    """Draw the sample catalogue into the folder and return the path of its products.csv.

    More `processes` draw the same pictures sooner.
    """
    table = folder / "products.csv"
    # The table comes last and goes first, so that a folder with one is always complete.
    table.unlink(missing_ok=True)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "outfits").mkdir(exist_ok=True)
    views = [(product, view) for product in products for view in (1, 2)]
    total = len(views) + len(OUTFITS)
    lines, boxes = list[str](), dict[str, list[dict[str, Any]]]()
    with _drawing(processes) as drawn:
        for line in drawn(partial(_write_view, folder, size), views):
            lines.append(line)
            if progress:
                progress(len(lines), total)
        for outfit, found in zip(
            OUTFITS, drawn(partial(_write_outfit, folder, size), OUTFITS), strict=True
        ):
            boxes[_name(outfit)] = found
            if progress:
                progress(len(lines) + len(boxes), total)
    _write_text(folder / "outfits" / "boxes.json", json.dumps(boxes, indent=2) + "\n")
    _write_text(folder / "manifest.jsonl", "".join(f"{line}\n" for line in lines))
    _write_table(table, products)
    return table


def image_name(product: Product, view: int) -> str:
    """Where a view's picture lies, relative to the catalogue's folder."""
    return f"images/{product.external_id}-{view}.jpg"


@contextmanager
def _drawing(processes: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """A `map` over as many processes; of one it is Python's own."""
    if processes == 1:
        yield map
        return
    # Spawned: whoever draws may have threads, which a fork would leave behind.
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"))
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _write_outfit(folder: Path, size: Size, outfit: Outfit) -> list[dict[str, Any]]:
    """Draw people in several products and return the boxes of these."""
    picture, found = draw_outfit(outfit, (size[0] * 6 // 5, size[1] * 6 // 5))
    _write_picture(picture, folder / "outfits" / _name(outfit))
    return [
        {"external_id": one.product.external_id, "kind": one.product.kind, "box": one.box}
        for one in found
    ]


def _name(outfit: Outfit) -> str:
    return f"{outfit.name}.jpg"


def _write_view(folder: Path, size: Size, place: tuple[Product, int]) -> str:
    """Draw one view and return its line of the manifest."""
    product, view = place
    name = image_name(product, view)
    shot = shoot(product, view, size)
    _write_picture(shot.image, folder / name)
    return json.dumps(
        {
            "image": name,
            "product_id": product.external_id,
            "title": product.title,
            "category": product.category,
            "colour": product.colour,
            "split": _SPLITS[view],
            "boxes": [[*shot.box, product.kind]],
        }
    )


def _write_picture(picture: Image.Image, path: Path) -> None:
    picture.save(path, "JPEG", quality=90)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_table(path: Path, products: Sequence[Product]) -> None:
    unfinished = path.with_suffix(".csv.part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for product in products:
            plain = [getattr(product, column) for column in COLUMNS[:-1]]
            writer.writerow([*plain, ";".join(image_name(product, view) for view in (1, 2))])
    unfinished.replace(path)
