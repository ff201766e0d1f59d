"""Scores, how sure models are and how alike things: told to those who decide by them."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Annotated

from pydantic import PlainSerializer

from vitrine.services.accounts import Caller

_told: ContextVar[bool] = ContextVar("scores_told", default=False)


def sees_scores(caller: Caller) -> bool:
    """Whether the caller is told scores: whoever may edit or review."""
    return caller.ranks("editor") or caller.ranks("reviewer")


def tell_scores(caller: Caller) -> None:
    """Have the answer to this request hold scores if its caller is told them."""
    _told.set(sees_scores(caller))


def are_told() -> bool:
    """Whether the answer to this request holds scores."""
    return _told.get()


def _if_told(value: float | None) -> float | None:
    return value if are_told() else None


def _count_if_told(value: int | None) -> int | None:
    return value if are_told() else None


Score = Annotated[float | None, PlainSerializer(_if_told)]
"""A number that says how sure or how alike; null for viewers."""
Distance = Annotated[int | None, PlainSerializer(_count_if_told)]
"""The same, counted; null for viewers."""
