"""PromQL in the parts that have data whenever their metrics do."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser
from promql_parser import BinaryExpr, Expr, NumberLiteral, ParenExpr

_FILTERS = frozenset({"==", "!=", ">", "<", ">=", "<=", "and", "unless"})
"""Operators that may leave nothing of what they are given."""


def measured(expression: str) -> list[str]:
    """What an expression compares: a threshold that is not crossed leaves no series of it.

    Raises ValueError where it is no PromQL.
    """
    return [each.prettify() for each in _measured(promql_parser.parse(expression))]


def _measured(expression: Expr) -> Iterator[Expr]:
    match expression:
        case NumberLiteral():
            return
        case ParenExpr():
            yield from _measured(expression.expr)
        case BinaryExpr() if str(expression.op) in _FILTERS:
            yield from _measured(expression.lhs)
            yield from _measured(expression.rhs)
        case _:
            yield expression
