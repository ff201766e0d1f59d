"""The nearest of the same vectors by other libraries: how fast, and how many of the exact ones."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np

from bench.stock import Stock, around
from vitrine.adapters.index_process import IndexProcess
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.vision.types import Vector

MOST = 20
QUERIES = 50
LINKS, BUILDING, SEARCHING = 32, 200, 200
"""The graph that Vitrine's Chroma has: neighbours, and candidates while building and searching."""

Nearest = Callable[[Vector], list[int]]


def measured(stock: Stock) -> dict[str, dict[str, Any]]:
    """By library p50 of a query, recall of the exact nearest, and seconds to build the index.

    All are asked in turn, query by query, each on one thread.
    """
    vectors = np.array(stock.vectors)
    with closing(IndexProcess(stock.folder / "index")) as index:
        return _compared(vectors, dict(_built(stock, vectors, index)))


def _compared(
    vectors: Vector, built: dict[str, tuple[Nearest, float]]
) -> dict[str, dict[str, Any]]:
    dice = np.random.default_rng(11)
    asked = around(vectors[dice.integers(0, len(vectors), QUERIES)], dice)
    spent: dict[str, list[float]] = {name: [] for name in built}
    hits = dict.fromkeys(built, 0)
    for each in asked:
        exact = set(np.argsort(-(vectors @ each))[:MOST].tolist())
        for name, (call, _) in built.items():
            begun = time.perf_counter()
            found = call(each)
            spent[name].append(1000 * (time.perf_counter() - begun))
            hits[name] += len(exact & set(found))
    return {
        name: {
            "p50_ms": round(float(np.median(spent[name])), 2),
            "recall": round(hits[name] / QUERIES / MOST, 3),
            "build_s": round(seconds, 1),
        }
        for name, (_, seconds) in built.items()
    }


def _built(
    stock: Stock, vectors: Vector, index: IndexProcess
) -> Iterator[tuple[str, tuple[Nearest, float]]]:
    places = {each: place for place, each in enumerate(stock.ids)}
    yield "vitrine's scan", (_scan(places, vectors), 0.0)

    def chroma(asked: Vector) -> list[int]:
        return [places[one.id] for one in index.query(stock.collection, asked, MOST)]

    chroma(vectors[0])
    yield "chroma", (chroma, stock.seconds["index"])
    for module, name, build in LIBRARIES:
        if importlib.util.find_spec(module):
            begun = time.perf_counter()
            nearest = build(vectors)
            yield name, (nearest, time.perf_counter() - begun)


def _scan(places: dict[str, int], vectors: Vector) -> Nearest:
    ids = list(places)
    alive, prices = np.ones(len(ids), np.bool_), np.zeros(len(ids), np.int64)
    snapshot, rows = Snapshot(ids, places, vectors, alive, {}, prices), np.arange(len(ids))
    return lambda asked: [places[one.id] for one in snapshot.best(asked, rows, MOST, None)]


def _hnswlib(vectors: Vector) -> Nearest:
    import hnswlib

    index = hnswlib.Index("ip", vectors.shape[1])
    index.init_index(len(vectors), ef_construction=BUILDING, M=LINKS)
    index.add_items(vectors, num_threads=1)
    index.set_ef(SEARCHING)
    return lambda asked: index.knn_query(asked, MOST, num_threads=1)[0][0].tolist()


def _usearch(vectors: Vector) -> Nearest:
    from usearch.index import Index

    index = Index(
        ndim=vectors.shape[1],
        metric="ip",
        connectivity=LINKS,
        expansion_add=BUILDING,
        expansion_search=SEARCHING,
    )
    index.add(np.arange(len(vectors)), vectors, threads=1)
    return lambda asked: index.search(asked, MOST, threads=1).keys.tolist()


def _faiss(vectors: Vector) -> Nearest:
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(vectors.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = BUILDING, SEARCHING
    index.add(vectors)
    return lambda asked: index.search(asked[None], MOST)[1][0].tolist()


def _faiss_flat(vectors: Vector) -> Nearest:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return lambda asked: index.search(asked[None], MOST)[1][0].tolist()


LIBRARIES = (
    ("hnswlib", "hnswlib", _hnswlib),
    ("usearch", "usearch", _usearch),
    ("faiss", "faiss HNSW", _faiss),
    ("faiss", "faiss flat, exact", _faiss_flat),
)
"""Module, what it is called in the table, and what builds an index."""
