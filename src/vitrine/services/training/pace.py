"""How often long work tells how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from vitrine.services.jobs.work import Work

EVERY = 1.0
"""Seconds between two reports: each is a transaction."""


def paced(work: Work) -> Callable[[int, int], None]:
    """Reports to the job once in a while; raises Stopped as `report` does."""
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if done == total or time.monotonic() - told >= EVERY:
            told = time.monotonic()
            work.report(done, total)

    return tell
