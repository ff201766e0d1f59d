"""Filtered search at 100,000 products beside Chroma's own filtered query and plain numpy.

    .venv/bin/python -m bench.filtered_search

makes random unit vectors with realistic metadata, puts the same products into SQLite and into an
embedded Chroma collection with the configuration Vitrine uses, and times in turn, query by query:

- `service`: `services.search.search` as a route calls it, with a vision that answers at once; so
  it reads what changed, filters, ranks, counts six facets, reads 20 products and records the query
- `choose`: the part of it that filters, ranks and counts
- `rank`: the part of that which orders the candidates
- `numpy`: the candidates' rows times the vector and a partial sort, candidates known beforehand
- `chroma`: `collection.query` with the same filter as `where`, ids and distances only

Prints one JSON line per selectivity with p50 and p95 in milliseconds and ratios of the p50.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.fakes import FakeVision, ListQueue, MemoryBlobs
from vitrine import schema
from vitrine.adapters.vectors import ChromaIndex, embedded_index
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Point, Ports
from vitrine.services import models, search
from vitrine.services.search import candidates, counting
from vitrine.services.search import rank as ranks
from vitrine.services.search.cache import refresh
from vitrine.services.search.context import opened
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import Filters, parse
from vitrine.services.search.intent import Intent
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.services.search.weighing import weighed
from vitrine.vision.types import Vector, Versions

SHARES = {"50 %": 500, "10 %": 100, "1 %": 10, "0.1 %": 1}
CATEGORIES, COLOURS, BRANDS = 60, 24, 800
LIMIT = 20
BATCH = 5_000


@dataclass
class Given(FakeVision):
    """A vision that gives the vector it was handed, so that no model is measured."""

    vector: Vector | None = None

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        """The given vector for each text."""
        assert self.vector is not None
        return np.stack([self.vector] * len(texts))


@dataclass(frozen=True)
class Stock:
    """The products in both places, and one array of their vectors."""

    engine: SearchEngine
    index: ChromaIndex
    ids: list[str]
    vectors: Vector
    buckets: np.ndarray


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, default=100_000, help="how many (%(default)s)")
    add("--dimension", type=int, default=256, help="the shipped encoder's (%(default)s)")
    add("--queries", type=int, default=40, help="queries at each selectivity (%(default)s)")
    options = parser.parse_args()
    with stocked(options.products, options.dimension) as stock:
        for share, below in SHARES.items():
            print(json.dumps({"selectivity": share} | measured(stock, below, options.queries)))
        print(json.dumps({"selectivity": "all"} | measured(stock, None, options.queries)))


@contextmanager
def stocked(count: int, dimension: int) -> Iterator[Stock]:
    """The catalogue, in a folder that is gone afterwards."""
    versions = Versions("bench-1", "p1", "none", dimension)
    vision = Given(versions=versions)
    vectors = unit_vectors(count, dimension)
    dice = np.random.default_rng(1)
    buckets = dice.integers(0, 1_000, count)
    rows = [metadata(dice, int(bucket)) for bucket in buckets]
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(Settings(data_dir=Path(folder)))
        schema.upgrade(engine)
        sessions, index = Sessions(engine), embedded_index(Path(folder) / "index")
        started = time.perf_counter()
        with sessions.write() as session:
            models.register(session, versions)
        ids = _filled(sessions, versions, vectors, rows)
        _told("products in SQL", started)
        started = time.perf_counter()
        index.ensure(versions.collection, dimension)
        for start in range(0, count, BATCH):
            some = slice(start, start + BATCH)
            triples = zip(ids[some], vectors[some], rows[some], strict=True)
            points = [Point(each, vector, facets(row)) for each, vector, row in triples]
            index.upsert(versions.collection, points)
        _told("points in Chroma", started)
        ports = Ports(MemoryBlobs(), index, vision, ListQueue())
        searched = SearchEngine(sessions, ports)
        started = time.perf_counter()
        with sessions.read() as session:
            refresh.current(session, searched.cache, models.searched(session))
        _told("read into memory", started)
        yield Stock(searched, index, ids, vectors, buckets)
        index.close()
        engine.dispose()


def metadata(dice: np.random.Generator, bucket: int) -> dict[str, Any]:
    """What a shop says of a product: few categories and colours, many brands, skewed."""
    return {
        "category": f"category {int(CATEGORIES * dice.random() ** 2)}",
        "colour": f"colour {int(COLOURS * dice.random() ** 2)}",
        "brand": f"brand {int(BRANDS * dice.random() ** 3)}",
        "gender": ("women", "men", "unisex")[int(3 * dice.random() ** 1.5)],
        "price": Decimal(int(dice.lognormal(8.3, 0.7))) / 100,
        "attributes": {
            "bucket": bucket,
            "availability": "in_stock" if dice.random() < 0.8 else "out_of_stock",
            "material": [f"material {int(20 * dice.random())}", "cotton"],
        },
    }


def facets(row: dict[str, Any]) -> dict[str, Any]:
    """The same, as Chroma keeps it."""
    named = {name: row[name] for name in ("category", "colour", "brand", "gender")}
    return named | {"price": float(row["price"]), "bucket": row["attributes"]["bucket"]}


def _filled(
    sessions: Sessions, versions: Versions, vectors: Vector, rows: list[dict[str, Any]]
) -> list[str]:
    ids: list[str] = []
    for start in range(0, len(rows), BATCH):
        some = slice(start, start + BATCH)
        with sessions.write() as session:
            ids += insert_indexed(session, versions, vectors[some], rows[some])
    return ids


def measured(stock: Stock, below: int | None, queries: int) -> dict[str, Any]:
    """Each way in turn for every query, the first three not counted."""
    filters = parse({} if below is None else {"attributes.bucket": {"max": below - 1}})
    chosen = np.flatnonzero(stock.buckets < (1_000 if below is None else below))
    where = None if below is None else {"bucket": {"$lt": below}}
    asked = unit_vectors(queries + 3, stock.vectors.shape[1], 99)
    spent: dict[str, list[float]] = defaultdict(list)
    agreed = 0
    for number, vector in enumerate(asked):
        seconds, found = _one_round(stock, vector, filters, (chosen, where))
        if number >= 3:
            agreed += found["service"] == found["numpy"]
            for name, value in seconds.items():
                spent[name].append(value * 1000)
    assert agreed == queries, "the service and numpy find the same"
    p50 = {name: float(np.median(values)) for name, values in spent.items()}
    p95 = {name: float(np.quantile(values, 0.95)) for name, values in spent.items()}
    return {
        "products": len(stock.ids),
        "candidates": len(chosen),
        "p50_ms": {name: round(value, 3) for name, value in p50.items()},
        "p95_ms": {name: round(value, 3) for name, value in p95.items()},
        "chroma_over_service": round(p50["chroma"] / p50["service"], 2),
        "chroma_over_choose": round(p50["chroma"] / p50["choose"], 2),
        "numpy_over_rank": round(p50["numpy"] / p50["rank"], 2),
    }


def _one_round(
    stock: Stock, vector: Vector, filters: Filters, known: tuple[np.ndarray, Any]
) -> tuple[dict[str, float], dict[str, Any]]:
    chosen, where = known
    ports = stock.engine.ports
    vision = Given(versions=ports.vision.versions, vector=vector)
    engine = replace(stock.engine, ports=replace(ports, vision=vision))
    with engine.sessions.read() as session:
        snapshot = refresh.current(session, engine.cache, _active(session))
    query = SearchRequest(text="given", limit=LIMIT, filters=filters)

    def service() -> list[str]:
        answer = search.search(engine, query)
        return [hit.product.id for hit in answer.hits]

    def choose() -> object:
        with engine.sessions.read() as session:
            context = opened(engine, session)
        scoring = weighed(context, query, Sought(Intent("words", vector)))
        mask = candidates.left(context, query)
        ranking = ranks.ranked(context, query, scoring, mask)
        tally = counting.of(context, query, [scoring], mask)
        return ranking, counting.told(context, query, tally)

    def rank() -> object:
        return snapshot.best(vector, chosen, LIMIT, None)

    def plain() -> list[str]:
        scores = stock.vectors[chosen] @ vector
        best = np.argpartition(-scores, min(LIMIT, len(scores) - 1))[:LIMIT]
        return [stock.ids[chosen[place]] for place in best[np.argsort(-scores[best])]]

    def chroma() -> object:
        collection = stock.index._collection(ports.vision.versions.collection)
        return collection.query(
            query_embeddings=vector[None], n_results=LIMIT, where=where, include=["distances"]
        )

    return _timed(service=service, choose=choose, rank=rank, numpy=plain, chroma=chroma)


def _active(session: Session) -> Any:
    return models.active(session)


def _timed(**calls: Callable[[], Any]) -> tuple[dict[str, float], dict[str, Any]]:
    seconds, found = {}, {}
    for name, call in calls.items():
        started = time.perf_counter()
        found[name] = call()
        seconds[name] = time.perf_counter() - started
    return seconds, found


def _told(what: str, started: float) -> None:
    print(json.dumps({what: round(time.perf_counter() - started, 1)}), flush=True)


if __name__ == "__main__":
    main()
