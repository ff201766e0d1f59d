"""How long 20,000 rows take, one in twenty of them bad, and how much memory: no pictures.

    .venv/bin/python -m bench.import_rows

writes the rows into a fresh SQLite database, twice, checks the counts, and prints one JSON line:
seconds of both runs, and by how much the process grew between a tenth of the first and its end.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.worlds.fakes import ExactIndex, FakeVision, ListQueue, MemoryBlobs
from vitrine import schema
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import imports
from vitrine.services.imports import Source

ROWS = 20_000


class NoQueue(ListQueue):
    """Sends nothing and keeps nothing."""

    def send(self, job_id: str, delay: float = 0.0) -> None:
        """Forget it."""


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = make_engine(Settings(data_dir=folder))
        schema.upgrade(engine)
        sessions = Sessions(engine)
        source = imports.source(_written(folder / "products.csv"))
        first, second = _run(sessions, source), _run(sessions, source)
        engine.dispose()
    counts = [first.pop("counts"), second.pop("counts")]
    good, bad = ROWS * 19 // 20, ROWS // 20
    exact = counts == [{"created": good, "refused": bad}, {"unchanged": good, "refused": bad}]
    print(json.dumps({"rows": ROWS, "exact": exact, "first": first, "again": second}))
    return 0 if exact else 1


def _written(path: Path) -> Path:
    rows = (f"P{n},{'' if n % 20 == 19 else f'Title {n}'},{'words ' * 30}" for n in range(ROWS))
    path.write_text("sku,title,description\n" + "\n".join(rows))
    return path


def _run(sessions: Sessions, source: Source) -> dict[str, object]:
    ports = Ports(MemoryBlobs(), ExactIndex(), FakeVision(), NoQueue())
    counts: Counter[str] = Counter()
    begun, early = time.monotonic(), 0
    for outcome in imports.import_catalogue(sessions, ports, Settings().limits, source):
        counts[outcome.what] += 1
        if counts.total() == ROWS // 10:
            early = _resident()
    return {
        "counts": dict(counts),
        "seconds": round(time.monotonic() - begun, 1),
        "grown_megabytes": round((_resident() - early) / 1e6, 1),
    }


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


if __name__ == "__main__":
    sys.exit(main())
