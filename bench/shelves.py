"""Search rows of a simulated catalogue on a PostgreSQL with pgvector, found again by later runs.

The garments are those of `bench.stock`, the vectors lie in clusters as there. Only what search asks
of products is made, in a database of its own for each size.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import psycopg
from sqlalchemy import URL, ColumnElement, func, insert, literal, make_url, select, text, update

from bench.stock import BRANDS, EMAIL, MATERIALS, PASSWORD, Garment, analysed, around, settle
from tests.worlds import engines
from vitrine import schema as tables
from vitrine import wiring
from vitrine.cli.accounts import make_admin
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services import models
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.reading import Said
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.stored import keeping, rows, schema, terms
from vitrine.tables.base import Base
from vitrine.tables.catalog import ACTIVE, MODEL, Crop, Image, Product
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import ROWS, STATE
from vitrine.vision.types import Vector, Versions

KEPT = Path(tempfile.gettempdir()) / "vitrine-engines"
"""Where a server's databases are kept."""

SHARES = (0.5, 0.1, 0.01, 0.001)
"""Of the products so large a part has each value of `attributes.share`."""

BATCH = 5_000
PORT_AT = 3
"""The line of `postmaster.pid` that tells the port, from 0."""

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


@dataclass(frozen=True, eq=False)
class Stock:
    """A simulated catalogue: which garment each product is, its vector, and of which models."""

    garments: Sequence[Garment]
    chosen: np.ndarray
    vectors: Vector
    versions: Versions

    @property
    def collection(self) -> Collection:
        """What it is called in its database."""
        versions = self.versions
        return Collection(
            name=versions.collection,
            space=versions.space,
            dimension=versions.dimension,
            text_share=versions.text_share,
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
    versions = wiring.load_vision(Settings()).versions
    return Stock(garments, chosen, np.concatenate(parts), versions)


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


@contextmanager
def shop(server: str, stock: Stock) -> Iterator[Sessions]:
    """The catalogue's own database on the server, made where it is not there, that a `vitrine
    serve` would find in order."""
    url = make_url(server).set(database=f"shop_{len(stock.chosen)}")
    with _connected(make_url(server)) as sessions:
        connection = sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            there = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.scalar(there, {"name": url.database}) is None:
                connection.execute(text(f"CREATE DATABASE {url.database}"))
    with _connected(url) as sessions:
        tables.upgrade(sessions.engine)
        keeping.prepare(sessions)
        with sessions.read() as session:
            fresh = models.active(session) is None
        if fresh:
            make_admin(sessions, EMAIL, PASSWORD)
        with sessions.write() as session:
            models.register(session, stock.versions)
            schema.add(session.connection(), stock.collection, "")
            # Whichever version wrote them, they are read as this one would.
            session.execute(update(STATE).values(rules=keeping.rules((ACTIVE,))))
        yield sessions


@contextmanager
def _connected(url: URL) -> Iterator[Sessions]:
    written = url.render_as_string(hide_password=False)
    engine = make_engine(Settings.model_validate({"database": {"url": written}}))
    yield Sessions(engine)
    engine.dispose()


def filled(sessions: Sessions, stock: Stock) -> float:
    """Write the rows that are not there yet; the seconds it took."""
    collection, begun = stock.collection, time.perf_counter()
    here = STATE.c.collection == collection.name
    with sessions.read() as session:
        state = session.execute(select(STATE.c.built, STATE.c.done_to).where(here)).one()
    if state.built:
        return 0.0
    for start in range(int(state.done_to or "0"), len(stock.chosen), BATCH):
        stop = min(start + BATCH, len(stock.chosen))
        with sessions.write() as session:
            given = stock.entries(start, stop)
            rows.write(session.connection(), collection.name, given, fresh=True)
            session.execute(update(STATE).where(here).values(done_to=str(stop)))
        tell(f"{stop:,} of {len(stock.chosen):,} rows")
    with sessions.write() as session:
        terms.compact(session.connection(), collection.name)
        terms.measure(session.connection(), collection.name)
        session.execute(update(STATE).where(here).values(stale=None, done_to="", built=True))
    return time.perf_counter() - begun


def indexed(sessions: Sessions, stock: Stock) -> float:
    """Make the indexes that are not there yet; the seconds it took."""
    begun, (size, dimension) = time.perf_counter(), stock.vectors.shape
    with sessions.read() as session:
        whole = schema.indexed(session.connection(), stock.collection.name, size)
    if not whole:
        schema.index(sessions.engine, stock.collection.name, dimension, size)
    return time.perf_counter() - begun


def peopled(sessions: Sessions, stock: Stock) -> None:
    """Give each row a product with a photo, as far as hits show them, where there are none yet: so
    a `vitrine serve` finds what it searches for."""
    seen, row = stock.garments[0].seen, ROWS.c.product_id
    image, crop = (func.replace(row, "-7000-", part) for part in ("-7001-", "-7002-"))
    title = func.concat(_first("category"), " ", _first("brand"))
    box = dict(zip(("x1", "y1", "x2", "y2"), seen.box.as_tuple(), strict=True))
    photo = {"sha256": "0" * 64, "media_type": "image/jpeg", "bytes": 1, "width": 1, "height": 1}
    about = {name: _first(name) for name in ("category", "colour", "brand", "gender")}
    found = {"kind": seen.kind, "score": seen.score, "measures": asdict(seen.measures)}
    given: list[tuple[type[Base], dict[str, Any]]] = [
        (
            Product,
            {"id": row, "external_id": row, "title": title, "price": ROWS.c.price}
            | {"primary_crop_id": crop, "attributes": {}}
            | about,
        ),
        (Image, {"id": image, "product_id": row} | photo),
        (Crop, {"id": crop, "image_id": image, "detector": stock.versions.detector} | box | found),
    ]
    with sessions.write() as session:
        if session.scalar(select(Product.id).limit(1)) is None:
            # Neither triggers nor foreign keys: each row would cost ten times as much.
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for table, values in given:
                chosen = select(*(_typed(table, *each) for each in values.items()))
                session.execute(insert(table).from_select(list(values), chosen.select_from(ROWS)))
        settle(session)


def _first(facet: str) -> ColumnElement[str]:
    """The first value of a facet of a row."""
    return func.coalesce(ROWS.c.entry[("facets", facet, 0)].as_string(), "")


def _typed(table: type[Base], name: str, value: Any) -> ColumnElement[Any]:
    kind = table.__table__.c[name].type
    return value if isinstance(value, ColumnElement) else literal(value, kind).label(name)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A PostgreSQL with pgvector in the folder, as it was left or as it runs; its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    if running := _running(folder):
        yield running
        return
    engine = engines.postgres_in(folder, engines.pgvector_programs(), SERVER)
    with engine.running():
        yield engines.postgres_at(engine.port)


def _running(folder: Path) -> str | None:
    """The URL of the server that was started in the folder, None where none answers."""
    told = folder / "data" / "postmaster.pid"
    if not told.exists():
        return None
    url = engines.postgres_at(int(told.read_text().splitlines()[PORT_AT]))
    with suppress(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2).close()
        return url
    return None


def identity(number: int) -> str:
    """The id of a product by its number."""
    return f"{number:08x}-0000-7000-8000-000000000000"


def number_of(product_id: str) -> int:
    """The number of a product by its id."""
    return int(product_id[:8], 16)


def tell(what: str) -> None:
    """Say how far it is."""
    print(what, file=sys.stderr, flush=True)
