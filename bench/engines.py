"""Search on PostgreSQL with pgvector at any size, beside an exact scan in memory.

    .venv/bin/python -m bench.engines --products 10000 100000 --keep /tmp/vitrine-engines

starts a PostgreSQL with pgvector in the folder (or takes the one at `--url`), fills it with rows of
a simulated catalogue (the garments of `bench.stock`, vectors in clusters), indexes them, and asks.
What was made is found again by later runs, also if it was only begun, and so is what a scan found.
Prints one JSON line a size:

- `fill_s`, `index_s`: rows written (a million take minutes), and all indexes made
- `disk_mb`: table, lists of vectors, those of categories, other indexes
- of each share of the products that a filter leaves, `all` being no filter, and of filters by a
  category that the query's garment is of, or is not of, and by another gender:
  - by `--limit`, which is how many nearest are asked for: `p50_ms`, `p95_ms` that a caller waits
    until their entries are read, `cpu_ms` of the server's processor, the mean, and `recall`, which
    part of the 20 nearest of a scan in float64 was found
  - `count`: the same for counting six facets over what the filter leaves
- `memory`: the same of choosing and ordering in memory (`bench.scanned`), which a million products
  need 6 GB for: `build_s` once they are read, `memory_mb`, and rows a second that are taken in
- `insert`: rows a second in transactions of one and of a hundred while searches go on, whose p50
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, select, text

from bench.scanned import Asked, scanned
from bench.shelves import (
    BATCH,
    KEPT,
    SHARES,
    Stock,
    filled,
    identity,
    indexed,
    number_of,
    served,
    shop,
    simulated,
)
from bench.stock import around
from vitrine.core import memory
from vitrine.db import Sessions
from vitrine.services.search.filters import EVERYTHING, Filters, parse
from vitrine.services.search.stored import counting, query, rows, schema
from vitrine.services.search.stored.query import Shelf
from vitrine.tables.search_rows import ROWS
from vitrine.vision.types import Vector

FACETS = ("category", "brand", "colour", "gender", "availability", "attributes.material")
QUERIES, WARM, RECALLED = 60, 5, 20


def ways(stock: Stock) -> dict[str, Asked]:
    """By what their filter leaves what is asked, the first ones to warm up."""
    dice = np.random.default_rng(11)
    picked = dice.integers(0, len(stock.chosen), WARM + QUERIES)
    vectors = around(stock.vectors[picked], dice)
    garments = [stock.garments[stock.chosen[each]].product for each in picked]
    found: dict[str, Sequence[Filters]] = {"all": [EVERYTHING] * len(garments)}
    for share in SHARES:
        found[f"{share:.1%}"] = [parse({"attributes.share": [str(share)]})] * len(garments)
    found["own category"] = [parse({"category": [each.category]}) for each in garments]
    for facet in ("category", "gender"):
        known = sorted({getattr(each.product, facet) for each in stock.garments})
        next_of = dict(zip(known, [*known[1:], known[0]], strict=True))
        found[f"other {facet}"] = [
            parse({facet: [next_of[getattr(each, facet)]]}) for each in garments
        ]
    return {way: list(zip(vectors, filters, strict=True)) for way, filters in found.items()}


def asked(
    shelf: Shelf, given: Mapping[str, Asked], best: Mapping[str, list[set[int]]], limits: list[int]
) -> dict[str, Any]:
    """The figures of searches, by what their filter leaves."""
    told = {}
    for way, queries in given.items():
        told[way] = _measured(shelf, queries, best[way], limits)
        print(json.dumps({way: told[way]}), file=sys.stderr, flush=True)
    return told


def _best(shelf: Shelf, stock: Stock, way: str, asked: Asked, folder: Path) -> list[set[int]]:
    """Of each what is nearest of what its filter leaves, by comparing all; found once."""
    kept = folder / f"best-{len(stock.chosen)}-{way}.json"
    if not kept.exists():
        rough = _rough(stock)
        found = [
            _nearest(stock, *each, rough[number], _left(shelf, each[1]))
            for number, each in enumerate(asked)
        ]
        kept.write_text(json.dumps(found))
    return [set(each) for each in json.loads(kept.read_text())]


@cache
def _rough(stock: Stock) -> Vector:
    """By query and product how alike they are, in float32; all ways ask the same queries."""
    queries = np.stack([vector for vector, _ in ways(stock)["all"]])
    return np.asarray(queries @ stock.vectors.T)


def _nearest(
    stock: Stock, vector: Vector, _: Filters, rough: Vector, left: np.ndarray | None
) -> list[int]:
    here = rough if left is None else rough[left]
    few = np.argpartition(-here, min(4 * RECALLED, len(here) - 1))[: 4 * RECALLED]
    few = np.sort(few if left is None else left[few])
    exact = stock.vectors[few].astype(np.float64) @ vector.astype(np.float64)
    return [int(each) for each in few[np.argsort(-exact, kind="stable")[:RECALLED]]]


def _measured(
    shelf: Shelf, asked: Asked, best: Sequence[set[int]], limits: Sequence[int]
) -> dict[str, Any]:
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


_LEFT: dict[str, np.ndarray] = {}


def _left(shelf: Shelf, filters: Filters) -> np.ndarray | None:
    if not filters:
        return None
    # Catalogues of several sizes have the same name, each in a database of its own.
    known = f"{shelf.session.connection().engine.url.database} {filters.written}"
    if known not in _LEFT:
        ids = select(ROWS.c.product_id).where(
            ROWS.c.collection == shelf.name, *shelf.where(filters)
        )
        _LEFT[known] = np.array([number_of(each) for each in shelf.session.scalars(ids)], np.int64)
    return _LEFT[known]


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
        removed(sessions, stock)
    return told


def removed(sessions: Sessions, stock: Stock) -> None:
    """Take rows away that are not of the stock, which whoever stops halfway leaves behind."""
    name = stock.collection.name
    beyond = (ROWS.c.collection == name, ROWS.c.product_id >= identity(len(stock.chosen)))
    some = select(ROWS.c.product_id).where(*beyond).limit(BATCH)
    with sessions.write() as session:
        while ids := session.scalars(some).all():
            rows.write(session.connection(), name, [], gone=ids)


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
    """Megabytes of the table, the lists of vectors, those of categories, and all else that finds
    rows."""
    told = text(
        "SELECT pg_table_size(to_regclass(:table)), pg_indexes_size(to_regclass(:table)), "
        "sum(pg_relation_size(oid)) FILTER (WHERE relname ~ :all), "
        "sum(pg_relation_size(oid)) FILTER (WHERE relname ~ :apart) "
        "FROM pg_class WHERE starts_with(relname, :table)"
    )
    table = schema.partition(name)
    given = {"table": table, "all": f"^{table}_lists", "apart": f"^{table}_[0-9a-f]+_lists"}
    sizes = [round(int(each or 0) / 1e6) for each in connection.execute(told, given).one()]
    own, indexes, lists, apart = sizes
    return {"table": own, "lists": lists, "apart": apart, "other": indexes - lists - apart}


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
    add("--keep", type=Path, default=KEPT, metavar="FOLDER", help="where all that is made stays")
    add("--url", help="a database with pgvector, in place of one in the folder")
    add("--limit", type=int, nargs="+", default=[100, 600], help="so many nearest are asked for")
    add("--only", choices=("fill", "search", "memory"), help="no more than that")
    options = parser.parse_args()
    with nullcontext(options.url) if options.url else served(options.keep) as url:
        for products in options.products:
            stock = simulated(products)
            with shop(url, stock) as sessions:
                print(json.dumps(figures(sessions, stock, options)), flush=True)


def figures(sessions: Sessions, stock: Stock, options: argparse.Namespace) -> dict[str, Any]:
    """All figures of one size."""
    products = len(stock.chosen)
    told: dict[str, Any] = {"products": products}
    told["fill_s"] = round(filled(sessions, stock), 1)
    removed(sessions, stock)
    told["index_s"] = round(indexed(sessions, stock), 1)
    if options.only == "fill":
        return told
    given, only = ways(stock), options.only
    with sessions.read() as session:
        told["disk_mb"] = disk(session.connection(), stock.collection.name)
        shelf = query.opened(session, stock.collection, {})
        best = {way: _best(shelf, stock, way, some, options.keep) for way, some in given.items()}
        memory.settle()
        memory.hold()  # as a server's process does once it is ready
        if only != "memory":
            told["asked"] = asked(shelf, given, best, options.limit)
    if only != "search":
        told["memory"] = scanned(stock, given, best, options.limit[0])
    if only is None:
        told["insert"] = inserted(sessions, stock, options.limit[0])
    return told


if __name__ == "__main__":
    main()
