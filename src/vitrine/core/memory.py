"""Has the C library give memory back, and Python look for less of it.

With many threads the library keeps what a busy minute took. Python looks for cycles whenever some
hundred objects more are there, again and again through all that a process will hold for good.
"""

from __future__ import annotations

import ctypes
import gc
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


_FRESH = 20_000
"""So many objects may be made before cycles are looked for among them; what a search reads of a
database is as many."""


def rest() -> None:
    """Never look again for cycles among what is there now; call it once a process is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_FRESH, *gc.get_threshold()[1:])


def settle() -> None:
    """Few arenas for all threads, which keep what photos take; call it before threads start."""
    if libc := _glibc():
        for parameter, value in (
            (_ARENA_MAX, _ARENAS),
            (_MMAP_THRESHOLD, _LARGE),
            (_TRIM_THRESHOLD, _KEPT),
        ):
            libc.mallopt(parameter, value)


def trim() -> None:
    """Give back all that is free; takes milliseconds."""
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
