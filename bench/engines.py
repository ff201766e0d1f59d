"""Search on PostgreSQL with pgvector at any size, beside an exact scan in memory.

    .venv/bin/python -m bench.engines --products 10000 100000 --folder /tmp/vitrine-engines

starts a PostgreSQL with pgvector in the folder (or takes the one at `--url`), fills it with rows of
a simulated catalogue (the garments of `bench.stock`, vectors in clusters), indexes them, and asks.
What was made is found again by later runs, also if it was only begun. Prints one JSON line a size:

- `fill_s`, `index_s`: rows written (a million take minutes), and all indexes made
- `disk_mb`: table, graph, other indexes
- of each share of the products that a filter leaves, `all` being no filter, and of a filter by
  category that the query's garment is of, or is not of:
  - `p50_ms`, `p95_ms`: what a caller waits for the `--limit` nearest, entries read
  - `cpu_ms`: of it the server's processor time, the mean
  - `recall`: which of the 20 nearest of a scan in float64 were found
  - `count_ms`: p50 of counting six facets over what the filter leaves
- `memory_ms`: p50 of the same in memory (`Snapshot.where`, `best`), up to 100,000 products
- `insert`: rows a second in transactions of one and of a hundred while searches go on, whose p50
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from sqlalchemy import Connection, select, text, update

from bench.stock import BRANDS, MATERIALS, Garment, analysed, around
from tests.worlds import engines
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.reading import Said
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.filters import EVERYTHING, Filters, parse
from vitrine.services.search.stored import counting, query, records, rows, schema, terms
from vitrine.services.search.stored.query import Shelf
from vitrine.tables.catalog import ACTIVE, MODEL
from vitrine.tables.models import Collection
from vitrine.tables.search_rows import ROWS, STATE
from vitrine.vision.types import Vector

SHARES = (0.5, 0.1, 0.01, 0.001)
FACETS = ("category", "brand", "colour", "gender", "availability", "attributes.material")
QUERIES, WARM, RECALLED = 60, 5, 20
BATCH = 5_000
IN_MEMORY = 100_000
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
    begun, (_, dimension) = time.perf_counter(), stock.vectors.shape
    schema.index(sessions.engine, stock.collection.name, dimension, graph=True)
    return time.perf_counter() - begun


def asked(sessions: Sessions, stock: Stock, limit: int) -> dict[str, Any]:
    """The figures of searches, by what their filter leaves."""
    dice = np.random.default_rng(11)
    picked = dice.integers(0, len(stock.chosen), WARM + QUERIES)
    vectors = around(stock.vectors[picked], dice)
    own = [stock.garments[stock.chosen[each]].product.category for each in picked]
    categories = sorted({each.product.category for each in stock.garments})
    other = [categories[(categories.index(each) + 1) % len(categories)] for each in own]
    ways: dict[str, Sequence[Filters]] = {"all": [EVERYTHING] * len(own)}
    for share in SHARES:
        ways[f"{share:.1%}"] = [parse({"attributes.share": [str(share)]})] * len(own)
    ways["own category"] = [parse({"category": [each]}) for each in own]
    ways["other category"] = [parse({"category": [each]}) for each in other]
    return {
        way: _measured(sessions, stock, vectors, filters, limit) for way, filters in ways.items()
    }


def _measured(
    sessions: Sessions, stock: Stock, vectors: Vector, filters: Sequence[Filters], limit: int
) -> dict[str, float]:
    waited, counted, found = list[float](), list[float](), list[float]()
    spent = 0.0
    with sessions.read() as session:
        shelf = query.opened(session, stock.collection, {})
        backend = session.scalar(text("SELECT pg_backend_pid()")) or 0
        for number, (vector, each) in enumerate(zip(vectors, filters, strict=True)):
            where = shelf.where(each)
            before, begun = processor(backend), time.perf_counter()
            hits = query.nearest(shelf, vector, where, limit)
            if number < WARM:
                continue
            waited.append(time.perf_counter() - begun)
            spent += processor(backend) - before
            found.append(recall(shelf, stock, vector, each, hits))
            begun = time.perf_counter()
            counting.counted(shelf, FACETS, where)
            counted.append(time.perf_counter() - begun)
    return {
        "p50_ms": milliseconds(waited, 50),
        "p95_ms": milliseconds(waited, 95),
        "cpu_ms": round(1000 * spent / QUERIES, 1),
        "recall": round(statistics.fmean(found), 4),
        "count_ms": milliseconds(counted, 50),
    }


def recall(
    shelf: Shelf, stock: Stock, vector: Vector, filters: Filters, hits: Sequence[Entry]
) -> float:
    """Which part of the nearest was found, of as many as there are."""
    left = _left(shelf, filters)
    rough = stock.vectors @ vector if left is None else stock.vectors[left] @ vector
    few = np.argsort(-rough, kind="stable")[: 4 * RECALLED]
    few = few if left is None else left[few]
    exact = stock.vectors[few].astype(np.float64) @ vector.astype(np.float64)
    wanted = few[np.argsort(-exact, kind="stable")[:RECALLED]]
    got = {number_of(each.id) for each in hits[:RECALLED]}
    return len(got.intersection(wanted.tolist())) / max(1, len(wanted))


_LEFT: dict[str, np.ndarray] = {}


def _left(shelf: Shelf, filters: Filters) -> np.ndarray | None:
    if not filters:
        return None
    known = f"{shelf.name} {filters.written}"
    if known not in _LEFT:
        ids = select(ROWS.c.product_id).where(
            ROWS.c.collection == shelf.name, *shelf.where(filters)
        )
        _LEFT[known] = np.array([number_of(each) for each in shelf.session.scalars(ids)], np.int64)
    return _LEFT[known]


def in_memory(stock: Stock, limit: int) -> dict[str, float]:
    """The p50 of choosing and ordering in a Snapshot, by what the filter leaves."""
    size, dimension = stock.vectors.shape
    snapshot = records.snapshot_of(stock.entries(0, size), dimension, {})
    told = {}
    for name, filters in {
        "all": EVERYTHING,
        **{f"{share:.1%}": parse({"attributes.share": [str(share)]}) for share in SHARES},
    }.items():
        waited = []
        for vector in stock.vectors[:QUERIES]:
            begun = time.perf_counter()
            snapshot.best(vector, np.flatnonzero(snapshot.where(filters)), limit, None)
            waited.append(time.perf_counter() - begun)
        told[name] = milliseconds(waited, 50)
    return told


def inserted(sessions: Sessions, stock: Stock, limit: int, seconds: float = 20) -> dict[str, Any]:
    """Rows a second that are taken while searches go on, and what searches then wait."""
    told: dict[str, Any] = {}
    for size in (1, 100):
        taken, over = [0], threading.Event()
        writer = threading.Thread(target=_write, args=(sessions, stock, size, taken, over))
        begun, waited = time.perf_counter(), list[float]()
        writer.start()
        while time.perf_counter() - begun < seconds:
            with sessions.read() as session:
                shelf = query.opened(session, stock.collection, {})
                asked_at = time.perf_counter()
                query.nearest(shelf, stock.vectors[len(waited)], limit=limit)
                waited.append(time.perf_counter() - asked_at)
        over.set()
        writer.join()
        rate = taken[0] / (time.perf_counter() - begun)
        told[f"by {size}"] = {"rows_s": round(rate), "p50_ms": milliseconds(waited, 50)}
        with sessions.write() as session:
            ids = [identity(len(stock.chosen) + number) for number in range(taken[0])]
            rows.write(session.connection(), stock.collection.name, [], gone=ids)
    return told


def _write(
    sessions: Sessions, stock: Stock, size: int, taken: list[int], over: threading.Event
) -> None:
    """Put products of the stock in under new ids, so many in each transaction."""
    while not over.is_set():
        first = len(stock.chosen) + taken[0]
        given = [
            replace(each, id=identity(first + number))
            for number, each in enumerate(stock.entries(taken[0], taken[0] + size))
        ]
        with sessions.write() as session:
            rows.write(session.connection(), stock.collection.name, given)
        taken[0] += size


def disk(connection: Connection, name: str) -> dict[str, int]:
    """Megabytes of the table, the graph, and all else that finds rows."""
    table = schema.partition(name)
    size = "SELECT {} / 1000000"
    graph = connection.scalar(text(size.format(f"pg_relation_size('{table}_{schema.GRAPH}')")))
    others = connection.scalar(text(size.format(f"pg_indexes_size('{table}')")))
    own = connection.scalar(text(size.format(f"pg_table_size('{table}')")))
    return {"table": own, "graph": graph, "other": others - graph}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A PostgreSQL with pgvector in the folder, as it was left; its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = engines.postgres_in(folder, engines.pgvector_programs(), SERVER)
    with engine.running():
        yield engines.postgres_at(engine.port)


def processor(pid: int) -> float:
    """Seconds that a process of this machine has computed; 0 for one elsewhere."""
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        return 0.0
    told = path.read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def milliseconds(seconds: Sequence[float], percent: int) -> float:
    """A percentile of durations."""
    return round(1000 * float(np.percentile(seconds, percent)), 1)


def identity(number: int) -> str:
    """The id of a product by its number."""
    return f"{number:08x}-0000-7000-8000-000000000000"


def number_of(product_id: str) -> int:
    """The number of a product by its id."""
    return int(product_id[:8], 16)


def tell(what: str) -> None:
    """Say how far it is."""
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Fill, index, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, nargs="+", default=[10_000, 100_000], help="of each size")
    add("--folder", type=Path, default=Path(tempfile.gettempdir()) / "vitrine-engines")
    add("--url", help="a database with pgvector, in place of one in the folder")
    add("--limit", type=int, default=100, help="so many nearest are asked for")
    add("--only-fill", action="store_true", help="measure nothing yet")
    options = parser.parse_args()
    with nullcontext(options.url) if options.url else served(options.folder) as url:
        sessions = Sessions(make_engine(Settings.model_validate({"database": {"url": url}})))
        for products in options.products:
            print(json.dumps(figures(sessions, products, options)), flush=True)
        sessions.engine.dispose()


def figures(sessions: Sessions, products: int, options: argparse.Namespace) -> dict[str, Any]:
    """All figures of one size."""
    stock = simulated(products)
    told: dict[str, Any] = {"products": products}
    told["fill_s"] = round(filled(sessions, stock), 1)
    told["index_s"] = round(indexed(sessions, stock), 1)
    if options.only_fill:
        return told
    with sessions.read() as session:
        told["disk_mb"] = disk(session.connection(), stock.collection.name)
    told["asked"] = asked(sessions, stock, options.limit)
    if products <= IN_MEMORY:
        told["memory_ms"] = in_memory(stock, options.limit)
    told["insert"] = inserted(sessions, stock, options.limit)
    return told


if __name__ == "__main__":
    main()
