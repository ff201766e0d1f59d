"""Which way of asking is cheaper, and what the server plans by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import ClauseElement, Executable, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

from vitrine.services.search.stored.schema import Lists

LOOKED_AT = 0.04
"""The part of all lists that is looked through: the nearest of a vector are in fewer."""

LEAST = 8
"""So many lists at least are looked through."""

ENOUGH = 40_000
"""So many vectors of lists apart are looked through: from afar no list is nearer by much."""

LISTED, FETCHED, COMPARED = 0.3, 2.0, 2.5
"""Microseconds of the server for each vector of a list, for each that is then read and judged by
the filter, and to read and compare a row that the filter leaves (`bench.engines`): the cheaper way
is taken."""

_WAYS = ("enable_seqscan", "enable_bitmapscan", "enable_sort")
"""What the planner would choose where it takes lists for costlier than they are."""


def looked_through(lists: Lists) -> int:
    """How many of the lists are looked through."""
    most = max(LEAST, round(lists.number * LOOKED_AT))
    if lists.apart:
        most = max(most, math.ceil(lists.number * ENOUGH / max(1, lists.size)))
    return min(lists.number, most)


def is_compared(left: float, among: Sequence[Lists], limit: int) -> bool:
    """Whether to compare all rows that are left costs less than to look through lists, of which so
    many are read until what is left of them is `limit`."""
    if left <= limit or not all(lists.number for lists in among):
        return True
    listed = sum(lists.size * looked_through(lists) / lists.number for lists in among)
    fetched = limit * max(1.0, sum(lists.size for lists in among) / left)
    return left * COMPARED <= listed * LISTED + fetched * FETCHED


def begin() -> Select[Any]:
    """What has plans made anew for each query of the transaction: one for any filter would suit
    none."""
    return _set({"plan_cache_mode": "force_custom_plan"})


def look_through(lists: Lists) -> Select[Any]:
    """What has the next queries look through the nearest of the lists."""
    # No further ones where a filter leaves too little: comparing all that it leaves costs less.
    told = {"ivfflat.probes": looked_through(lists), "ivfflat.iterative_scan": "off"}
    return _set(dict.fromkeys(_WAYS, "off") | told)


def choose_again() -> Select[Any]:
    """What has the planner choose as it likes."""
    return _set(dict.fromkeys(_WAYS, "on"))


def estimated(session: Session, query: Select[Any]) -> float:
    """How many rows a query has, as the server believes."""
    (plan,) = session.scalars(_Explained(query)).one()
    return float(plan["Plan"]["Plan Rows"])


def _set(told: Mapping[str, object]) -> Select[Any]:
    """What sets these settings until the end of the transaction."""
    return select(*(func.set_config(name, str(value), True) for name, value in told.items()))


class _Explained(Executable, ClauseElement):
    """What the server plans for a query, which it does not run."""

    inherit_cache = True
    _traverse_internals = [("query", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - as declared
    _all_selected_columns: ClassVar[Any] = ()

    def __init__(self, query: Select[Any]) -> None:
        self.query = query


@compiles(_Explained)
def _explained(element: _Explained, compiler: SQLCompiler, **given: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.query, **given)}"
