"""A simulated catalogue of any size in a folder that later runs find again.

Sixty drawn garments are analysed by the installed models; every product is one of them, its vector
turned a little and its words and price drawn anew. So vectors lie in clusters as a shop's do, and
rows, labels, colours and facets have the shapes that indexing gives them.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from vitrine import schema, wiring
from vitrine.adapters.index_process import IndexProcess
from vitrine.cli.accounts import make_admin
from vitrine.core.clock import new_id, now
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Point
from vitrine.sample import PRODUCTS, Product, draw_product
from vitrine.services import models
from vitrine.services.jobs.kinds import JobKind
from vitrine.tables import catalog
from vitrine.tables.blobs import Blob
from vitrine.tables.catalog import MODEL, blob_key
from vitrine.tables.changes import ProductChange
from vitrine.tables.jobs import SUCCEEDED, Job
from vitrine.vision import registry
from vitrine.vision.analyzer import versions_of
from vitrine.vision.types import Detection, Vector, Versions

SHELF = Path(tempfile.gettempdir()) / "vitrine-bench"
"""Where catalogues are kept."""

EMAIL, PASSWORD = "admin@example.com", "a long password of the bench"
GARMENTS = 60
SIZE = (600, 800)
BRANDS = 800
MATERIALS = ("cotton", "linen", "wool", "silk", "denim", "leather", "polyester", "viscose")
SPREAD = 0.55
"""How long the noise is beside a garment's own vector: cosines within a cluster are about 0.77."""

BATCH = 5_000
FORM = "1"
"""What a catalogue of this file is called; another one is made anew."""


@dataclass(frozen=True)
class Stock:
    """A catalogue that `vitrine serve` finds in the folder, and how long its parts took to make."""

    folder: Path
    products: int
    collection: str
    seconds: dict[str, float]

    @property
    def settings(self) -> Settings:
        """The settings of a server on it, which asks nobody to slow down or to come back."""
        unlimited = {"per_address": 0, "per_user": 0, "per_key": 0, "pictures": 0}
        patient = {"searches_waiting": 1_000, "wait": 600}
        return Settings.model_validate(
            {
                "data_dir": self.folder,
                "log_level": "WARNING",
                "rates": unlimited,
                "admission": patient,
                "auth": {"access_ttl": 86_400},
            }
        )

    @property
    def vectors(self) -> Vector:
        """The vectors (n, dimension), in the order of `ids`."""
        return np.asarray(np.load(self.folder / "bench-vectors.npy", mmap_mode="r"))

    @property
    def ids(self) -> list[str]:
        """The products."""
        return (self.folder / "bench-ids.txt").read_text().split()


@dataclass(frozen=True)
class Garment:
    """A drawn product as the models saw it."""

    product: Product
    photo: bytes
    seen: Detection


def stocked(products: int, shelf: Path = SHELF) -> Stock:
    """The catalogue of so many products, made if it is not on the shelf."""
    card, _ = registry.find_encoder(Settings().vision.encoder, Path())
    collection = versions_of(card, Settings().vision).collection
    folder = shelf / f"{products}-{FORM}-{collection}"
    told = folder / "bench.json"
    if not told.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        told.write_text(json.dumps(_make(Stock(folder, products, collection, {}))))
    stock = Stock(folder, products, collection, json.loads(told.read_text()))
    engine = make_engine(stock.settings)
    schema.upgrade(engine)
    with Sessions(engine).write() as session:
        settle(session)
    engine.dispose()
    return stock


def settle(session: Session) -> None:
    """As if a server had done what it does by itself for a new catalogue, which takes it minutes:
    what is measured shall not depend on how far it came."""
    session.execute(update(Job).values(status=SUCCEEDED))
    session.execute(update(Blob).values(thumbnails_at=now()))
    last = session.scalar(select(func.max(ProductChange.id)))
    session.execute(delete(ProductChange).where(ProductChange.id != last))
    session.execute(update(ProductChange).values(changed_at=0))
    resting = now() + timedelta(days=1)
    for kind, created in ((JobKind.CALIBRATE, resting), (JobKind.DOUBTS, now())):
        done = {"created_at": created, "started_at": now(), "finished_at": now()}
        session.add(Job(kind=kind, status=SUCCEEDED, **done))


def _make(stock: Stock) -> dict[str, float]:
    """Fill database and index; the seconds each took."""
    folder, products = stock.folder, stock.products
    begun = time.perf_counter()
    versions, chosen, vectors, ids = fill(stock.settings, products)
    np.save(folder / "bench-vectors.npy", vectors)
    (folder / "bench-ids.txt").write_text("\n".join(ids))
    database, garments = time.perf_counter() - begun, analysed()
    begun = time.perf_counter()
    with closing(IndexProcess(folder / "index")) as index:
        index.ensure(versions.collection, versions.dimension)
        for start in range(0, products, BATCH):
            some = slice(start, start + BATCH)
            given = zip(ids[some], vectors[some], chosen[some], strict=True)
            points = [
                Point(each, vector, {"category": garments[number].product.category})
                for each, vector, number in given
            ]
            index.upsert(versions.collection, points)
            _tell(f"{start + len(points):,} of {products:,} products")
    return {"database": round(database, 1), "index": round(time.perf_counter() - begun, 1)}


def fill(settings: Settings, products: int) -> tuple[Versions, np.ndarray, Vector, Sequence[str]]:
    """Write so many products into the database of these settings; of which vector space they are,
    and of each which garment it is, its vector and its id."""
    garments, dice = analysed(), np.random.default_rng(7)
    chosen = dice.integers(0, len(garments), products)
    vectors = around(np.stack([_vector(each) for each in garments])[chosen], dice)
    engine = make_engine(settings)
    schema.upgrade(engine)
    sessions, versions = Sessions(engine), wiring.load_vision(settings).versions
    make_admin(sessions, EMAIL, PASSWORD)
    with sessions.write() as session:
        models.register(session, versions)
        for garment in garments:
            sha256 = hashlib.sha256(garment.photo).hexdigest()
            wiring.blobs_of(settings).put(blob_key(sha256), garment.photo, "image/jpeg")
            session.add(Blob(sha256=sha256))
    rows = Rows(garments, versions, dice)
    ids: list[str] = []
    for start in range(0, products, BATCH):
        some = slice(start, start + BATCH)
        with sessions.write() as session:
            ids += rows.put(session.connection(), chosen[some], vectors[some], start)
    engine.dispose()
    return versions, chosen, vectors, ids


@cache
def analysed() -> Sequence[Garment]:
    """Drawn garments, each with the first of what the models kept of its photo."""
    vision = wiring.load_vision(Settings())
    made = []
    for product in PRODUCTS[:: len(PRODUCTS) // GARMENTS][:GARMENTS]:
        photo = jpeg(draw_product(product, 1, SIZE))
        made.append(Garment(product, photo, vision.analyze([photo])[0].detections[0]))
    return made


def jpeg(picture: Any, comment: str = "") -> bytes:
    """The picture as a JPEG; another comment makes other bytes of the same pixels."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, comment=comment.encode())
    return out.getvalue()


def around(centres: Vector, dice: np.random.Generator) -> Vector:
    """A unit vector near each unit vector (n, dimension)."""
    noise = dice.standard_normal(centres.shape, dtype=np.float32)
    noise *= SPREAD / np.linalg.norm(noise, axis=1, keepdims=True)
    found = centres + noise
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def _vector(garment: Garment) -> Vector:
    assert garment.seen.embedding is not None
    return garment.seen.embedding


class Rows:
    """Writes products as indexing would have left them."""

    def __init__(
        self, garments: Sequence[Garment], versions: Versions, dice: np.random.Generator
    ) -> None:
        self._garments, self._versions, self._dice = garments, versions, dice

    def put(
        self, connection: Connection, chosen: np.ndarray, vectors: Vector, first: int
    ) -> list[str]:
        """Products that are these garments with these vectors; their ids."""
        picked = [self._garments[number] for number in chosen]
        products, images, crops = ([new_id() for _ in picked] for _ in range(3))
        space = {
            "model_version": self._versions.encoder,
            "preprocess_version": self._versions.preprocess,
        }
        told: list[tuple[Any, list[dict[str, Any]]]] = [
            (
                catalog.Product,
                [
                    {"id": each, "external_id": f"B-{first + place:07}"} | self._fields(garment)
                    for place, (each, garment) in enumerate(zip(products, picked, strict=True))
                ],
            ),
            (
                catalog.Image,
                [
                    {"id": image, "product_id": each} | _file(garment)
                    for image, each, garment in zip(images, products, picked, strict=True)
                ],
            ),
            (
                catalog.Crop,
                [
                    {"id": crop, "image_id": image, "detector": self._versions.detector}
                    | _crop(garment.seen)
                    for crop, image, garment in zip(crops, images, picked, strict=True)
                ],
            ),
            (
                catalog.CropEmbedding,
                [
                    {"crop_id": crop, "vector": vector, **space}
                    for crop, vector in zip(crops, vectors, strict=True)
                ],
            ),
            (catalog.Label, list(_labels(zip(products, crops, picked, strict=True)))),
        ]
        for table, rows in told:
            if rows:
                connection.execute(insert(table), rows)
        shelf = cast(Table, catalog.Product.__table__)
        connection.execute(
            update(shelf)
            .where(shelf.c.id == bindparam("product"))
            .values(primary_crop_id=bindparam("crop")),
            [{"product": each, "crop": crop} for each, crop in zip(products, crops, strict=True)],
        )
        return products

    def _fields(self, garment: Garment) -> dict[str, Any]:
        product, dice = garment.product, self._dice
        brand = int(BRANDS * dice.random() ** 3)
        return {
            "title": f"{product.title} {brand}",
            "description": product.description,
            "category": product.category,
            "colour": product.colour,
            "brand": f"Brand {brand}",
            "gender": product.gender,
            "price": Decimal(int(dice.lognormal(8.3, 0.7))) / 100,
            "currency": product.currency,
            "attributes": {
                "availability": "in_stock" if dice.random() < 0.8 else "out_of_stock",
                "material": [str(dice.choice(MATERIALS))],
                "pattern": product.pattern,
                "season": ("spring", "summer", "autumn", "winter")[int(4 * dice.random())],
            },
        }


def _file(garment: Garment) -> dict[str, Any]:
    return {
        "sha256": hashlib.sha256(garment.photo).hexdigest(),
        "name": f"{garment.product.external_id}.jpg",
        "media_type": "image/jpeg",
        "bytes": len(garment.photo),
        "width": SIZE[0],
        "height": SIZE[1],
    }


def _crop(seen: Detection) -> dict[str, Any]:
    box = dict(zip(("x1", "y1", "x2", "y2"), seen.box.as_tuple(), strict=True))
    return box | {"kind": seen.kind, "score": seen.score, "measures": asdict(seen.measures)}


def _labels(given: Iterator[tuple[str, str, Garment]]) -> Iterator[dict[str, Any]]:
    for product, crop, garment in given:
        for label in garment.seen.labels:
            yield {
                "product_id": product,
                "crop_id": crop,
                "facet": label.facet,
                "value": label.value,
                "score": label.score,
                "source": MODEL,
            }


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Make a catalogue and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("products", type=int)
    stock = stocked(parser.parse_args().products)
    print(json.dumps({"folder": str(stock.folder), "seconds": stock.seconds}))


if __name__ == "__main__":
    main()
