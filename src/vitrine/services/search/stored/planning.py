"""Which way of asking is cheaper, and what the server plans by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ClauseElement, Executable, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

EXACT = 5_000
"""So few rows are always compared one by one."""

COMPARED, WALKED = 2.5, 12.0
"""Microseconds of the server to read and compare a row that a filter leaves, and to look at a node
of the graph and judge it by the filter (`bench.engines`): the cheaper way is taken."""

BREADTH = 100
"""How many of the graph's nodes are kept in view at least; more find more, and take longer."""

PATIENCE = 20_000
"""So many nodes are looked at for what a filter leaves; then all of it is compared."""

_WAYS = ("enable_seqscan", "enable_bitmapscan", "enable_sort")
"""What the planner would choose where it takes walking for costlier than it is."""

_WALKING = dict.fromkeys(_WAYS, "off") | {
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": PATIENCE,
}


def is_compared(left: float, size: int, limit: int) -> bool:
    """Whether to compare all that is left of so many rows costs less than to walk the graph: of its
    nodes that many are looked at until a share like this gave `limit`."""
    if min(left, size) <= EXACT:
        return True
    nodes = BREADTH + limit * max(1.0, size / left)
    return left * COMPARED <= nodes * WALKED


def begin() -> Select[Any]:
    """What has plans made anew for each query of the transaction: one for any filter would suit
    none."""
    return _set({"plan_cache_mode": "force_custom_plan"})


def walk(limit: int) -> Select[Any]:
    """What has the next queries walk the graph for about so many rows, further where a filter
    leaves too few of them."""
    return _set(_WALKING | {"hnsw.ef_search": max(BREADTH, min(limit, 1_000))})


def walk_no_more() -> Select[Any]:
    """What has the planner choose again."""
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

    inherit_cache = False

    def __init__(self, query: Select[Any]) -> None:
        self.query = query


@compiles(_Explained)
def _explained(element: _Explained, compiler: SQLCompiler, **given: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.query, **given)}"
