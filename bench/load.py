"""Searches while an import runs, at rising rates until they break; and what memory does meanwhile.

    .venv/bin/python -m bench.load --searches 10000 --photos 10000

starts `vitrine serve` on a simulated catalogue (`bench.stock`), asks it on an otherwise idle
machine, then imports drawn photos and asks at each rate for a while, whether or not it keeps up.
Prints one JSON line:

- `idle` and `importing`: p50 and p95 of searches by photo and by words, one client; `times` is the
  second p95 over the first, and `photos_a_second` what the import did meanwhile
- `rates`: searches a second that were asked during the import, p95 of the answers, and photos a
  second; `broke_at` is the first rate whose p95 is over a second, None where none was
- `memory_mb`: resident, all processes: when it was warm, after the searches, after the photos
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.resident import resident
from bench.serving import Ask, Server, files, form, post, serving
from bench.stock import SIZE, Stock, jpeg, stocked
from vitrine.sample import PRODUCTS, draw_product

RATES = (1, 2, 4, 8, 16, 32)
SECONDS = 15.0
"""How long each rate is asked for."""

BROKEN = 1.0
"""Seconds of p95 from which on people do not search any more."""

PART = 500
"""Photos of one import."""

_numbers = itertools.count()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, default=10_000, help="already there (%(default)s)")
    add("--queries", type=int, default=40, help="of one client, of each kind (%(default)s)")
    add("--searches", type=int, default=1_000, help="for the memory of searches (%(default)s)")
    add("--photos", type=int, default=1_000, help="for the memory of an import (%(default)s)")
    options = parser.parse_args()
    drawn = [draw_product(PRODUCTS[place], 2, SIZE) for place in (3, 21, 40, 77, 96)]
    kinds: dict[str, Callable[[], Ask]] = {
        "photo": lambda: form("/v1/search", _photo(drawn)),
        "text": lambda: post("/v1/search", text=f"a red coat {next(_numbers)}"),
    }
    with _copied(stocked(options.products)) as stock, serving(stock) as server:
        told: dict[str, Any] = {"idle": _asked(server, kinds, options.queries)}
        memory = {"warm": resident(server.pid)}
        line = server.line()
        for _ in range(options.searches):
            line.ask(kinds["text"]())
        memory["searches"] = resident(server.pid)
        importing = Import(server, drawn, options.photos)
        told["importing"] = _asked(server, kinds, options.queries)
        for name, one in told["importing"].items():
            one["times"] = round(one["p95_ms"] / told["idle"][name]["p95_ms"], 2)
        told["rates"], told["broke_at"] = _rising(server, kinds["photo"], importing)
        told["photos_a_second"] = importing.wait()
        memory["photos"] = resident(server.pid)
    print(json.dumps(told | {"memory_mb": {name: round(mb) for name, mb in memory.items()}}))


@contextmanager
def _copied(stock: Stock) -> Iterator[Stock]:
    """The catalogue in a folder that is gone afterwards: what is imported shall not stay in it."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(stock.folder, folder, dirs_exist_ok=True)
        yield replace(stock, folder=Path(folder))


class Import:
    """Photos that a server was given to index, and how far it came."""

    def __init__(self, server: Server, drawn: Sequence[Any], photos: int) -> None:
        self._line, self._photos = server.line(), photos
        self._before, self._begun = self.indexed(), time.monotonic()
        for start in range(0, photos, PART):
            self._line.ask(_catalogue(drawn, min(PART, photos - start)))

    def indexed(self) -> int:
        """Products with a photo that is searchable."""
        return int(self._line.ask(post("/v1/search", limit=1, filters={"brand": "Load"}))["total"])

    def wait(self) -> float:
        """Photos a second, once all are indexed."""
        while self.indexed() - self._before < self._photos:
            time.sleep(1.0)  # index jobs tell only those who ask
        return round(self._photos / (time.monotonic() - self._begun), 1)


def _asked(
    server: Server, kinds: dict[str, Callable[[], Ask]], queries: int
) -> dict[str, dict[str, float]]:
    line, told = server.line(), {}
    for name, ask in kinds.items():
        spent = [_answered(line, ask()) for _ in range(queries)]
        told[name] = {f"p{at}_ms": round(float(np.percentile(spent, at)), 1) for at in (50, 95)}
    line.close()
    return told


def _rising(
    server: Server, ask: Callable[[], Ask], importing: Import
) -> tuple[list[dict[str, float]], int | None]:
    told = []
    for rate in RATES:
        before, begun = importing.indexed(), time.monotonic()
        spent = _at(server, ask, rate)
        seconds = time.monotonic() - begun
        p95 = float(np.percentile(spent, 95))
        done = (importing.indexed() - before) / seconds
        told.append({"rate": rate, "p95_ms": round(p95, 1), "photos_a_second": round(done, 1)})
        if p95 > 1000 * BROKEN:
            return told, rate
    return told, None


def _at(server: Server, ask: Callable[[], Ask], rate: int) -> list[float]:
    """Milliseconds from when each search was due until it was answered."""
    begun = time.monotonic()

    def late(number: int) -> float:
        due = begun + number / rate
        time.sleep(max(0.0, due - time.monotonic()))  # asked then, whoever still waits
        line = server.line()
        line.ask(ask())
        line.close()
        return 1000 * (time.monotonic() - due)

    count = int(rate * SECONDS)
    with ThreadPoolExecutor(min(count, 64)) as pool:
        return list(pool.map(late, range(count)))


def _answered(line: Any, what: Ask) -> float:
    begun = time.perf_counter()
    line.ask(what)
    return 1000 * (time.perf_counter() - begun)


def _photo(drawn: Sequence[Any]) -> bytes:
    number = next(_numbers)
    return jpeg(drawn[number % len(drawn)], f"{number} of {time.time_ns()}")


def _catalogue(drawn: Sequence[Any], photos: int) -> Ask:
    names = [f"L-{time.time_ns()}-{place}" for place in range(photos)]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name in names:
            file.writestr(f"{name}.jpg", _photo(drawn))
    rows = "".join(f"{name},A coat,Load,{name}.jpg\n" for name in names)
    table = f"external_id,title,brand,images\n{rows}".encode()
    return files("/v1/imports", file=("load.csv", table), images=("load.zip", archive.getvalue()))


if __name__ == "__main__":
    main()
