"""A painted data folder in the layout that training reads: every sort of photo, all tiny."""

from __future__ import annotations

import csv
import json
import random
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from vitrine.sample import draw_catalogue
from vitrine.sample.catalogue import PRODUCTS

COLOURS = {"Red": "#c02020", "Blue": "#2040c0", "Green": "#208040", "Yellow": "#e0c020"}
KINDS = {
    "Handbags": ("Bags", "Accessories"),
    "Shirts": ("Topwear", "Apparel"),
    "Casual Shoes": ("Shoes", "Footwear"),
}
"""The category of products with their sub_category and master_category."""
PHONE = ("T-Shirt", "Pants", "Shoes")
PRODUCT = (
    *("external_id", "title", "description", "category", "sub_category", "master_category"),
    *("gender", "colour", "brand", "pattern", "images", "split", "group"),
)


def packshot(path: Path, category: str, colour: str, dice: random.Random) -> None:
    """One thing on white, 60 x 80, with a shape for each category."""
    picture = Image.new("RGB", (60, 80), "white")
    pen = ImageDraw.Draw(picture)
    left, top = dice.randint(4, 16), dice.randint(4, 24)
    if category == "Handbags":
        pen.ellipse((left, top, left + 38, top + 48), fill=COLOURS[colour])
    else:
        height = 48 if category == "Shirts" else 18
        pen.rectangle((left, top, left + 38, top + height), fill=COLOURS[colour])
    picture.save(path)


def data_folder(root: Path, count: int = 96) -> Path:
    """`count` products, a quarter of them dev, and some of all other photos."""
    dice = random.Random(5)
    products(root, count, dice)
    thumbs(root, dice)
    phone(root, dice)
    garments(root, dice)
    return root


def products(root: Path, count: int, dice: random.Random) -> None:
    """The shop's products."""
    (root / "products" / "images").mkdir(parents=True)
    rows = [row(number, "images/{}.png", dice) for number in range(count)]
    for some in rows:
        path = root / "products" / some["images"]
        packshot(path, some["category"], some["colour"], dice)
    table(root / "products" / "products.csv", PRODUCT, rows)


def thumbs(root: Path, dice: random.Random) -> None:
    """Further products, their photos in an archive."""
    folder = root / "thumbs"
    folder.mkdir()
    rows = [row(number, "{}.jpg", dice) for number in range(1000, 1016)]
    with tarfile.open(folder / "thumbs.tar", "w") as archive:
        for some in rows:
            path = folder / some["images"]
            packshot(path, some["category"], some["colour"], dice)
            archive.add(path, some["images"])
            path.unlink()
    table(folder / "products.csv", PRODUCT, rows)


def row(number: int, images: str, dice: random.Random) -> dict[str, Any]:
    """What is known of a product; two in a row are of one group."""
    category, colour = dice.choice(list(KINDS)), dice.choice(list(COLOURS))
    gender, (sub, master) = dice.choice(("Men", "Women")), KINDS[category]
    return {
        "external_id": number,
        "title": f"Acme {gender} {colour} {category} no {number}",
        "category": category,
        "sub_category": sub,
        "master_category": master,
        "gender": gender,
        "colour": colour,
        "brand": "Acme",
        "images": images.format(number),
        "split": "dev" if number // 2 % 4 == 0 else "train",
        "group": f"g{number // 2}",
    }


def phone(root: Path, dice: random.Random) -> None:
    """Phone photos of one garment each, on wooden floors."""
    (root / "phone" / "images").mkdir(parents=True)
    rows = []
    for number in range(24):
        picture = Image.new("RGB", (90, 120), "#a08060")
        left, top = dice.randint(5, 30), dice.randint(5, 30)
        colour = dice.choice(list(COLOURS.values()))
        ImageDraw.Draw(picture).rectangle((left, top, left + 50, top + 70), fill=colour)
        picture.save(root / "phone" / "images" / f"{number}.jpg")
        some = {"image": f"images/{number}.jpg", "sender_id": number, "kids": False}
        some |= {"label": PHONE[number % 3], "split": "dev" if number < 6 else "train"}
        rows.append(some)
    table(root / "phone" / "photos.csv", ("image", "sender_id", "label", "kids", "split"), rows)


def garments(root: Path, dice: random.Random) -> None:
    """Street photos with a blouse and a bag marked on each, and something too small to learn."""
    (root / "garments" / "images").mkdir(parents=True)
    marked = {}
    for number in range(8):
        picture = Image.new("RGB", (160, 200), "#707880")
        pen = ImageDraw.Draw(picture)
        boxes: list[list[Any]] = [
            ["top", "blouse", 10, 20, 80, 110],
            ["bag", "purse", 90, 90, 150, 160],
        ]
        for _, _, x1, y1, x2, y2 in boxes:
            colour = dice.choice(list(COLOURS.values()))
            pen.rectangle((x1, y1, x2 - 1, y2 - 1), fill=colour)
        picture.save(root / "garments" / "images" / f"{number:04}.jpg")
        boxes.append(["shoes", "shoes", 0, 180, 20, 200])
        split = "dev" if number < 2 else "train"
        marked[f"{number:04}"] = {"w": 160, "h": 200, "split": split, "boxes": boxes}
    (root / "garments" / "boxes.json").write_text(json.dumps(marked))


def sample(cache: Path) -> None:
    """Two products of the sample catalogue where training looks for all of it."""
    draw_catalogue(cache / "sample", products=PRODUCTS[:2])


def table(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV file."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, tuple(columns), restval="")
        writer.writeheader()
        writer.writerows(rows)
