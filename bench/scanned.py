"""What `bench.engines` asks, asked of the same catalogue in the memory of this process."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bench.resident import resident
from bench.shelves import BATCH, Stock, identity, number_of
from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Entry, Store
from vitrine.services.search.filters import Filters
from vitrine.vision.types import Vector

Asked = Sequence[tuple[Vector, Filters]]
CHANGES = 20


def scanned(
    stock: Stock, asked: Mapping[str, Asked], best: Mapping[str, Sequence[set[int]]], limit: int
) -> dict[str, Any]:
    """The figures of one size; `best` are by way the nearest of each query, to compare with."""
    before = resident(os.getpid(), alone=True)
    store, snapshot, seconds = _held(stock)
    told: dict[str, Any] = {
        "build_s": round(seconds, 1),
        "memory_mb": round(resident(os.getpid(), alone=True) - before),
    }
    for way, queries in asked.items():
        told[way] = _measured(snapshot, queries, best[way], limit)
    return told | {"insert": _inserted(stock, store, snapshot)}


def _held(stock: Stock) -> tuple[Store, Snapshot, float]:
    """All products in memory, and the seconds it took once their entries were read."""
    (size, dimension), seconds = stock.vectors.shape, 0.0
    store, snapshot = stores.empty(dimension, size, size * dimension * 4, {})
    for start in range(0, size, BATCH):
        some = list(stock.entries(start, min(start + BATCH, size)))
        begun = time.perf_counter()
        snapshot = stores.changed(store, snapshot, some)
        seconds += time.perf_counter() - begun
    return store, snapshot, seconds


def _measured(
    snapshot: Snapshot, asked: Asked, best: Sequence[set[int]], limit: int
) -> dict[str, float]:
    waited, spent, found = list[float](), list[float](), list[float]()
    for (vector, filters), wanted in zip(asked, best, strict=True):
        begun, before = time.perf_counter(), time.process_time()
        left = np.flatnonzero(snapshot.where(filters))
        places = snapshot.best(vector, left, limit, None)
        waited.append(1000 * (time.perf_counter() - begun))
        spent.append(1000 * (time.process_time() - before))
        got = {number_of(place.id) for place in places[: len(wanted)]}
        found.append(len(got & wanted) / max(1, len(wanted)))
    return {
        "p50_ms": round(float(np.percentile(waited, 50)), 1),
        "p95_ms": round(float(np.percentile(waited, 95)), 1),
        "cpu_ms": round(statistics.fmean(spent), 1),
        "recall": round(statistics.fmean(found), 4),
    }


def _inserted(stock: Stock, store: Store, snapshot: Snapshot) -> dict[str, int]:
    """Rows a second that are taken in, so many at once."""
    told, fresh = {}, len(stock.chosen)
    for size in (1, 100):
        given = [
            [
                replace(each, id=identity(fresh + size * place + number))
                for number, each in enumerate(_again(stock, size * place, size))
            ]
            for place in range(CHANGES)
        ]
        begun = time.perf_counter()
        for some in given:
            snapshot = stores.changed(store, snapshot, some)
        told[f"by {size}"] = round(size * CHANGES / (time.perf_counter() - begun))
        fresh += size * CHANGES
    return told


def _again(stock: Stock, start: int, size: int) -> Iterator[Entry]:
    """So many entries from there on, from the first again where there are no more."""
    at = start % (len(stock.chosen) - size + 1)
    return stock.entries(at, at + size)
