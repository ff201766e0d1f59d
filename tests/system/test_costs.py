"""The tables of costs are what their arithmetic gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tables_in_the_documentation_are_what_the_prices_give() -> None:
    command = [sys.executable, str(ROOT / "deploy" / "costs.py")]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for page, table in zip(("deploy.md", "scale.md"), told.strip().split("\n\n"), strict=True):
        assert f"\n{table}\n" in (ROOT / "docs" / page).read_text(encoding="utf-8"), page
