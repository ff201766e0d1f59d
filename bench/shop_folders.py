"""Catalogues of the data folder in the "clip" format of snapshots, split by design."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

Row = Mapping[str, str]

LEFT_OUT = ""
HELD_OUT, VAL = 0.4, 0.12
"""The shares of designs that are only measured, and that choose."""


def shop2(root: Path, folder: Path) -> Path:
    """The shop for validation; no part of it may ship."""
    return _write(root / "shop2", folder, lambda row: _by_design(row["group"]))


def home(root: Path, folder: Path) -> Path:
    """The home shop: a third of its designs to learn from, which take minutes to look at; what its
    own data folder calls dev is only measured."""

    def split(row: Row) -> str:
        if row["split"] == "dev":
            return "test"
        chosen = _by_design(f"some of {row['group']}", 2 / 3, 1.0)
        return _by_design(row["group"], 0.0, 0.12) if chosen == "val" else LEFT_OUT

    return _write(root / "products", folder, split)


def _by_design(group: str, held_out: float = HELD_OUT, val: float = VAL) -> str:
    chance = int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) / 2**32
    if chance < held_out:
        return "test"
    return "val" if chance < held_out + val else "train"


def _write(shop: Path, folder: Path, split: Callable[[Row], str]) -> Path:
    """The folder, made unless it is there; its photos are links."""
    if (folder / "SHA256SUMS").is_file():
        return folder
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    sums: dict[str, str] = {}
    with (shop / "products.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    sides = [split(row) for row in rows]
    lines = [
        json.dumps(_item(shop, folder, row, side, sums))
        for row, side in zip(rows, sides, strict=True)
        if side != LEFT_OUT
    ]
    text = "".join(f"{line}\n" for line in lines)
    (folder / "items.jsonl").write_text(text, encoding="utf-8")
    sums["items.jsonl"] = hashlib.sha256(text.encode()).hexdigest()
    told = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (folder / "SHA256SUMS").write_text(told, encoding="utf-8")
    return folder


def _item(shop: Path, folder: Path, row: Row, split: str, sums: dict[str, str]) -> dict[str, Any]:
    path = shop / row["images"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    name = f"photos/{digest}{path.suffix}"
    sums[name] = digest
    if not (folder / name).exists():
        (folder / name).symlink_to(path.resolve())
    with Image.open(path) as picture:
        width, height = picture.size
    crop = {"image_sha256": digest, "box": [0, 0, width, height], "kind": "whole"}
    stated = {key: row[key] for key in ("pattern", "sleeve", "neck") if row.get(key)}
    return {
        "product_id": row["external_id"],
        "title": row["title"],
        "description": row["description"],
        "category": row["category"],
        "colour": row["colour"],
        "gender": row.get("gender", ""),
        "attributes": stated,
        "group": row["group"],
        "split": split,
        "crops": [{**crop, "kept": True, "primary": True, "by": "model"}],
        "labels": {},
        "verified": False,
    }
