"""Which jobs belong together: those that one job submits, or one command of a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class _Batch:
    """Jobs around a first one, whose id is empty until there is one."""

    head: str = ""


_batch: ContextVar[_Batch | None] = ContextVar("batch", default=None)


@contextmanager
def together(head: str = "") -> Iterator[None]:
    """Jobs submitted in the block belong to the job `head`, or to the first of them."""
    token = _batch.set(_Batch(head))
    try:
        yield
    finally:
        _batch.reset(token)


def joined(job_id: str) -> str | None:
    """The head that a new job belongs to; None for one that is a head itself, or alone."""
    batch = _batch.get()
    if batch is None:
        return None
    if not batch.head:
        batch.head = job_id
        return None
    return batch.head
