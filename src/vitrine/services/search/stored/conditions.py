"""Filters as PostgreSQL judges them; the same products fulfil them as in a Snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    cast,
    func,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH
from sqlalchemy.types import BigInteger

from vitrine.fields.facets import PRICE
from vitrine.services.search.cache.store import Aliases
from vitrine.services.search.filters import AnyOf, Between, Filters, Not, key
from vitrine.services.search.stored.tags import tag
from vitrine.services.search.tokens import UNSEEN
from vitrine.tables.search_rows import ROWS

Where = Sequence[ColumnElement[bool]]
"""Conditions that must all hold."""

EVERYWHERE: Where = ()

ANY = "&&"
"""PostgreSQL's operator for arrays that have something in common."""


def where(filters: Filters, aliases: Aliases, lifted: str | None = None) -> Where:
    """The rows that fulfil the filters, but for the wanted values of `lifted`.

    By the aliases a value is found as well.
    """
    return [
        _negated(each, aliases) if isinstance(each, Not) else _fulfilling(each, aliases)
        for each in filters.conditions
        if isinstance(each, Not) or each.facet != lifted
    ]


def outside(filters: Filters, aliases: Aliases) -> ColumnElement[bool]:
    """The rows that do not fulfil the filters, as those that a rule hides."""
    return and_(true(), *where(filters, aliases)).is_not(True)


def tagged(tags: Iterable[int]) -> ColumnElement[bool]:
    """The rows that have any of these tags."""
    return ROWS.c.tags.bool_op(ANY)(_array(tags))


def asked_tags(condition: ColumnElement[bool]) -> Sequence[int]:
    """The tags of which `tagged` asks for any; none of other conditions."""
    if isinstance(condition, BinaryExpression) and condition.left is ROWS.c.tags:
        operator, asked = condition.operator, condition.right
        if getattr(operator, "opstring", "") == ANY and isinstance(asked, BindParameter):
            return tuple(asked.value or ())
    return ()


def tagged_all(tags: Iterable[int]) -> ColumnElement[bool]:
    """The rows that have all of these tags."""
    return ROWS.c.tags.bool_op("@>")(_array(tags))


def having(facet: str, values: Iterable[str], aliases: Aliases) -> ColumnElement[bool]:
    """The rows that have any of the values of a facet."""
    return _fulfilling(AnyOf(facet, frozenset(map(key, values))), aliases)


def unseen() -> ColumnElement[bool]:
    """The rows without a photo: by their tag, as no index knows which vectors lack."""
    return tagged([tag(UNSEEN, key(True))])


def _negated(condition: Not, aliases: Aliases) -> ColumnElement[bool]:
    return _fulfilling(condition.condition, aliases).is_not(True)


def _fulfilling(condition: AnyOf | Between, aliases: Aliases) -> ColumnElement[bool]:
    if isinstance(condition, AnyOf):
        keys = {*condition.keys, *_meant(condition, aliases)}
        return tagged(tag(condition.facet, each) for each in sorted(keys))
    if condition.facet == PRICE:
        return _priced(condition)
    return _numbered(condition)


def _meant(condition: AnyOf, aliases: Aliases) -> Iterable[str]:
    """The keys of the shop's values that are found by one of the asked ones."""
    named = aliases.get(condition.facet, {})
    return (own for own, names in named.items() if condition.keys.intersection(map(key, names)))


def _priced(condition: Between) -> ColumnElement[bool]:
    low = 0 if condition.low is None else max(0, _units(condition.low, ROUND_CEILING))
    cheap = ROWS.c.price >= low
    if condition.high is None:
        return cheap
    return and_(cheap, ROWS.c.price <= _units(condition.high, ROUND_FLOOR))


def _numbered(condition: Between) -> ColumnElement[bool]:
    """By path, as one value of several has to lie within both bounds."""
    bounds = {"low": condition.low, "high": condition.high}
    given = {name: float(bound) for name, bound in bounds.items() if bound is not None}
    tests = [f"@ {sign} ${name}" for name, sign in (("low", ">="), ("high", "<=")) if name in given]
    path = f"$[*] ? ({' && '.join(tests)})" if tests else "$[*]"
    numbers = ROWS.c.numbers.op("->")(condition.facet)
    return func.jsonb_path_exists(
        numbers, cast(path, JSONPATH), bindparam(None, given, type_=JSONB)
    )


def _units(amount: Decimal, rounding: str) -> int:
    return int((amount * 10_000).to_integral_value(rounding))


def _array(tags: Iterable[int]) -> ColumnElement[Sequence[int]]:
    return bindparam(None, list(tags), type_=ARRAY(BigInteger))
