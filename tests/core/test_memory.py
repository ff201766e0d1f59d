"""Memory is given back: first by those who know what is idle, then by the C library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vitrine.core import memory

PROGRAM = """
import gc
from vitrine.core import memory
memory.settle()
kept = [[] for _ in range(100_000)]
memory.hold()
held, young = gc.get_freeze_count(), gc.get_threshold()[0]
print(held > 100_000, young > 700, len(gc.get_objects()) < 10_000)
"""


def test_what_a_process_holds_from_its_start_is_not_looked_through() -> None:
    # In a process of its own: it is for good.
    told = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True)
    assert told.stdout.split() == [b"True"] * 3


def test_trim_asks_those_who_hold_something_first(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(memory, "_givers", [])
    memory.before_trim(lambda: given.append("arena"))
    memory.trim()
    memory.trim()
    assert given == ["arena", "arena"]
