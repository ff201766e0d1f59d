"""Products that no part of the circle ever saw, as a manifest for `vitrine evaluate`."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.flywheel.shops import Row, Shop

EVERY = 3
"""Every third product asks where there are no designs of several articles."""


def manifest(shop: Shop, path: Path) -> Path:
    """Write the held-out products of a shop: those marked so, or the designs out of the pool."""
    lines = _queries_first(shop, list(_held_out(shop)))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def _held_out(shop: Shop) -> Iterator[Row]:
    pooled = {row["group"] for row in shop.pool()}
    with (shop.folder / "products.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            marked = row.get("split", "dev") == "dev"
            if marked and row["group"] not in pooled:
                yield row


def _queries_first(shop: Shop, rows: Sequence[Row]) -> Iterator[dict[str, object]]:
    """The first article of each design asks, where there are designs; else every third product."""
    designs: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        designs[row["group"]].append(row)
    several = [some for some in designs.values() if len(some) > 1]
    asking = (
        {some[0]["external_id"] for some in several}
        if len(several) > len(designs) // EVERY
        else {row["external_id"] for row in rows[::EVERY]}
    )
    for row in rows:
        yield _line(shop, row, asks=row["external_id"] in asking)


def _line(shop: Shop, row: Row, *, asks: bool) -> dict[str, object]:
    attributes = {
        facet: row[column]
        for facet, column in shop.stated.items()
        if facet not in ("category", "colour") and row[column]
    }
    return {
        "image": str(shop.folder / row["images"]),
        "product_id": row["external_id"],
        "title": row["title"],
        "category": row["category"],
        "colour": row["colour"],
        "group": row["group"],
        "split": "query" if asks else "gallery",
        "attributes": attributes,
    }
