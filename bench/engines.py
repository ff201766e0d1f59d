"""Search on PostgreSQL with pgvector at any size, beside an exact scan in memory.

    .venv/bin/python -m bench.engines --products 10000 100000 --folder /tmp/vitrine-engines

starts a PostgreSQL with pgvector in the folder (or takes the one at `--url`), fills it with rows of
a simulated catalogue (the garments of `bench.stock`, vectors in clusters), indexes them, and asks.
What was made is found again by later runs, also if it was only begun. Prints one JSON line a size:

- `fill_s`, `index_s`: rows written (a million take minutes), and all indexes made
- `disk_mb`: table, lists of vectors, other indexes
- of each share of the products that a filter leaves, `all` being no filter, and of a filter by
  category that the query's garment is of, or is not of:
  - by `--limit`, which is how many nearest are asked for: `p50_ms`, `p95_ms` that a caller waits
    until their entries are read, `cpu_ms` of the server's processor, the mean, and `recall`, which
    part of the 20 nearest of a scan in float64 was found
  - `count`: the same for counting six facets over what the filter leaves
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
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, select, text

from bench.shelves import SHARES, Stock, filled, identity, indexed, number_of, served, simulated
from bench.stock import around
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services.search.filters import EVERYTHING, Filters, parse
from vitrine.services.search.stored import counting, query, records, rows, schema
from vitrine.services.search.stored.query import Shelf
from vitrine.tables.search_rows import ROWS
from vitrine.vision.types import Vector

FACETS = ("category", "brand", "colour", "gender", "availability", "attributes.material")
QUERIES, WARM, RECALLED = 60, 5, 20
IN_MEMORY = 100_000


def asked(sessions: Sessions, stock: Stock, limits: Sequence[int]) -> dict[str, Any]:
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
    told = {}
    with sessions.read() as session:
        shelf = query.opened(session, stock.collection, {})
        for way, filters in ways.items():
            told[way] = _measured(shelf, stock, list(zip(vectors, filters, strict=True)), limits)
            print(json.dumps({way: told[way]}), file=sys.stderr, flush=True)
    return told


def _measured(
    shelf: Shelf, stock: Stock, asked: Sequence[tuple[Vector, Filters]], limits: Sequence[int]
) -> dict[str, Any]:
    best = [nearest(shelf, stock, *each) for each in asked]
    backend = shelf.session.scalar(text("SELECT pg_backend_pid()")) or 0
    told: dict[str, Any] = {}
    for limit in limits:
        waited, found, spent = list[float](), list[float](), 0.0
        for number, (vector, filters) in enumerate(asked):
            before, begun = processor(backend), time.perf_counter()
            hits = query.nearest(shelf, vector, shelf.where(filters), limit)
            if number >= WARM:
                waited.append(time.perf_counter() - begun)
                spent += processor(backend) - before
                got = {number_of(each.id) for each in hits[:RECALLED]}
                found.append(len(got & best[number]) / max(1, len(best[number])))
        told[f"limit {limit}"] = {
            "p50_ms": milliseconds(waited, 50),
            "p95_ms": milliseconds(waited, 95),
            "cpu_ms": round(1000 * spent / QUERIES, 1),
            "recall": round(statistics.fmean(found), 4),
        }
    waited, before = list[float](), processor(backend)
    for _, filters in asked[WARM:]:
        begun = time.perf_counter()
        counting.counted(shelf, FACETS, shelf.where(filters))
        waited.append(time.perf_counter() - begun)
    spent = processor(backend) - before
    counted = {"p50_ms": milliseconds(waited, 50), "cpu_ms": round(1000 * spent / QUERIES, 1)}
    return told | {"count": counted}


def nearest(shelf: Shelf, stock: Stock, vector: Vector, filters: Filters) -> set[int]:
    """The products that are nearest of those that the filter leaves, by comparing all."""
    left = _left(shelf, filters)
    rough = stock.vectors @ vector if left is None else stock.vectors[left] @ vector
    few = np.argsort(-rough, kind="stable")[: 4 * RECALLED]
    few = few if left is None else left[few]
    exact = stock.vectors[few].astype(np.float64) @ vector.astype(np.float64)
    return set(few[np.argsort(-exact, kind="stable")[:RECALLED]].tolist())


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
                query.nearest(shelf, stock.vectors[len(waited) % 1_000], limit=limit)
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
        first, at = len(stock.chosen) + taken[0], taken[0] % (len(stock.chosen) - size)
        given = [
            replace(each, id=identity(first + number))
            for number, each in enumerate(stock.entries(at, at + size))
        ]
        with sessions.write() as session:
            rows.write(session.connection(), stock.collection.name, given)
        taken[0] += size


def disk(connection: Connection, name: str) -> dict[str, int]:
    """Megabytes of the table, the lists of vectors, and all else that finds rows."""
    table = schema.partition(name)
    number = schema.extent(connection, name).lists
    size = "SELECT {} / 1000000"
    lists = connection.scalar(text(size.format(f"pg_relation_size('{table}_lists{number}')")))
    others = connection.scalar(text(size.format(f"pg_indexes_size('{table}')")))
    own = connection.scalar(text(size.format(f"pg_table_size('{table}')")))
    return {"table": own, "lists": lists, "other": others - lists}


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


def main() -> None:
    """Fill, index, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, nargs="+", default=[10_000, 100_000], help="of each size")
    add("--folder", type=Path, default=Path(tempfile.gettempdir()) / "vitrine-engines")
    add("--url", help="a database with pgvector, in place of one in the folder")
    add("--limit", type=int, nargs="+", default=[100, 600], help="so many nearest are asked for")
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
        told["memory_ms"] = in_memory(stock, options.limit[0])
    told["insert"] = inserted(sessions, stock, options.limit[0])
    return told


if __name__ == "__main__":
    main()
