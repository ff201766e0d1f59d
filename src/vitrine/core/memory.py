"""Has the C library give memory back: with many threads it keeps what a busy minute took."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
_ARENAS = 4
_LARGE = 32 << 20
"""Blocks of so many bytes are mapped by themselves, and gone when they are freed.

Pixels of a photo, a few megabytes, are not: to map pages anew for each step of each photo takes
longer than the steps.
"""

_KEPT = 64 << 20
"""So much may be free at the end of an arena until `trim` gives it back."""


def settle() -> None:
    """Few arenas for all threads, which keep what photos take; call it before threads start."""
    if libc := _glibc():
        for parameter, value in (
            (_ARENA_MAX, _ARENAS),
            (_MMAP_THRESHOLD, _LARGE),
            (_TRIM_THRESHOLD, _KEPT),
        ):
            libc.mallopt(parameter, value)


_givers: list[Callable[[], object]] = []


def before_trim(give: Callable[[], object]) -> None:
    """Have `trim` call this first: it frees what only its owner knows to be idle."""
    _givers.append(give)


def trim() -> None:
    """Give back all that is free; takes milliseconds."""
    for give in _givers:
        give()
    if libc := _glibc():
        libc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library where it is GNU's; others need none of this, or have no such calls."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt.argtypes = [ctypes.c_int, ctypes.c_int]
        libc.malloc_trim.argtypes = [ctypes.c_size_t]
    except (OSError, AttributeError):
        return None
    return libc
