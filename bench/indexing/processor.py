"""Processor time of a process and all that it started."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from bench.resident import descendants

_FIRST, _LAST = 11, 15
"""Where /proc/PID/stat tells user and system time, of the process and of its ended children."""


def spent(pid: int) -> float:
    """Seconds of processors that the process and its children took so far."""
    return sum(_spent(each) for each in (pid, *descendants(pid)))


def _spent(pid: int) -> float:
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, told[_FIRST:_LAST])) / os.sysconf("SC_CLK_TCK")
    return 0.0
