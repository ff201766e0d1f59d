"""Files that a stopped run goes on from: whole or not there, whatever ends it."""

from __future__ import annotations

import errno
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from vitrine.core.errors import Full
from vitrine.vision.sessions import Array

BROKEN = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile)
RETRY_AFTER = 60
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """A path to write to, which becomes the file or folder once the block ends well.

    Raises Full where there is no room.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        unfinished.replace(path)
    except OSError as failed:
        _remove(unfinished)
        if failed.errno in _NO_ROOM:
            raise Full(
                f"There is no room left to write {path}. Make room and give the same command "
                "again: it goes on where it stopped.",
                retry_after=RETRY_AFTER,
            ) from failed
        raise
    except BaseException:
        _remove(unfinished)
        raise


def write(path: Path, data: bytes) -> None:
    """The file with these bytes."""
    with placed(path) as unfinished:
        unfinished.write_bytes(data)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def arrays(path: Path, make: Callable[[], Mapping[str, Array]]) -> Mapping[str, Array]:
    """The arrays kept in an .npz file, made and kept where it is not there, or is damaged."""
    if path.is_file():
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return {name: kept[name] for name in kept.files}
        except BROKEN:
            path.unlink(missing_ok=True)
    made = make()
    with placed(path) as unfinished:
        save(unfinished, made)
    return made


def save(path: Path, kept: Mapping[str, Array]) -> None:
    """Write an .npz file; names are none of the options of savez."""
    named: dict[str, Any] = dict(kept)
    with path.open("wb") as file:
        np.savez(file, **named)
