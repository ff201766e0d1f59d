"""Fails when tests run too little of what they are about: `python -m tests.coverage_floors FILE`.

The file is what `python -m slipcover --format json` wrote. Told are percent of lines and branches.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FLOORS = {
    "src/vitrine/": 90,
    "src/vitrine/vision/": 95,
    "src/vitrine/services/": 95,
}


def main(path: Path) -> int:
    files = json.loads(path.read_text())["files"]
    found = {folder: covered(files, folder) for folder in FLOORS}
    for folder, percent in found.items():
        sys.stdout.write(f"{folder} {percent:.1f} % covered, {FLOORS[folder]} needed\n")
    return int(any(percent < FLOORS[folder] for folder, percent in found.items()))


def covered(files: Mapping[str, Any], folder: str) -> float:
    """Percent of the lines and branches of a folder that were run; 0 of nothing."""
    told = [each["summary"] for name, each in files.items() if name.startswith(folder)]
    ran: int = sum(each["covered_lines"] + each["covered_branches"] for each in told)
    missed: int = sum(each["missing_lines"] + each["missing_branches"] for each in told)
    return 100 * ran / max(1, ran + missed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
