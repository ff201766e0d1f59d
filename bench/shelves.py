"""Search rows of a simulated catalogue on a PostgreSQL with pgvector, found again by later runs.

The garments are those of `bench.stock`, the vectors lie in clusters as there; no products are made,
only what search asks of them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from sqlalchemy import select, update

from bench.stock import BRANDS, MATERIALS, Garment, analysed, around
from tests.worlds import engines
from vitrine.db import Sessions
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.reading import Said
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.stored import rows, schema, terms
from vitrine.tables.catalog import ACTIVE, MODEL
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import STATE
from vitrine.vision.types import Vector

SHARES = (0.5, 0.1, 0.01, 0.001)
"""Of the products so large a part has each value of `attributes.share`."""

BATCH = 5_000
SERVER = {
    "shared_buffers": "6GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "max_parallel_maintenance_workers": "1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "fsync": "on",
}
"""A server on two cores; a query computes on one, so that its processor time is one number."""


@dataclass(frozen=True)
class Stock:
    """A simulated catalogue: which garment each product is, and its vector."""

    garments: Sequence[Garment]
    chosen: np.ndarray
    vectors: Vector

    @property
    def collection(self) -> Collection:
        """What it is called on the server."""
        size, dimension = self.vectors.shape
        return Collection(
            name=f"bench-{size}",
            model_version="bench",
            preprocess_version="1",
            dimension=dimension,
            text_share=0.0,
        )

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        """What search knows of these products, the same in each run."""
        dice = np.random.default_rng(start)
        for number in range(start, stop):
            garment = self.garments[self.chosen[number]]
            row = SimpleNamespace(**_row(garment, number, dice))
            said = [Said(row.id, each.facet, each.value, MODEL) for each in garment.seen.labels]
            yield reading.entry(cast(Any, row), self.vectors[number], said, {})


def simulated(products: int) -> Stock:
    """A catalogue of so many products."""
    garments, dice = analysed(), np.random.default_rng(7)
    chosen = dice.integers(0, len(garments), products)
    centres = np.stack([cast(Vector, each.seen.embedding) for each in garments])
    parts = [around(centres[chosen[at : at + BATCH]], dice) for at in range(0, products, BATCH)]
    return Stock(garments, chosen, np.concatenate(parts))


def _row(garment: Garment, number: int, dice: np.random.Generator) -> dict[str, Any]:
    product, brand = garment.product, int(BRANDS * dice.random() ** 3)
    rolled = dice.random(len(SHARES))
    box = dict(zip(("x1", "y1", "x2", "y2"), garment.seen.box.as_tuple(), strict=True))
    return box | {
        "id": identity(number),
        "external_id": f"B-{number:07}",
        "title": f"{product.title} {brand}",
        "category": product.category,
        "colour": product.colour,
        "brand": f"Brand {brand}",
        "gender": product.gender,
        "price": 100 * int(dice.lognormal(8.3, 0.7)),
        "status": ACTIVE,
        "kind": garment.seen.kind,
        "measures": asdict(garment.seen.measures),
        "vector": True,
        "attributes": {
            "availability": "in_stock" if dice.random() < 0.8 else "out_of_stock",
            "material": [str(dice.choice(MATERIALS))],
            "pattern": product.pattern,
            "season": ("spring", "summer", "autumn", "winter")[int(4 * dice.random())],
            "share": [str(one) for one, roll in zip(SHARES, rolled, strict=True) if roll < one],
        },
    }


def filled(sessions: Sessions, stock: Stock) -> float:
    """Write the rows that are not there yet; the seconds it took."""
    collection, begun = stock.collection, time.perf_counter()
    with sessions.write() as session:
        schema.ensure(session.connection())
        schema.add(session.connection(), collection, "bench")
    here = STATE.c.collection == collection.name
    with sessions.read() as session:
        reached = session.scalar(select(STATE.c.done_to).where(here)) or "0"
    for start in range(int(reached), len(stock.chosen), BATCH):
        stop = min(start + BATCH, len(stock.chosen))
        with sessions.write() as session:
            given = stock.entries(start, stop)
            rows.write(session.connection(), collection.name, given, fresh=True)
            session.execute(update(STATE).where(here).values(done_to=str(stop)))
        tell(f"{stop:,} of {len(stock.chosen):,} rows")
    with sessions.write() as session:
        terms.compact(session.connection(), collection.name)
        terms.measure(session.connection(), collection.name)
    return time.perf_counter() - begun


def indexed(sessions: Sessions, stock: Stock) -> float:
    """Make the indexes that are not there yet; the seconds it took."""
    begun, (size, dimension) = time.perf_counter(), stock.vectors.shape
    schema.index(sessions.engine, stock.collection.name, dimension, size)
    return time.perf_counter() - begun


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A PostgreSQL with pgvector in the folder, as it was left; its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = engines.postgres_in(folder, engines.pgvector_programs(), SERVER)
    with engine.running():
        yield engines.postgres_at(engine.port)


def identity(number: int) -> str:
    """The id of a product by its number."""
    return f"{number:08x}-0000-7000-8000-000000000000"


def number_of(product_id: str) -> int:
    """The number of a product by its id."""
    return int(product_id[:8], 16)


def tell(what: str) -> None:
    """Say how far it is."""
    print(what, file=sys.stderr, flush=True)
