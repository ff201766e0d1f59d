"""How many products come into question, how many have each value, and between which prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, case, func, null, select

from vitrine.services.search.cache.columns import Count
from vitrine.services.search.filters import Value, key
from vitrine.services.search.stored import terms
from vitrine.services.search.stored.conditions import EVERYWHERE, Where
from vitrine.services.search.stored.query import Shelf
from vitrine.services.search.stored.tags import VALUE_BITS, facet_bits
from vitrine.tables.search_rows import ROWS

CAP = 10_000
"""So many rows are counted; that there are more is told."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted over some rows: how many, by facet their values as `Column.counts` tells
    them, and the lowest and highest price. `capped`: there are more rows than were counted."""

    total: int
    counts: Mapping[str, Sequence[Count]] = field(default_factory=dict)
    prices: tuple[Decimal, Decimal] | None = None
    capped: bool = False


def counted(
    shelf: Shelf,
    facets: Sequence[str] = (),
    where: Where = EVERYWHERE,
    *,
    too_large: Sequence[int] | None = None,
    cap: int = CAP,
) -> Counted:
    """Counts over the rows that fulfil the conditions; of more than `cap` of them over so many and
    one more.

    Without conditions over all, whatever the cap. Where tags are given of the designs that are
    `too_large` to be one (`terms.too_large`), each other design counts once.
    """
    if not where and too_large is None:
        return _whole(shelf, facets)
    row = shelf.session.execute(_counts(shelf, facets, where, too_large, cap)).one()
    counts = _named(shelf, facets, row.counts or {})
    return Counted(row.total, counts, _prices(row.low, row.high), row.seen > cap)


def _counts(
    shelf: Shelf,
    facets: Sequence[str],
    where: Where,
    too_large: Sequence[int] | None,
    cap: int,
) -> Select[Any]:
    chosen = select(ROWS.c.tags, ROWS.c.price, ROWS.c.design)
    chosen = chosen.where(ROWS.c.collection == shelf.name, *where).limit(cap + 1)
    some = chosen.cte("some").prefix_with("MATERIALIZED")  # found once, read twice
    tag = func.unnest(some.c.tags).column_valued("tag", joins_implicitly=True)
    wanted = [facet_bits(facet) for facet in facets]
    each = (
        select(tag.label("tag"), _number(some, too_large).label("count"))
        .select_from(some)
        .where(tag.op(">>")(VALUE_BITS).in_(wanted))
        .group_by(tag)
        .subquery()
    )
    counts = select(func.json_object_agg(each.c.tag, each.c.count)).scalar_subquery()
    return select(
        func.count().label("seen"),
        _number(some, too_large).label("total"),
        func.min(some.c.price).label("low"),
        func.max(some.c.price).label("high"),
        (counts if facets else null()).label("counts"),
    ).select_from(some)


def _number(some: CTE, too_large: Sequence[int] | None) -> ColumnElement[int]:
    """How many rows, or designs, where rows of none and of those too large count each."""
    if too_large is None:
        return func.count()
    design = case((some.c.design.in_(too_large), null()), else_=some.c.design)
    return func.count().filter(design.is_(None)) + func.count(design.distinct())


def _prices(low: int | None, high: int | None) -> tuple[Decimal, Decimal] | None:
    if low is None or high is None:
        return None
    return Decimal(low) / 10_000, Decimal(high) / 10_000


def _named(
    shelf: Shelf, facets: Sequence[str], counts: Mapping[str, int]
) -> dict[str, list[Count]]:
    """The counts of tags as those of values, spelled as most products spell them."""
    found: dict[str, list[Count]] = {facet: [] for facet in facets}
    told = terms.told(shelf.session.connection(), shelf.name, map(int, counts))
    for tag, spelled in told.items():
        for facet in {facet for facet, _ in spelled}.intersection(facets):
            value = next(each.value for name, each in spelled if name == facet)
            found[facet].append(Count(value, counts[str(tag)]))
    return {facet: sorted(each, key=_order) for facet, each in found.items()}


def _whole(shelf: Shelf, facets: Sequence[str]) -> Counted:
    """Counts over all products, which terms know."""
    connection = shelf.session.connection()
    found: dict[str, list[Count]] = {}
    for facet in facets:
        shown, total = dict[str, Value](), Counter[str]()
        for each in terms.values(connection, shelf.name, facet):
            shown.setdefault(key(each.value), each.value)
            total[key(each.value)] += each.count
        counts = [Count(shown[name], count) for name, count in total.items()]
        found[facet] = sorted(counts, key=_order)
    ends = select(func.min(ROWS.c.price), func.max(ROWS.c.price))
    low, high = connection.execute(ends.where(ROWS.c.collection == shelf.name)).one()
    return Counted(terms.size(connection, shelf.name), found, _prices(low, high))


def _order(each: Count) -> tuple[int, str]:
    return -each.count, key(each.value)
