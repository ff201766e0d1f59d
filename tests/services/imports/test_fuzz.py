"""A few of the files of `python -m bench.fuzz_imports`, which reads 100,000."""

from __future__ import annotations

import random
from pathlib import Path

from bench.fuzz_imports import mutated, read


def test_mutated_files_end_in_records_or_in_errors_of_ours(tmp_path: Path) -> None:
    path, found = tmp_path / "products", 0
    for number in range(150):
        path.write_bytes(mutated(random.Random(f"suite {number}")))
        found += read(path).total()
    assert found > 150
