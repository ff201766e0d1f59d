"""The two shops, and the products of them that the circle begins with."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shop:
    """A folder with products.csv and photos; by facet the column in which the shop states it.

    Of its first `imported` products those are chosen that the circle is about; at most `own` of the
    wrong ones are the models' own mistakes, which are rare where they were trained.
    """

    name: str
    folder: Path
    stated: Mapping[str, str]
    columns: Sequence[str]
    imported: int
    own: int

    def pool(self) -> Sequence[Row]:
        """Products that may be trained on, the same every time; those that are held out are not."""
        with (self.folder / "products.csv").open(encoding="utf-8") as file:
            rows: list[Row] = [row for row in csv.DictReader(file) if _ours(row)]
        return sorted(rows, key=_drawn)[: self.imported]

    def write(self, rows: Sequence[Row], path: Path) -> None:
        """Write a file that `vitrine import` reads, pictures by their path from the shop."""
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, self.columns, extrasaction="ignore")
            table.writeheader()
            table.writerows(rows)


def shops(data: Path) -> Iterator[Shop]:
    """Those that are in the folder of shared data."""
    yield Shop(
        "products",
        data / "products",
        {
            "category": "category",
            "colour": "colour",
            "gender": "gender",
            "pattern": "pattern",
            "sleeve": "sleeve",
            "neckline": "neck",
        },
        (
            *("external_id", "title", "description", "category", "colour", "gender", "brand"),
            *("pattern", "sleeve", "neck", "images"),
        ),
        imported=1600,
        own=150,
    )
    yield Shop(
        "shop2",
        data / "shop2",
        {"category": "category", "colour": "colour", "pattern": "pattern"},
        ("external_id", "group", "title", "description", "category", "colour", "pattern", "images"),
        imported=2200,
        own=300,
    )


def _ours(row: Row) -> bool:
    worn = ("Apparel", "Footwear", "Accessories")
    return row.get("split", "train") == "train" and row.get("master_category", worn[0]) in worn


def _drawn(row: Row) -> bytes:
    return hashlib.sha256(f"flywheel:{row['external_id']}".encode()).digest()
