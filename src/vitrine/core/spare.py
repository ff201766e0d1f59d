"""A thread to spare for whoever is answered alone: two parts of one answer at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from vitrine.core import priority

Made = TypeVar("Made")

_free = threading.Lock()


def begun(make: Callable[[], Made]) -> Callable[[], Made]:
    """What gives what `make` makes, or raises what it raises, to be called once.

    A thread begins with it now, unless that works for somebody else or nobody waits for the caller:
    then it is made when it is asked for, as there is no core to spare.
    """
    if priority.is_behind() or not _free.acquire(blocking=False):
        return make
    future = _thread().submit(make)
    future.add_done_callback(lambda _: _free.release())
    return future.result


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="spare")
