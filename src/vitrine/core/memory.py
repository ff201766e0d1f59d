"""Has the C library give memory back, which with many threads keeps what a busy minute took, and
Python look for garbage where there may be some."""

from __future__ import annotations

import ctypes
import gc
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

_YOUNG = 20_000
"""After so many new objects Python looks among them for garbage that holds itself: a search makes
some thousands, and Python's own 700 would have it look several times during each."""


def settle() -> None:
    """Few arenas for all threads, which keep what photos take; call it before threads start."""
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    if libc := _glibc():
        for parameter, value in (
            (_ARENA_MAX, _ARENAS),
            (_MMAP_THRESHOLD, _LARGE),
            (_TRIM_THRESHOLD, _KEPT),
        ):
            libc.mallopt(parameter, value)


def hold() -> None:
    """Have all that there is now stay as it is: what a catalogue takes in memory is no garbage, and
    to look through it stops every thread for a tenth of a second, again and again."""
    gc.collect()
    gc.freeze()


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
