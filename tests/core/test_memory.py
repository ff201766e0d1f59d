"""Memory is given back: first by those who know what is idle, then by the C library."""

from __future__ import annotations

import pytest

from vitrine.core import memory


def test_trim_asks_those_who_hold_something_first(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(memory, "_givers", [])
    memory.before_trim(lambda: given.append("arena"))
    memory.trim()
    memory.trim()
    assert given == ["arena", "arena"]
