"""Processor time of a process and all that it started."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bench.resident import descendants

_FIRST, _LAST = 11, 15
"""Where /proc/PID/stat tells user and system time, of the process and of its ended children."""


PARTS: Mapping[str, str] = {
    "postgres": "postgres",
    "redis-server": "redis",
    "weed": "s3",
    "chroma": "chroma",
    "vitrine.adapters.index_process": "chroma",
    "mlserver": "mlserver",
    "worker": "worker",
}
"""What part a process is of, by a word of its command."""


def spent(pid: int) -> float:
    """Seconds of processors that the process and its children took so far."""
    return sum(spent_by_part(pid).values())


def spent_by_part(pid: int) -> dict[str, float]:
    """The same by part; the process itself, and children that are no part, are `import`."""
    by_part = defaultdict(float, {"import": _spent(pid)})
    for each in descendants(pid):
        by_part[_part(each)] += _spent(each)
    return dict(by_part)


def _part(pid: int) -> str:
    words = _command(pid)
    return next((part for word, part in PARTS.items() if word in words), "import")


def _command(pid: int) -> set[str]:
    """The words of a command, of paths the last part."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        return {word.rpartition("/")[2].rstrip(":") for word in told.replace("\0", " ").split()}
    return set()


def _spent(pid: int) -> float:
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, told[_FIRST:_LAST])) / os.sysconf("SC_CLK_TCK")
    return 0.0
