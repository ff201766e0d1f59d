"""Products of elsewhere to look at while a model is tuned: drawn ones, which no shop sells."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

from vitrine.finetune import keeping
from vitrine.finetune.snapshots import ITEMS, SUMS
from vitrine.sample import PRODUCTS, Product, draw_product

COUNT = 150
SIZE = (180, 240)


def drawn(folder: Path, count: int = COUNT) -> Path:
    """A folder of drawn products in the "clip" format, made unless it is there."""
    if (folder / SUMS).is_file():
        return folder
    with keeping.placed(folder) as draft:
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "photos").mkdir(parents=True)
        some = PRODUCTS[:: max(1, len(PRODUCTS) // count)][:count]
        lines = "".join(json.dumps(_item(draft, product)) + "\n" for product in some)
        (draft / ITEMS).write_text(lines, encoding="utf-8")
        paths = sorted(path for path in draft.rglob("*") if path.is_file())
        told = [f"{_digest(path.read_bytes())}  {path.relative_to(draft)}\n" for path in paths]
        (draft / SUMS).write_text("".join(told), encoding="utf-8")
    return folder


def _item(draft: Path, product: Product) -> dict[str, Any]:
    out = io.BytesIO()
    draw_product(product, 1, SIZE).save(out, "JPEG", quality=90)
    digest = _digest(out.getvalue())
    (draft / "photos" / f"{digest}.jpg").write_bytes(out.getvalue())
    crop = {"image_sha256": digest, "box": (0, 0, *SIZE), "kind": product.kind}
    return {
        "product_id": product.external_id,
        "title": product.title,
        "category": product.category,
        "colour": product.colour,
        "split": "val",
        "crops": [{**crop, "kept": True, "primary": True}],
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
