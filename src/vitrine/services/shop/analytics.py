"""What the public door earns: searches, what they missed, what was chosen, and how fast it was.

Everything is counted by the database from events that name nobody; nothing here moves a ranking.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, String, case, cast, func, select
from sqlalchemy.orm import Session

from vitrine.services.shop.events import BESIDE
from vitrine.tables.catalog import Product
from vitrine.tables.shop import ADD_TO_CART, CLICK, SEARCH, SHOWN, VIEW, ShopEvent

RANKS, MOST = 20, 100
"""So many ranks are told, and of words, filters and products the most frequent ones."""

STRIPS = ("product", BESIDE)
"""How a page asks by itself for the strips of a product; what else is asked, a visitor asks."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day, in UTC."""

    day: str
    searches: int
    no_match: int
    clicks: int
    added: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask, how often it was, and how many milliseconds answers took."""

    asked: str
    searches: int
    no_match: int
    median: float
    slow: float


@dataclass(frozen=True, slots=True)
class Rank:
    """One rank: how many searches had a hit there, and of how many it was clicked."""

    rank: int
    seen: int
    clicked: int


@dataclass(frozen=True, slots=True)
class Miss:
    """Words that nothing matched, how often they were asked, and when last."""

    words: str
    searches: int
    last: datetime


@dataclass(frozen=True, slots=True)
class FilteredBy:
    """One facet and how many searches were filtered by it."""

    facet: str
    searches: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """One product, and how often visitors looked at it, clicked it, put it in the cart."""

    product_id: str
    external_id: str
    title: str
    views: int
    clicks: int
    added: int


@dataclass(frozen=True, slots=True)
class Analytics:
    """All figures of a time: what visitors searched, and what came of it."""

    searches: int
    shown: int
    strips: int
    no_match: int
    clicked: int
    views: int
    clicks: int
    added: int
    days: Sequence[Day]
    ways: Sequence[Way]
    ranks: Sequence[Rank]
    misses: Sequence[Miss]
    filters: Sequence[FilteredBy]
    products: Sequence[Chosen]


TABLES: Mapping[str, type[Any]] = {
    "days": Day,
    "ways": Way,
    "ranks": Rank,
    "misses": Miss,
    "filters": FilteredBy,
    "products": Chosen,
}
"""The lists of figures by name, and what a row of each is."""


def columns(table: str) -> tuple[str, ...]:
    """The names of the columns of one of `TABLES`."""
    return tuple(each.name for each in fields(TABLES[table]))


def of(session: Session, since: datetime, key_id: str | None = None) -> Analytics:
    """The figures since then, of one key or of all."""
    ways = _ways(session, since, key_id)
    own = [way for way in ways if way.asked not in STRIPS]
    kinds = _kinds(session, since, key_id)
    return Analytics(
        searches=sum(way.searches for way in own),
        shown=kinds[SHOWN],
        strips=sum(way.searches for way in ways) - sum(way.searches for way in own),
        no_match=sum(way.no_match for way in own),
        clicked=_clicked(session, since, key_id),
        views=kinds[VIEW],
        clicks=kinds[CLICK],
        added=kinds[ADD_TO_CART],
        days=_days(session, since, key_id),
        ways=ways,
        ranks=_ranks(session, since, key_id),
        misses=_misses(session, since, key_id),
        filters=_filters(session, since, key_id),
        products=_products(session, since, key_id),
    )


Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

_MISSED = (ShopEvent.kind == SEARCH) & (ShopEvent.matches == 0)
_ASKED = (ShopEvent.kind == SEARCH) & ShopEvent.asked.not_in(STRIPS)


def _of(query: Query, since: datetime, key_id: str | None) -> Query:
    query = query.where(ShopEvent.created_at >= since)
    return query if key_id is None else query.where(ShopEvent.key_id == key_id)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _kinds(session: Session, since: datetime, key_id: str | None) -> Counter[str]:
    query = _of(select(ShopEvent.kind, func.count()), since, key_id).group_by(ShopEvent.kind)
    return Counter(dict(session.execute(query).all()))


def _clicked(session: Session, since: datetime, key_id: str | None) -> int:
    """How many searches were clicked at least once."""
    query = _of(select(func.count(ShopEvent.search_id.distinct())), since, key_id)
    return session.scalar(query.where(ShopEvent.kind == CLICK)) or 0


def _days(session: Session, since: datetime, key_id: str | None) -> list[Day]:
    day = func.date(ShopEvent.created_at)
    if session.get_bind().dialect.name == "postgresql":
        day = func.to_char(func.timezone("UTC", ShopEvent.created_at), "YYYY-MM-DD")
    query = select(
        day,
        _number(_ASKED),
        _number(_ASKED & (ShopEvent.matches == 0)),
        _number(ShopEvent.kind == CLICK),
        _number(ShopEvent.kind == ADD_TO_CART),
    )
    return [
        Day(*row) for row in session.execute(_of(query, since, key_id).group_by(day).order_by(day))
    ]


def _ways(session: Session, since: datetime, key_id: str | None) -> list[Way]:
    query = select(ShopEvent.asked, func.count(), _number(_MISSED))
    query = _of(query, since, key_id).where(ShopEvent.kind == SEARCH).group_by(ShopEvent.asked)
    found = []
    for asked, count, missed in session.execute(query.order_by(func.count().desc())).all():
        spent = _of(select(ShopEvent.milliseconds), since, key_id)
        spent = spent.where(ShopEvent.kind == SEARCH, ShopEvent.asked == asked)
        spent = spent.order_by(ShopEvent.milliseconds).limit(1)
        middle, slow = (
            session.scalar(spent.offset(int((count - 1) * share))) or 0.0 for share in (0.5, 0.95)
        )
        found.append(Way(asked, count, missed, round(middle, 1), round(slow, 1)))
    return found


def _ranks(session: Session, since: datetime, key_id: str | None) -> list[Rank]:
    clicked = select(ShopEvent.rank, func.count(ShopEvent.search_id.distinct()))
    clicked = _of(clicked, since, key_id).where(ShopEvent.kind == CLICK, ShopEvent.rank <= RANKS)
    by_rank = dict(session.execute(clicked.group_by(ShopEvent.rank)).all())
    hits = _of(select(ShopEvent.hits, func.count()), since, key_id).where(_ASKED)
    long = session.execute(hits.group_by(ShopEvent.hits)).all()
    seen = {
        rank: sum(count for most, count in long if most >= rank) for rank in range(1, RANKS + 1)
    }
    return [
        Rank(rank, seen[rank], by_rank.get(rank, 0))
        for rank in seen
        if seen[rank] or rank in by_rank
    ]


def _misses(session: Session, since: datetime, key_id: str | None) -> list[Miss]:
    query = select(ShopEvent.words, func.count(), func.max(ShopEvent.created_at))
    query = _of(query, since, key_id).where(ShopEvent.words != "").group_by(ShopEvent.words)
    query = query.order_by(func.count().desc(), ShopEvent.words).limit(MOST)
    return [Miss(*row) for row in session.execute(query)]


def _filters(session: Session, since: datetime, key_id: str | None) -> list[FilteredBy]:
    written = cast(ShopEvent.filters, String)
    query = _of(select(written, func.count()), since, key_id).where(_ASKED).group_by(written)
    found = Counter[str]()
    for names, count in session.execute(query):
        found.update(dict.fromkeys(json.loads(names), count))
    return [FilteredBy(name, count) for name, count in found.most_common(MOST)]


def _products(session: Session, since: datetime, key_id: str | None) -> list[Chosen]:
    views, clicks, added = (_number(ShopEvent.kind == kind) for kind in (VIEW, CLICK, ADD_TO_CART))
    named = (Product.id, Product.external_id, Product.title)
    query = select(*named, views, clicks, added).join(Product, Product.id == ShopEvent.product_id)
    query = _of(query, since, key_id).group_by(*named)
    query = query.order_by(clicks.desc(), added.desc(), Product.id).limit(MOST)
    return [Chosen(*row) for row in session.execute(query)]
