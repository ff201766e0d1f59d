"""A small drawn shop in the "clip" format of snapshots."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from vitrine.sample import PRODUCTS, Product, draw_product

SIZE = (60, 80)
SPLITS = ("train", "train", "train", "val", "test")


def write(folder: Path, count: int = 90, *, verified: bool = False, photos: int = 2) -> Path:
    """A folder of so many products, a fifth chooses, a fifth tests."""
    (folder / "photos").mkdir(parents=True)
    some = PRODUCTS[:: max(1, len(PRODUCTS) // count)][:count]
    items = [_item(folder, product, place, verified, photos) for place, product in enumerate(some)]
    text = "".join(json.dumps(item) + "\n" for item in items)
    (folder / "items.jsonl").write_text(text, encoding="utf-8")
    seal(folder)
    return folder


def seal(folder: Path) -> None:
    """Write the checksums of all that is there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in paths
        if path.name != "SHA256SUMS"
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _item(
    folder: Path, product: Product, place: int, verified: bool, photos: int
) -> dict[str, Any]:
    crops = []
    for view in range(1, 1 + photos):
        out = io.BytesIO()
        draw_product(product, view, SIZE).save(out, "JPEG", quality=80)
        digest = hashlib.sha256(out.getvalue()).hexdigest()
        (folder / "photos" / f"{digest}.jpg").write_bytes(out.getvalue())
        crop = {"image_sha256": digest, "box": [0, 0, *SIZE], "kind": product.kind}
        crops.append({**crop, "kept": True, "primary": view == 1, "by": "model"})
    said = {"colour": [product.colour], "gender": [product.gender]}
    said["category"] = [product.category]
    return {
        "product_id": product.external_id,
        "title": product.title,
        "description": product.description,
        "category": product.category,
        "colour": product.colour,
        "attributes": {"pattern": product.pattern},
        "group": product.title.split()[-1] + product.category,
        "split": SPLITS[place % len(SPLITS)],
        "crops": crops,
        "labels": said if verified else {},
        "verified": verified,
    }
