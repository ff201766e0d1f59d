"""How long the stages of an analysis take."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Adds up the seconds of named stages."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def lap(self, stage: str) -> Iterator[None]:
        """Add what the block takes to a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[stage] += time.perf_counter() - started

    def shares(self, count: int) -> tuple[tuple[str, float], ...]:
        """Milliseconds of each stage, shared by so many pictures."""
        return tuple((stage, 1000 * spent / count) for stage, spent in self._seconds.items())
