"""The catalogue as a whole: what is in it, and what is written of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from vitrine.sample import OUTFITS, PRODUCTS, draw_catalogue
from vitrine.sample.palette import COLOURS
from vitrine.sample.prints import PRINTS
from vitrine.sample.styles import STYLES
from vitrine.sample.writing import COLUMNS

KINDS = {
    "top",
    "outerwear",
    "dress",
    "pants",
    "shorts",
    "skirt",
    "shoes",
    "bag",
    "hat",
    "scarf",
    "belt",
    "sunglasses",
    "accessory",
}
SMALL = (150, 200)
FEW = PRODUCTS[::12]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_catalogue(tmp_path_factory.mktemp("sample"), products=FEW, size=SMALL).parent


def test_there_is_a_lot_to_look_at() -> None:
    assert len(PRODUCTS) >= 80
    assert len({product.style for product in PRODUCTS}) >= 10
    assert len({product.kind for product in PRODUCTS}) >= 10
    assert len({product.colour for product in PRODUCTS}) >= 10
    assert len({product.pattern for product in PRODUCTS}) >= 6
    assert len(OUTFITS) >= 5


def test_every_product_is_its_own() -> None:
    assert len({product.external_id for product in PRODUCTS}) == len(PRODUCTS)
    assert len({product.title for product in PRODUCTS}) == len(PRODUCTS)


def test_every_product_can_be_drawn_and_found() -> None:
    for product in PRODUCTS:
        assert product.colour in COLOURS
        assert product.accent in COLOURS
        assert product.print == "plain" or product.print in PRINTS
        assert product.style in STYLES
        assert product.kind in KINDS
        assert product.colour in product.title.lower()
        assert float(product.price) > 0


def test_the_table_lists_two_pictures_a_product(folder: Path) -> None:
    with (folder / "products.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["external_id"] for row in rows] == [product.external_id for product in FEW]
    for row in rows:
        names = row["images"].split(";")
        assert len(names) == 2
        for name in names:
            with Image.open(folder / name) as picture:
                assert picture.format == "JPEG"
                assert picture.size == SMALL


def test_the_manifest_agrees_with_the_table(folder: Path) -> None:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    assert len(entries) == 2 * len(FEW)
    for entry in entries:
        assert (folder / entry["image"]).is_file()
        assert entry["split"] == ("gallery" if entry["image"].endswith("-1.jpg") else "query")
        x1, y1, x2, y2, kind = entry["boxes"][0]
        assert 0 <= x1 < x2 <= SMALL[0]
        assert 0 <= y1 < y2 <= SMALL[1]
        assert kind in KINDS


def test_outfits_are_written_with_their_boxes(folder: Path) -> None:
    boxes = json.loads((folder / "outfits" / "boxes.json").read_text(encoding="utf-8"))
    known = {product.external_id: product.kind for product in PRODUCTS}
    assert len(boxes) == len(OUTFITS)
    for name, found in boxes.items():
        with Image.open(folder / "outfits" / name) as picture:
            width, height = picture.size
        for one in found:
            assert known[one["external_id"]] == one["kind"]
            x1, y1, x2, y2 = one["box"]
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height


def test_an_interrupted_run_leaves_no_table(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("of an earlier run")

    def stop(done: int, total: int) -> None:
        assert 0 < done <= total
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_catalogue(tmp_path, products=FEW[:1], size=SMALL, progress=stop)
    assert not (tmp_path / "products.csv").exists()


def test_more_processes_draw_the_same(folder: Path, tmp_path: Path) -> None:
    draw_catalogue(tmp_path, products=FEW[:2], size=SMALL, processes=2)
    drawn = sorted((tmp_path / "images").iterdir())
    assert len(drawn) == 4
    assert all(each.read_bytes() == (folder / "images" / each.name).read_bytes() for each in drawn)
    boxes = Path("outfits") / "boxes.json"
    assert (tmp_path / boxes).read_text() == (folder / boxes).read_text()
