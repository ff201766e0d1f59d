"""Rules by which a shop moves products: within their level only, so that relevance stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, invalid
from vitrine.kept import kept
from vitrine.services.search import filters, forms
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Rows, Scores, Snapshot
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.filters import (
    EVERYTHING,
    AnyOf,
    Between,
    Condition,
    Filters,
    Not,
)
from vitrine.services.search.tokens import phrase, tokens
from vitrine.tables.merchandising import MerchandisingRule

Action = Literal["pin", "boost", "bury", "hide"]
ACTIONS: tuple[Action, ...] = get_args(Action)
GROUPS: Mapping[Action, int] = {"pin": -2, "bury": 1, "boost": -1}
"""Where what is moved stands among products that nothing compares, the least first; 0 for others.
The first of these rules that is about a product counts, here and where products are compared."""

MOST = 500
STEP = 0.05
"""What a boost adds to a score, and burying takes away, as far as the level goes."""

UNDER = 1e-4
"""How far below the bar of the next level a product stays: more than a rough score may be off."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule shall be: what happens to the products of `filters`, in searches with `words`
    whose own filters keep to `query_filters`."""

    name: str
    action: Action
    filters: Filters
    words: str = ""
    query_filters: Filters = EVERYTHING
    live: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as a search applies it."""

    action: Action
    phrase: str
    filters: Filters
    query_filters: Filters = EVERYTHING

    def holds(self, catalogue: Catalogue, text: str, asked: Filters) -> bool:
        """Whether the rule is about a search with these words and filters: whatever they leave,
        its `query_filters` leave too."""
        return self._is_about(text) and all(
            any(_implies(catalogue, one, wanted) for one in asked.conditions)
            for wanted in self.query_filters.conditions
        )

    def _is_about(self, text: str) -> bool:
        if not self.phrase:
            return True
        if forms.is_unspaced(self.phrase):
            return self.phrase in phrase(text)
        return f" {self.phrase} " in f" {phrase(text)} "


def list_rules(session: Session) -> Sequence[MerchandisingRule]:
    """Every rule, the newest first."""
    return session.scalars(select(MerchandisingRule).order_by(MerchandisingRule.id.desc())).all()


def add(session: Session, asked: Asked, by: str | None) -> MerchandisingRule:
    """A new rule, which counts from the commit on if it is live; raises Invalid."""
    if (session.scalar(select(func.count(MerchandisingRule.id))) or 0) >= MOST:
        raise invalid("name", f"would be of one more than the {MOST:,} rules there can be")
    row = MerchandisingRule(filters={})
    _write(row, asked, by)
    session.add(row)
    return row


def change(session: Session, rule_id: str, asked: Asked, by: str | None) -> MerchandisingRule:
    """The rule as it is asked for now; raises NotFound, Invalid."""
    row = _get(session, rule_id)
    _write(row, asked, by)
    return row


def remove(session: Session, rule_id: str) -> None:
    """Have it count no more; raises NotFound."""
    session.delete(_get(session, rule_id))


def counting(session: Session, *, drafts: bool = False) -> tuple[Rule, ...]:
    """The rules that count now; with `drafts` also those that are not live yet."""
    moment = now()
    return tuple(
        Rule(
            _action(row.action),
            row.phrase,
            filters.parse(row.filters),
            filters.parse(row.query_filters),
        )
        for row in kept(session, ("rules", drafts), lambda: _rows(session, drafts=drafts))
        if (row.starts_at is None or row.starts_at <= moment)
        and (row.ends_at is None or row.ends_at > moment)
    )


def about(
    catalogue: Catalogue, rules: Sequence[Rule], text: str, asked: Filters
) -> tuple[Rule, ...]:
    """Those of the rules that are about a search with these words and filters."""
    return tuple(rule for rule in rules if rule.holds(catalogue, text, asked))


def hidden(snapshot: Snapshot, rules: Sequence[Rule]) -> Mask | None:
    """The rows that the rules hide; None for none."""
    masks = [snapshot.where(rule.filters) for rule in rules if rule.action == "hide"]
    return np.logical_or.reduce(masks) if masks else None


def grouped(snapshot: Snapshot, rules: Sequence[Rule]) -> Rows | None:
    """By row where the rules put it where nothing is compared, as GROUPS tells; None where they put
    nothing anywhere."""
    places = np.zeros(snapshot.size, dtype=np.int64)
    for action, rows in _touched(snapshot, rules):
        places[rows] = GROUPS[action]
    return places if places.any() else None


def moved(
    snapshot: Snapshot, rules: Sequence[Rule], scores: Scores, bars: Sequence[float]
) -> Mapping[str, Scores]:
    """By action what it adds to the score of each row, which stays between the bars it is between.

    What is pinned comes first of its level, a boost and burying move by STEP at most.
    """
    edges = np.array(sorted({-np.inf, np.inf, *bars}))
    place = np.searchsorted(edges, scores, side="right")
    ceiling = edges[np.minimum(place, len(edges) - 1)] - UNDER
    floor = edges[place - 1] + UNDER
    top = np.where(np.isfinite(ceiling), ceiling, max(1.0, float(scores.max(initial=0.0))) + STEP)
    wished = {
        "pin": np.maximum(top, scores),
        "bury": np.minimum(scores, np.maximum(scores - STEP, floor)),
        "boost": np.maximum(scores, np.minimum(scores + STEP, ceiling)),
    }
    return {
        action: np.where(rows, wished[action] - scores, 0.0)
        for action, rows in _touched(snapshot, rules)
    }


def _touched(snapshot: Snapshot, rules: Sequence[Rule]) -> Iterator[tuple[Action, Mask]]:
    """By action the rows that are moved by it, each by one only."""
    free = np.ones(snapshot.size, dtype=np.bool_)
    for action in GROUPS:
        masks = [snapshot.where(rule.filters) for rule in rules if rule.action == action]
        if masks:
            rows = np.logical_or.reduce(masks) & free
            free &= ~rows
            yield action, rows


def _implies(catalogue: Catalogue, one: Condition, other: Condition) -> bool:
    """Whether what fulfils one condition surely fulfils the other."""
    if one.facet != other.facet:
        return False
    match one, other:
        case Not(inner), Not(wider):
            return _implies(catalogue, wider, inner)
        case AnyOf(), AnyOf():
            return _meant(catalogue, one) <= _meant(catalogue, other)
        case Between(), Between():
            low = other.low is None or (one.low is not None and one.low >= other.low)
            return low and (other.high is None or (one.high is not None and one.high <= other.high))
    return False


def _meant(catalogue: Catalogue, condition: AnyOf) -> frozenset[str]:
    """The values of a condition as the catalogue writes them, which may know several names."""
    words = catalogue.words_of(condition.facet)
    if words is None:
        return condition.keys
    return frozenset(
        name
        for key in condition.keys
        for name in ([words.keys[code] for code in words.by_key.get(key, ())] or [key])
    )


def _rows(session: Session, *, drafts: bool) -> Sequence[MerchandisingRule]:
    rows = select(MerchandisingRule).order_by(MerchandisingRule.id)
    return session.scalars(rows if drafts else rows.where(MerchandisingRule.live)).all()


def _get(session: Session, rule_id: str) -> MerchandisingRule:
    row = session.get(MerchandisingRule, rule_id)
    if row is None:
        raise NotFound("rule_unknown", "There is no such rule.")
    return row


def _action(name: str) -> Action:
    return next(action for action in ACTIONS if action == name)


def _write(row: MerchandisingRule, asked: Asked, by: str | None) -> None:
    if not asked.filters:
        raise invalid("filters", "are empty: a rule is about some products")
    if asked.words.strip() and not tokens(asked.words):
        raise invalid("words", "need a word of letters or digits, or nothing for every search")
    if asked.starts_at and asked.ends_at and asked.ends_at <= asked.starts_at:
        raise invalid("ends_at", "is not after starts_at")
    row.name, row.action, row.live = asked.name.strip(), asked.action, asked.live
    row.words, row.phrase = asked.words.strip(), phrase(asked.words)
    row.filters = dict[str, Any](asked.filters.as_json())
    row.query_filters = dict[str, Any](asked.query_filters.as_json())
    row.starts_at, row.ends_at = asked.starts_at, asked.ends_at
    row.changed_at, row.changed_by = now(), by
