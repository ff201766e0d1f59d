"""Searches while an import runs, beside the same without one; and what memory does meanwhile.

    .venv/bin/python -m bench.load --short
    .venv/bin/python -m bench.load --searches 10000 --photos 10000

starts `vitrine serve` on a simulated catalogue (`bench.stock`) and asks it by one client, in turn
while it has nothing else to do and while it indexes drawn photos as fast as it can. Prints one JSON
line:

- `idle` and `importing`: p50 and p95 of searches by photo and by words, of all rounds; `times` are
  the second ones over the first; `photos_a_second` is what the import did meanwhile, and
  `covered` the share of those searches that were asked before it was done
- `rates`: searches a second that were asked during an import, p95 of the answers, and photos a
  second; `broke_at` is the first rate whose p95 is over a second, None where none was
- `memory_mb`: what the server itself holds at rest: warm, at the middle and at the end of searches,
  and of the indexing of photos, which come to the same products in place of others;
  `growth_percent` is what it held more at the end of each than at its middle

`--short` leaves out rates and memory, and takes less than three minutes on an idle machine.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.resident import resident
from bench.serving import Ask, Server, files, form, post, serving, settle
from bench.stock import SIZE, Stock, jpeg, stocked
from vitrine.sample import PRODUCTS, draw_product

RATES = (1, 2, 4, 8, 16, 32)
SECONDS = 15.0
"""How long each rate is asked for."""

BROKEN = 1.0
"""Seconds of p95 from which on people do not search any more."""

PART = 500
"""Photos of one import."""

ROUND = 150
"""Photos that are indexed beside the searches of one round."""

REST = 25.0
"""Seconds in which the server gives back what a busy time took."""

_numbers = itertools.count()
Kinds = Mapping[str, Callable[[], Ask]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, default=10_000, help="already there (%(default)s)")
    add("--rounds", type=int, default=3, help="without an import and beside one (%(default)s)")
    add("--queries", type=int, default=30, help="of each kind in each half of one (%(default)s)")
    add("--searches", type=int, default=1_000, help="for the memory of searches (%(default)s)")
    add("--photos", type=int, default=1_000, help="for the memory of an import (%(default)s)")
    add("--short", action="store_true", help="only the searches beside an import")
    add("--memory", action="store_true", help="only the memory")
    options = parser.parse_args()
    drawn = [draw_product(PRODUCTS[place], 2, SIZE) for place in (3, 21, 40, 77, 96)]
    kinds: Kinds = {
        "photo": lambda: form("/v1/search", _photo(drawn)),
        "text": lambda: post("/v1/search", text=f"a red coat {next(_numbers)}"),
    }
    told: dict[str, Any] = {}
    with _copied(stocked(options.products)) as stock, serving(stock) as server:
        if not options.memory:
            told |= _beside(server, stock, kinds, drawn, options)
        if not options.short and not options.memory:
            importing = Import(server, stock, drawn, 2 * PART)
            told["rates"], told["broke_at"] = _rising(server, kinds["photo"], importing)
            importing.wait()
        if not options.short:
            told |= _grown(server, kinds, drawn, options)
    print(json.dumps(told))


@contextmanager
def _copied(stock: Stock) -> Iterator[Stock]:
    """The catalogue in a folder that is gone afterwards: what is imported shall not stay in it."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(stock.folder, folder, dirs_exist_ok=True)
        yield replace(stock, folder=Path(folder))


class Import:
    """Photos that a server was given to index, and how far it came."""

    def __init__(self, server: Server, stock: Stock, drawn: Sequence[Any], photos: int) -> None:
        self._line, self._stock, self.photos = server.line(), stock, photos
        self._before, self._begun = self._all(), time.monotonic()
        for start in range(0, photos, PART):
            some = range(start, min(start + PART, photos))
            names = [f"L-{time.time_ns()}-{place}" for place in some]
            self._line.ask(_catalogue(drawn, names))

    def indexed(self) -> int:
        """How many of the photos are searchable."""
        return self._all() - self._before

    def reached(self, photos: int) -> float:
        """Photos a second until so many were searchable."""
        while self.indexed() < photos:
            time.sleep(0.5)  # index jobs tell only those who ask
        return round(photos / (time.monotonic() - self._begun), 1)

    def wait(self) -> float:
        """Photos a second, once all are searchable."""
        return self.reached(self.photos)

    def _all(self) -> int:
        # Asked of the file: the server would answer one more search.
        with closing(sqlite3.connect(self._stock.folder / "vitrine.db")) as database:
            return int(database.execute("SELECT count(*) FROM indexing_results").fetchone()[0])


def _beside(
    server: Server,
    stock: Stock,
    kinds: Kinds,
    drawn: Sequence[Any],
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Searches of one client, in turn without and beside an import."""
    idle, busy = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    rates, covered = list[float](), list[bool]()
    for _ in range(options.rounds):
        for name, spent in _asked(server, kinds, options.queries):
            idle[name].append(spent)
        importing = Import(server, stock, drawn, ROUND)
        importing.reached(1)
        begun, before = time.monotonic(), importing.indexed()
        for name, spent in _asked(server, kinds, options.queries):
            busy[name].append(spent)
            covered.append(importing.indexed() < ROUND)
        rates.append((importing.indexed() - before) / (time.monotonic() - begun))
        importing.wait()
        settle(server)
    told = {"idle": _percentiles(idle), "importing": _percentiles(busy)}
    times = {
        name: {at: round(told["importing"][name][at] / value, 2) for at, value in one.items()}
        for name, one in told["idle"].items()
    }
    rate = round(float(np.median(rates)), 1)
    return told | {"times": times, "photos_a_second": rate, "covered": float(np.mean(covered))}


def _asked(server: Server, kinds: Kinds, queries: int) -> Iterator[tuple[str, float]]:
    """The kind and the milliseconds of each search, kinds in turn."""
    line = server.line()
    for number in range(queries * len(kinds)):
        name = list(kinds)[number % len(kinds)]
        what, begun = kinds[name](), time.perf_counter()
        line.fetch(what)
        yield name, 1000 * (time.perf_counter() - begun)
    line.close()


def _percentiles(spent: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    return {
        name: {f"p{at}_ms": round(float(np.percentile(some, at)), 1) for at in (50, 95)}
        for name, some in spent.items()
    }


def _grown(
    server: Server, kinds: Kinds, drawn: Sequence[Any], options: argparse.Namespace
) -> dict[str, Any]:
    """What the server holds before, amid and after many searches and many indexed photos."""
    line, held = server.line(), dict[str, float]()

    def search(times: int) -> None:
        for _ in range(times):
            line.ask(kinds["text"]())

    def index(photos: int) -> None:
        # The same products each time, with other photos: a catalogue that grows takes memory.
        names = [f"K-{place}" for place in range(PART)]
        for _ in range(0, photos, PART):
            line.ask(_catalogue(drawn, names))
            settle(server)

    for part, act, warm, times in (
        ("searches", search, 200, options.searches),
        ("photos", index, PART, options.photos),
    ):
        for name, some in ((", warm", warm), (", half", times // 2), ("", times // 2)):
            act(some)
            held[part + name] = _resting(server)
    growth = {
        part: round(100 * (held[part] / held[f"{part}, half"] - 1), 1)
        for part in ("searches", "photos")
    }
    return {"memory_mb": {name: round(mb) for name, mb in held.items()}, "growth_percent": growth}


def _resting(server: Server) -> float:
    """Megabytes of the server alone, once it has given back what it does not need."""
    time.sleep(REST)  # it tells nobody
    return resident(server.pid, alone=True)


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
        line.fetch(ask())
        line.close()
        return 1000 * (time.monotonic() - due)

    count = int(rate * SECONDS)
    with ThreadPoolExecutor(min(count, 64)) as pool:
        return list(pool.map(late, range(count)))


def _photo(drawn: Sequence[Any]) -> bytes:
    number = next(_numbers)
    return jpeg(drawn[number % len(drawn)], f"{number} of {time.time_ns()}")


def _catalogue(drawn: Sequence[Any], names: Sequence[str]) -> Ask:
    """An import of products of these names with a photo each, as nobody ever saw it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name in names:
            file.writestr(f"{name}.jpg", _photo(drawn))
    rows = "".join(f"{name},A coat,Load,{name}.jpg\n" for name in names)
    table = f"external_id,title,brand,images\n{rows}".encode()
    return files("/v1/imports", file=("load.csv", table), images=("load.zip", archive.getvalue()))


if __name__ == "__main__":
    main()
