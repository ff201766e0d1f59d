"""What is done again and again beside the jobs, each on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import structlog

from vitrine.core.errors import Unavailable

log = structlog.get_logger()


class Recurring:
    """Does each task every so many seconds, whatever it raises, until it is stopped."""

    def __init__(self, *tasks: Callable[[], None], every: float) -> None:
        self._every = every
        self._stopped = threading.Event()
        self.threads = [
            threading.Thread(target=partial(self._repeat, task), daemon=True) for task in tasks
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self.threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Begin nothing more, and wait up to `timeout` seconds for what is being done."""
        self._stopped.set()
        deadline = time.monotonic() + timeout
        for thread in self.threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _repeat(self, task: Callable[[], None]) -> None:
        while not self._stopped.wait(self._every):
            try:
                task()
            except Unavailable as error:
                log.warning("recurring task failed", error=error.message)
            except Exception:
                log.exception("recurring task failed")
