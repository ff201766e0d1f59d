"""How much memory a process and its children hold."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOOKS = 20
"""A second."""


def resident(pid: int, *, alone: bool = False) -> float:
    """Megabytes that the process holds, and unless it is taken alone its children."""
    total = 0.0
    for each in (pid, *(() if alone else descendants(pid))):
        with suppress(OSError):
            status = Path(f"/proc/{each}/status").read_text()
            found = re.search(r"VmRSS:\s+(\d+) kB", status)
            total += int(found[1]) / 1024 if found else 0
    return total


def descendants(pid: int) -> Iterator[int]:
    """The processes that the process started, and those that these started."""
    with suppress(OSError):
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, tasks.read_text().split()):
                yield child
                yield from descendants(child)


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """What is resident, looked at twenty times a second until the block ends."""
    seen, done = [resident(pid)], threading.Event()

    def watch() -> None:
        while not done.wait(1 / LOOKS):
            seen.append(resident(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()
