"""The photos and words that training learns from, read from the data folder."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vitrine.vision.types import Box

FACETS = ("category", "colour", "gender", "brand", "pattern", "sleeve", "neck", "fabric", "usage")
"""What captions are composed of and what positives are judged by, in this order."""

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


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo, or one box on it, and what is known of it; `group` never crosses splits."""

    key: str
    path: Path
    source: str
    split: str
    group: str
    title: str = ""
    description: str = ""
    box: Box | None = None
    facets: dict[str, str] = field(default_factory=dict)


def products(root: Path) -> list[Shot]:
    """The shop's products, one photo each."""
    folder = root / "products"
    return [_product(row, folder) for row in _rows(folder / "products.csv")]


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
        for row in _rows(folder / "photos.csv")
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


def is_validation(shot: Shot, share: float) -> bool:
    """Whether a train shot is kept back for choosing; its group alone decides."""
    digest = hashlib.sha256(f"val:{shot.group}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


def cut(shots: Iterable[Shot], share: float = 0.1) -> tuple[list[Shot], list[Shot], list[Shot]]:
    """The shots as fit, validation (that share of train) and dev."""
    fit: list[Shot] = []
    validation: list[Shot] = []
    dev: list[Shot] = []
    for shot in shots:
        if shot.split == "dev":
            dev.append(shot)
        else:
            (validation if is_validation(shot, share) else fit).append(shot)
    return fit, validation, dev


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _product(row: dict[str, str], folder: Path) -> Shot:
    return Shot(
        key=row["external_id"],
        path=folder / row["images"],
        source="products",
        split=row["split"],
        group=row["group"],
        title=row["title"],
        description=row["description"],
        facets={facet: row[facet] for facet in FACETS if row.get(facet)},
    )
