"""Waiting for what happens in other threads and processes."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(
    done: Callable[[], object], complaint: str = "it did not happen", seconds: float = 60.0
) -> None:
    """Return as soon as it is so; raises AssertionError with the complaint after so many seconds.

    What is waited for tells nobody, so it is asked again and again; a busy machine needs long.
    """
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.05)  # let it happen
