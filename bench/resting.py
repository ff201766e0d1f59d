"""What an API process holds, and how soon it is ready, by engine and size of the catalogue.

    .venv/bin/python -m bench.resting --products 10000 100000
    .venv/bin/python -m bench.resting --products 100000 1000000 --keep /tmp/vitrine-engines

fills a PostgreSQL with pgvector with a simulated catalogue (`bench.stock`), makes its search rows,
and starts `vitrine serve` on it as each engine has it; with `--keep` on the search rows that
`bench.engines` keeps there, as pgvector alone has it. Prints one JSON line for each:

- `ready_s`, `processor_s`: from the start until it is ready, and the process's own time until then
- `memory_mb`: resident after forty searches, the process alone; models and libraries are most of it
- `search_ms`: processor time of that process for a search by words; the database's is beside it
- `rows_s`: what making the search rows and their graph took
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.resident import resident
from bench.serving import post, processor_seconds, serving
from bench.shelves import filled, indexed, peopled, served, shop, simulated
from bench.stock import Stock, fill, settle
from tests.worlds import engines
from tests.worlds.waiting import eventually
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.sample import PRODUCTS
from vitrine.services.search import upkeep

SEARCHES = 40
STARTING = 60.0
ENGINES = ("pgvector", "memory")


@dataclass(frozen=True)
class Shared(Stock):
    """A catalogue in PostgreSQL, searched by one of the engines."""

    url: str = ""
    chroma: int = 0
    engine: str = "memory"

    @property
    def settings(self) -> Settings:
        """Of a server on it; its vector index is another's process, and empty."""
        given = super().settings.model_dump() | {
            "database": {"url": self.url},
            "vectors": {"kind": "server", "port": self.chroma},
            "search": {"engine": self.engine},
        }
        return Settings.model_validate(given)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, nargs="+", default=[10_000, 100_000], help="of each size")
    add("--engine", nargs="+", default=ENGINES, choices=ENGINES, help="where they are searched")
    add("--keep", type=Path, metavar="FOLDER", help="whose search rows are taken, not made")
    options = parser.parse_args()
    if options.keep:
        for products in options.products:
            with kept(products, options.keep) as stock:
                print(json.dumps(_rested(stock)), flush=True)
        return
    for products in options.products:
        with shared(products) as stock:
            seconds = {"rows_s": _rows(stock)}
            for engine in options.engine:
                print(json.dumps(_rested(replace(stock, engine=engine)) | seconds), flush=True)


@contextmanager
def shared(products: int) -> Iterator[Shared]:
    """A PostgreSQL with so many products, and a Chroma without any."""
    # Other users may look into it: PostgreSQL will not run as root.
    with tempfile.TemporaryDirectory(prefix="vitrine-resting-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("postgres", "chroma"):
            (folder / part).mkdir()
        postgres = engines.postgres_in(folder / "postgres", engines.pgvector_programs())
        chroma = engines.chroma_in(folder / "chroma")
        with postgres.running(), chroma.running():
            eventually(postgres.ready, "PostgreSQL did not start", STARTING)
            url = engines.postgres_at(postgres.port)
            stock = Shared(folder, products, "", {}, url, chroma.port)
            versions, *_ = fill(stock.settings, products)
            yield replace(stock, collection=versions.collection)


@contextmanager
def kept(products: int, folder: Path) -> Iterator[Shared]:
    """The PostgreSQL of `bench.engines` with so many products, and a Chroma without any."""
    made = simulated(products)
    with tempfile.TemporaryDirectory(prefix="vitrine-resting-") as name, served(folder) as server:
        (Path(name) / "chroma").mkdir()
        chroma = engines.chroma_in(Path(name) / "chroma")
        with shop(server, made) as sessions, chroma.running():
            filled(sessions, made)
            indexed(sessions, made)
            peopled(sessions, made)
            url = sessions.engine.url.render_as_string(hide_password=False)
            collection = made.collection.name
            yield Shared(Path(name), products, collection, {}, url, chroma.port, "pgvector")


def _rows(stock: Shared) -> float:
    """Make the search rows; the seconds it took."""
    begun, settings = time.perf_counter(), replace(stock, engine="pgvector").settings
    database, statuses = make_engine(settings), settings.search.statuses
    sessions = upkeep.followed(Sessions(database), statuses)
    with sessions.write() as session:
        settle(session)
    upkeep.complete(sessions, statuses, stock.collection)
    database.dispose()
    return round(time.perf_counter() - begun, 1)


def _rested(stock: Shared) -> dict[str, object]:
    with serving(stock, settled=False) as server:
        started, line = processor_seconds(server.pid), server.line()
        line.ask(post("/v1/search", text="what the first search reads"))
        before = processor_seconds(server.pid)
        for product in PRODUCTS[:SEARCHES]:
            line.ask(post("/v1/search", text=product.title))
        spent = processor_seconds(server.pid) - before
        return {
            "products": stock.products,
            "engine": stock.engine,
            "ready_s": round(server.ready_after, 1),
            "processor_s": round(started, 1),
            "search_ms": round(1000 * spent / SEARCHES, 1),
            "memory_mb": round(resident(server.pid, alone=True)),
        }


if __name__ == "__main__":
    main()
