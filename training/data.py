"""The photos and words that training learns from, read from the data folder."""

from __future__ import annotations

import csv
import hashlib
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vitrine.sample import draw_catalogue
from vitrine.vision.types import Box

FACETS = (
    *("category", "colour", "gender", "brand", "pattern", "sleeve", "neck", "fabric", "usage"),
    *("group", "department"),
)
"""What captions are composed of and what positives are judged by, in this order."""

COLUMNS = {"group": "sub_category", "department": "master_category"}
"""The columns of products.csv whose facet has another name."""

PHONE_WORDS = {
    "T-Shirt": "Tshirts",
    "Longsleeve": "Long Sleeve Tshirts",
    "Pants": "Pants",
    "Shoes": "Shoes",
    "Shirt": "Shirts",
    "Dress": "Dresses",
    "Shorts": "Shorts",
    "Outwear": "Outerwear",
    "Skirt": "Skirts",
    "Hat": "Hats",
    "Undershirt": "Undershirts",
    "Polo": "Polo Tshirts",
    "Hoodie": "Hoodies",
    "Blazer": "Blazers",
    "Body": "Bodysuits",
    "Top": "Tops",
    "Blouse": "Blouses",
}
PHONE_MAIN = (
    *("T-Shirt", "Longsleeve", "Pants", "Shoes", "Dress"),
    *("Shirt", "Shorts", "Outwear", "Hat", "Skirt"),
)
"""The ten labels that the data set's usual subset of phone photos keeps."""

SAMPLE_WORDS = {
    "T-shirts": "Tshirts",
    "Polo shirts": "Polo Tshirts",
    "Knitwear": "Sweaters",
    "Coats": "Coat",
    "Shoes": "Casual Shoes",
    "Bags": "Handbags",
    "Hats": "Hat",
    "navy": "Navy Blue",
    "sage": "Green",
    "sky blue": "Blue",
    "camel": "Tan",
    "lilac": "Lavender",
    "plain": "Solid",
    "stripes": "Striped",
    "check": "Checked",
    "colour block": "Colourblocked",
}
"""The sample catalogue's values under the names of the shop's."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo, or one box on it, and what is known of it; `group` never crosses splits.

    Photos of one `product` show the same thing; empty where there is only one of each.
    """

    key: str
    path: Path
    source: str
    split: str
    group: str
    title: str = ""
    description: str = ""
    box: Box | None = None
    product: str = ""
    view: str = ""
    facets: dict[str, str] = field(default_factory=dict)


def products(root: Path) -> list[Shot]:
    """The shop's products, one photo each."""
    folder = root / "products"
    listed = rows(folder / "products.csv")
    return [_product(row, folder / row["images"], "products") for row in listed]


def thumbs(root: Path, unpacked: Path) -> list[Shot]:
    """Further products of the shop at 60 x 80 pixels; their photos are unpacked once."""
    archive = root / "thumbs" / "thumbs.tar"
    if not archive.exists():
        return []
    if not unpacked.exists():
        partial = unpacked.with_suffix(".part")
        with tarfile.open(archive) as tar:
            tar.extractall(partial, filter="data")
        partial.rename(unpacked)
    paths = {path.name: path for path in unpacked.rglob("*.jpg")}
    listed = rows(root / "thumbs" / "products.csv")
    return [_product(row, paths[Path(row["images"]).name], "thumbs") for row in listed]


def phone(root: Path) -> list[Shot]:
    """Phone photos of one garment each; known by their kind only."""
    folder = root / "phone"
    return [
        Shot(
            key=row["image"],
            path=folder / row["image"],
            source="phone",
            split=row["split"],
            group=f"sender-{row['sender_id']}",
            facets={"category": PHONE_WORDS.get(row["label"], row["label"])},
        )
        for row in rows(folder / "photos.csv")
    ]


def garments(root: Path, smallest: float = 48.0) -> list[Shot]:
    """Boxes on street photos, left out where a side is under `smallest` pixels."""
    path = root / "garments" / "boxes.json"
    photos = json.loads(path.read_text()) if path.exists() else {}
    return [
        Shot(
            key=f"{photo}#{number}",
            path=root / "garments" / "images" / f"{photo}.jpg",
            source="garments",
            split=entry["split"],
            group=f"street-{photo}",
            box=Box(*map(float, corners)),
            facets={"category": tag.capitalize()},
        )
        for photo, entry in photos.items()
        for number, (_kind, tag, *corners) in enumerate(entry["boxes"])
        if min(corners[2] - corners[0], corners[3] - corners[1]) >= smallest
    ]


def sample(folder: Path) -> list[Shot]:
    """Both views of every product of the drawn sample catalogue; it is drawn once."""
    if not (folder / "products.csv").exists():
        draw_catalogue(folder)
    return [
        Shot(
            key=image,
            path=folder / image,
            source="sample",
            split="train",
            group=f"sample-{row['external_id']}",
            title=row["title"],
            description=row["description"],
            facets={
                "category": SAMPLE_WORDS.get(row["category"], row["category"]),
                "colour": SAMPLE_WORDS.get(row["colour"], row["colour"].title()),
                "brand": row["brand"],
                "gender": row["gender"].title(),
                "pattern": SAMPLE_WORDS.get(row["pattern"], row["pattern"].title()),
            },
        )
        for row in rows(folder / "products.csv")
        for image in row["images"].split(";")
    ]


def is_validation(shot: Shot, share: float) -> bool:
    """Whether a train shot is kept back for choosing; its group alone decides."""
    digest = hashlib.sha256(f"val:{shot.group}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a CSV file by their columns' names; none where there is no such file."""
    if not path.exists():
        return
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _product(row: dict[str, str], path: Path, source: str) -> Shot:
    values = {facet: row.get(COLUMNS.get(facet, facet), "") for facet in FACETS}
    return Shot(
        key=row["external_id"],
        path=path,
        source=source,
        split=row["split"],
        group=row["group"],
        title=row["title"],
        description=row["description"],
        facets={facet: value for facet, value in values.items() if value},
    )
