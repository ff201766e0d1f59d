"""Temporary folders that do not outlive their process: not even one that was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "vitrine-tmp-"
YOUNG = 60.0
"""Seconds in which a folder may not be locked yet by who made it."""


@contextmanager
def folder(within: Path | None = None) -> Iterator[Path]:
    """A folder that is gone when the block ends; first removes those that dead processes left.

    It lies `within` a folder, or where the system keeps what is temporary.
    """
    remove_left(within)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=within) as name:
        lock = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # which ends with the process, however it ends
            yield Path(name)
        finally:
            os.close(lock)


def keep(folder: str) -> None:
    """Hold a folder that another program made, for as long as this process and its children live.

    Once they are gone, however they ended, the next `remove_left` takes it away.
    """
    lock = os.open(folder, os.O_RDONLY)  # never closed
    fcntl.flock(lock, fcntl.LOCK_EX)


def remove_left(within: Path | None = None) -> None:
    """Remove our folders there that no living process holds."""
    old = time.time() - YOUNG
    for each in (within or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        with suppress(OSError):  # of somebody else, held, or just being removed
            if each.stat().st_mtime < old and _is_left(each):
                shutil.rmtree(each)


def _is_left(path: Path) -> bool:
    lock = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(lock)
