"""How many errors the review queue shows first, against a random order.

    .venv/bin/python -m bench.review_order DATA_DIR

works on a copy of the data folder of an imported shop (SQLite). Into 30 % of its products it puts
one error each: another category of the shop's, another label of the model's, or another crop as the
primary. One JSON line: how many products there are, how many of them are wrong, and how many of
those the first part of the queue shows, as a ratio to what a random order shows there.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.adapters.vision import EmbeddedVision
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services.review import queue
from vitrine.tables.catalog import MODEL, Product
from vitrine.tables.review import ReviewItem
from vitrine.vision import analyzer, images
from vitrine.vision.types import KEPT
from vitrine.vision.vocabulary import CATEGORY, vocabulary

PARTS = (0.1, 0.2, 0.3)


def main() -> int:
    """Put errors in, look for them and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--share", type=float, default=0.3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data"
        copy.mkdir()
        for file in asked.data_dir.glob("vitrine.db*"):
            shutil.copy(file, copy)
        settings = Settings(data_dir=copy)
        sessions = Sessions(make_engine(settings))
        with sessions.write() as session:
            products = session.scalars(select(Product).order_by(Product.id)).all()
            wrong = _spoiled(products, asked.share)
            ids = [product.id for product in products]
        loaded = analyzer.load(settings.vision, images.Limits.of(settings.limits))
        queue.refresh(sessions, EmbeddedVision(loaded), ids)
        with sessions.read() as session:
            order = _order(session)
    print(json.dumps({"products": len(ids), "wrong": len(wrong), **_found(order, wrong)}))
    return 0


def _spoiled(products: Sequence[Product], share: float) -> set[str]:
    """The ids of the products into which an error was put."""
    dice = random.Random(1)
    categories = sorted({product.category for product in products})
    kinds: tuple[Callable[[Product], bool], ...] = (
        lambda product: _other_category(product, categories, dice),
        lambda product: _other_label(product, dice),
        lambda product: _other_crop(product, dice),
    )
    some = dice.sample(list(products), int(share * len(products)))
    for place, product in enumerate(some):
        kinds[place % 3](product) or _other_category(product, categories, dice)
    return {product.id for product in some}


def _other_category(product: Product, categories: Sequence[str], dice: random.Random) -> bool:
    product.category = dice.choice([each for each in categories if each != product.category])
    return True


def _other_label(product: Product, dice: random.Random) -> bool:
    said = [one for one in product.said if (one.source, one.facet) == (MODEL, CATEGORY)]
    words = [word.value for word in vocabulary().facets[CATEGORY].words]
    for label in said:
        label.value = dice.choice([word for word in words if word != label.value])
    return bool(said)


def _other_crop(product: Product, dice: random.Random) -> bool:
    crops = [crop for image in product.images for crop in image.crops]
    others = [crop for crop in crops if crop.id != product.primary_crop_id]
    if others:
        chosen = dice.choice(others)
        chosen.verdict, chosen.reason, product.primary_crop_id = KEPT, None, chosen.id
    return bool(others)


def _order(session: Session) -> list[str]:
    order = (ReviewItem.priority.desc(), ReviewItem.draw)
    return list(session.scalars(select(ReviewItem.product_id).order_by(*order)))


def _found(order: Sequence[str], wrong: set[str]) -> dict[str, dict[str, float]]:
    told = {}
    for part in PARTS:
        first = order[: int(part * len(order))]
        found = len(wrong.intersection(first))
        by_chance = len(first) * len(wrong) / len(order)
        told[f"first_{part:.0%}"] = {
            "looked_at": len(first),
            "found": found,
            "ratio": round(found / by_chance, 2),
        }
    return told


if __name__ == "__main__":
    sys.exit(main())
