"""Memory that several threads share: who wants more than is free waits for a bounded time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from vitrine.core.errors import Unavailable

_patience: ContextVar[float] = ContextVar("patience", default=0.0)

RETRY_AFTER = 5
"""Seconds after which to ask again where all memory was taken."""


class Budget:
    """So many bytes for all threads, first come, first served; `wait` seconds at most."""

    def __init__(self, total: int, wait: float) -> None:
        self.total = self._free = total
        self.wait = wait
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @property
    def free(self) -> int:
        """Bytes that nobody holds now."""
        return self._free

    @contextmanager
    def taken(self, size: int) -> Iterator[Share]:
        """`size` bytes until the block ends, all there are for who asks for more.

        Raises Unavailable where they do not become free in time. Who holds a share asks
        for no second one: two that did would wait for each other.
        """
        share = Share(self, min(size, self.total))
        self._acquire(share.size, time.monotonic() + max(self.wait, _patience.get()))
        try:
            yield share
        finally:
            share.shrink(0)

    def resize(self, total: int, wait: float) -> None:
        """Have another size and patience from now on."""
        with self._changed:
            self._free += total - self.total
            self.total, self.wait = total, wait
            self._changed.notify_all()

    def _acquire(self, size: int, deadline: float) -> None:
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self._free < size:
                    if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                        raise _busy()
                self._free -= size
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _give_back(self, size: int) -> None:
        with self._changed:
            self._free += size
            self._changed.notify_all()


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """Let what runs in the block wait for memory at least so long: no person waits for it."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


class Share:
    """Bytes that are held of a budget."""

    def __init__(self, budget: Budget, size: int) -> None:
        self.size = size
        self._budget = budget

    def shrink(self, size: int) -> None:
        """Hold no more than `size` bytes from now on."""
        self._budget._give_back(max(0, self.size - size))
        self.size = min(self.size, size)


def _busy() -> Unavailable:
    return Unavailable(
        "busy", "All memory for pictures is taken; try again soon.", retry_after=RETRY_AFTER
    )
