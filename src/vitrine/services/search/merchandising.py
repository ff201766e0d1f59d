"""Rules by which a shop moves products: within their level only, so that relevance stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import numpy as np
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, invalid
from vitrine.services.search import filters, forms
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Scores, Snapshot
from vitrine.services.search.filters import Filters
from vitrine.services.search.tokens import phrase, tokens
from vitrine.tables.merchandising import MerchandisingRule

Action = Literal["pin", "boost", "bury", "hide"]
ACTIONS: tuple[Action, ...] = get_args(Action)

MOST = 500
STEP = 0.05
"""What a boost adds to a score, and burying takes away, as far as the level goes."""

UNDER = 1e-4
"""How far below the bar of the next level a product stays: more than a rough score may be off."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule shall be."""

    name: str
    action: Action
    filters: Filters
    words: str = ""
    live: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as a search applies it."""

    action: Action
    phrase: str
    filters: Filters

    def holds(self, text: str) -> bool:
        """Whether the rule is about a search with these words."""
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
    rows = select(MerchandisingRule).where(
        or_(MerchandisingRule.starts_at.is_(None), MerchandisingRule.starts_at <= moment),
        or_(MerchandisingRule.ends_at.is_(None), MerchandisingRule.ends_at > moment),
    )
    if not drafts:
        rows = rows.where(MerchandisingRule.live)
    found = session.scalars(rows.order_by(MerchandisingRule.id))
    return tuple(Rule(_action(row.action), row.phrase, filters.parse(row.filters)) for row in found)


def hidden(snapshot: Snapshot, rules: Sequence[Rule], text: str) -> Mask | None:
    """The rows that rules hide from a search with these words; None for none."""
    masks = [snapshot.where(rule.filters) for rule in _of(rules, text, "hide")]
    return np.logical_or.reduce(masks) if masks else None


def moved(
    snapshot: Snapshot, rules: Sequence[Rule], text: str, scores: Scores, bars: Sequence[float]
) -> Mapping[str, Scores]:
    """By action what it adds to the score of each row, which stays between the bars it is between.

    What is pinned comes first of its level, a boost and burying move by STEP at most. Where several
    rules are about a row the first of pin, bury and boost counts.
    """
    found: dict[str, Scores] = {}
    free = np.ones(snapshot.size, dtype=np.bool_)
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
    for action, target in wished.items():
        masks = [snapshot.where(rule.filters) for rule in _of(rules, text, action)]
        if masks:
            rows = np.logical_or.reduce(masks) & free
            free &= ~rows
            found[action] = np.where(rows, target - scores, 0.0)
    return found


def _of(rules: Sequence[Rule], text: str, action: str) -> Iterator[Rule]:
    return (rule for rule in rules if rule.action == action and rule.holds(text))


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
    row.starts_at, row.ends_at = asked.starts_at, asked.ends_at
    row.changed_at, row.changed_by = now(), by
