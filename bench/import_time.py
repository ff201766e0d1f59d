"""How long it takes to bring a catalogue in: rows, pictures, vectors, with a server running.

    .venv/bin/python -m bench.import_time ../shared/data/products

starts `vitrine serve` on a fresh folder, imports beside it as a person would, waits until all is
indexed, and prints one JSON line: rows, seconds, products per second.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.worlds.programs import free_port, started
from vitrine.services import imports


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("catalogue", type=Path, help="folder with products.csv")
    catalogue: Path = parser.parse_args().catalogue.resolve()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"VITRINE_DATA_DIR": folder, "VITRINE_LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "vitrine"]
        subprocess.run([*command, "migrate"], env=environment, check=True, stdout=sys.stderr)
        port = str(free_port())
        with started([*command, "serve", "--port", port], Path(folder), env=environment) as server:
            server.wait_for(lambda: _ready(port))
            begun = time.monotonic()
            imported = subprocess.run(
                [*command, "import", str(catalogue)],
                check=False,  # its exit code is part of what we print
                env=environment,
                stdout=sys.stderr,
            )
            seconds = time.monotonic() - begun
        rows = imports.count_rows(imports.source(catalogue))
    print(json.dumps({"rows": rows, "seconds": round(seconds, 1), "exit": imported.returncode}))
    return imported.returncode


def _ready(port: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/v1/health").status_code == 200
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    sys.exit(main())
