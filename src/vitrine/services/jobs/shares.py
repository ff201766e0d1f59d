"""Whose turn a job takes: a person's or a source's, alone or as part of a whole catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Share(NamedTuple):
    """`who` is the id of a person or of a source, or "" for Vitrine itself.

    `bulk` is what belongs to a whole catalogue, and goes behind what somebody does by hand.
    """

    who: str = ""
    bulk: bool = False


OWN = Share()
"""Vitrine's."""

_current: ContextVar[Share] = ContextVar("share", default=OWN)


@contextmanager
def taking(share: Share) -> Iterator[None]:
    """Within the block what is submitted for nobody takes the turn of this share."""
    token = _current.set(share)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Share:
    """The share of the block that goes on, else Vitrine's own."""
    return _current.get()
