"""How soon `vitrine demo` serves and has its catalogue in, and what it holds when all is quiet.

    .venv/bin/python -m bench.demo --products 40

starts it on a fresh folder with a part of the sample catalogue (`--products 0`: with all of it, as
`make demo` does) and prints one JSON line:

- `served_s`, `searchable_s`: seconds until it answers, and until all of its products are indexed
- `processor_s`: of it and its children until then
- `busy_mb`: resident right then, `rest_mb` ninety seconds after, both of all processes; `alone_mb`
  is the server's part of the latter, `anonymous_mb` what of that are no pages of files
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from bench.indexing.processor import spent
from bench.resident import resident
from tests.worlds.programs import answers, free_port, started
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.sample import PRODUCTS, draw_catalogue
from vitrine.tables.catalog import Product

REST = 90.0
PATIENCE = 600.0
"""Seconds in which it is served and searchable, else something is broken."""


def main() -> None:
    """Start, wait, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, default=40, help="0: the whole sample, drawn by itself")
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(_measured(Path(name), parser.parse_args().products)))


def _measured(folder: Path, products: int) -> dict[str, object]:
    given: list[str] = []
    if products:
        draw_catalogue(folder / "sample", products=PRODUCTS[:products], processes=2)
        given = [str(folder / "sample")]
    port, settings = free_port(), Settings.model_validate({"data_dir": folder / "data"})
    environment = os.environ | {
        "VITRINE_DATA_DIR": str(settings.data_dir),
        "VITRINE_API__PORT": str(port),
    }
    begun, server = time.monotonic(), [sys.executable, "-m", "vitrine", "demo", *given]
    with started(server, folder, env=environment) as program:
        pid = program.process.pid
        program.wait_for(lambda: answers(f"http://127.0.0.1:{port}/v1/health"), PATIENCE)
        served = time.monotonic() - begun
        program.wait_for(lambda: _searchable(settings, program.log), PATIENCE)
        searchable, processor, busy = time.monotonic() - begun, spent(pid), resident(pid)
        time.sleep(REST)  # what is measured is what is kept once all is quiet
        return {
            "products": products,
            "served_s": round(served, 1),
            "searchable_s": round(searchable, 1),
            "processor_s": round(processor, 1),
            "busy_mb": round(busy),
            "rest_mb": round(resident(pid)),
            "alone_mb": round(resident(pid, alone=True)),
            "anonymous_mb": round(_anonymous(pid)),
        }


def _searchable(settings: Settings, log: Path) -> bool:
    """Whether the import is over and all of its products can be found."""
    if " created." not in log.read_text():
        return False
    engine = make_engine(settings)
    with Sessions(engine).read() as session:
        without = select(func.count(Product.id)).where(Product.primary_crop_id.is_(None))
        left = session.scalar(without)
    engine.dispose()
    return not left


def _anonymous(pid: int) -> float:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"Anonymous:\s+(\d+) kB", told)
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
