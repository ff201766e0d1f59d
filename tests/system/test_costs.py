"""The table of costs is what its arithmetic gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_in_the_documentation_is_what_the_prices_give() -> None:
    command = [sys.executable, str(ROOT / "deploy" / "costs.py")]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert table in (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
