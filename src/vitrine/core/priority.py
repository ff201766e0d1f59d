"""Who goes first where people and jobs want the same: people, and jobs now and then.

Also how soon a thread that works in Python makes room for another.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

IN_A_ROW = 4
"""So many turns people take while a job waits; the next one is the job's."""

SWITCH_AFTER = 0.0005
"""Seconds. A search asks the database a dozen times, and each time its thread must have the
interpreter back from whoever works in Python meanwhile; Python's own 5 ms would add up."""

_behind: ContextVar[bool] = ContextVar("behind", default=False)


def settle() -> None:
    """Have threads of this process make room for each other sooner; call it before they start."""
    sys.setswitchinterval(SWITCH_AFTER)


@contextmanager
def behind() -> Iterator[None]:
    """Let what runs in the block stand behind people: nobody waits for it."""
    token = _behind.set(True)
    try:
        yield
    finally:
        _behind.reset(token)


class Turns:
    """At most `at_once` threads hold a turn; others wait in two lines, first come, first served.

    Who is `behind` waits while people do, but for every fifth turn, so that no job starves.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._changing = threading.Lock()
        self._people: deque[threading.Lock] = deque()
        self._jobs: deque[threading.Lock] = deque()
        self._in_a_row = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._people) + len(self._jobs)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A turn, until the block ends."""
        self._take()
        try:
            yield
        finally:
            self._give()

    def _take(self) -> None:
        with self._changing:
            if self._free:
                self._free -= 1
                return
            mine = threading.Lock()
            mine.acquire()
            (self._jobs if _behind.get() else self._people).append(mine)
        mine.acquire()

    def _give(self) -> None:
        """Hand the turn to whom it is due."""
        with self._changing:
            if not self._people and not self._jobs:
                self._free += 1
                return
            job = self._jobs and (not self._people or self._in_a_row >= IN_A_ROW)
            self._in_a_row = 0 if job or not self._jobs else self._in_a_row + 1
            (self._jobs if job else self._people).popleft().release()
