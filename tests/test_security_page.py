"""docs/security.md names for each threat the tests that hold it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def found_in(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_page_names_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 60
    assert [f"{path}::{name}" for path, name in named if name not in found_in(ROOT / path)] == []


def test_every_threat_names_its_tests() -> None:
    threats = PAGE.split("| threat |")[1].split("\n\n")[0].splitlines()[2:]
    assert len(threats) > 20
    assert [threat for threat in threats if not NAMED.search(threat)] == []
