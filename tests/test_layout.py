"""Where tests lie: they mirror the source, and what several share is in `tests/worlds`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import vitrine

TESTS = Path(__file__).parent
SOURCE = Path(vitrine.__file__).parent
OURS = {"cloud", "ports", "shipped", "system", "training", "worlds"}
"""Contracts of the ports, what is shipped, whole systems, the code beside, and what tests share."""


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, with those it takes out of them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def leads_to_a_test(name: str) -> bool:
    first, *rest = name.split(".")
    return first == "tests" and any(each.startswith("test_") or each == "conftest" for each in rest)


def test_no_module_imports_a_test_or_a_conftest() -> None:
    places = [TESTS, *(TESTS.parent / name for name in ("bench", "training"))]
    wrong = [
        f"{path.relative_to(TESTS.parent)} imports {name}"
        for place in places
        for path in place.rglob("*.py")
        for name in imported(path)
        if leads_to_a_test(name)
    ]
    assert wrong == []


def test_folders_mirror_the_source() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    strange = [
        str(folder)
        for folder in folders
        if folder.parts and folder.parts[0] not in OURS and not (SOURCE / folder).is_dir()
    ]
    assert strange == []
