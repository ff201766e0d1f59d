"""How products are scored for an intent, which of them may be shown, and which match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.services.search import hues, levels, matching, merchandising, signals
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Extra, Place, Rows, Scores, Snapshot
from vitrine.services.search.context import SearchContext
from vitrine.services.search.intent import Intent
from vitrine.services.search.matching import EVERYTHING, NOTHING, Matching
from vitrine.services.search.merchandising import GROUPS, Rule
from vitrine.services.search.orders import RELEVANCE
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.services.search.tokens import GARMENT, UNSEEN, code, codes, is_code
from vitrine.vision.tuning import NONE, Level, Levels
from vitrine.vision.types import Vector

DIGITS = 4
OWN = frozenset(("external_id", *merchandising.ACTIONS))
"""What is added to some products only, each for itself."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What made a place's score, its level if there are any, its rank by cosine alone, whether it
    matches, and the crop that was nearest, where that is not the primary one."""

    parts: Mapping[str, float] = field(default_factory=dict)
    level: str | None = None
    plain_rank: int | None = None
    matches: bool = True
    crop_id: str | None = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """By row the cosine and what signals add to it, which rows may be shown, and which match.

    `sum` is all that signals add to a row, None where they add nothing.

    `vector` is what products are ordered by, `rough` their cosines to it; `named` are the rows
    whose external id the words hold. A query that weighs its parts otherwise is ordered by that,
    its matches first; what matches, and levels, are those of the query as it was measured. `other`
    are the rows of another colour than the words name: they match never, and come last. Where
    nothing is compared, every row matches, and `groups` are by row where rules put it, if they do.
    """

    snapshot: Snapshot
    sought: Sought
    vector: Vector | None = None
    added: Mapping[str, Scores] = field(default_factory=dict)
    sum: Scores | None = None
    rough: Vector | None = None
    levels: Levels | None = None
    matching: Matching = EVERYTHING
    named: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    allowed: Mask | None = None
    matched: Mask | None = None
    other: Mask | None = None
    groups: Rows | None = None

    @property
    def intent(self) -> Intent | None:
        """What is looked for; None where nothing is compared."""
        return self.sought.intent

    def shown(self, mask: Mask) -> Mask:
        """The rows of the mask that may be shown: of the wanted level, and kind of garment."""
        return mask if self.allowed is None else mask & self.allowed

    def matches(self, mask: Mask) -> Mask:
        """The rows of the mask that may be shown and match."""
        shown = self.shown(mask)
        return shown if self.matched is None else shown & self.matched

    def line(self, request: SearchRequest) -> float | None:
        """The lowest score that is counted; None where none is too low."""
        bars = [] if self.matched is None else [self.matching.line]
        if request.min_level is not None and self.levels is not None:
            bars.append(levels.bar(self.levels.others, request.min_level))
        return max((-1.0 if bar is None else bar for bar in bars), default=None)

    def lowered(self, rows: Rows) -> Scores:
        """By how much each of the rows is put behind, where the order alone would not do it: what
        is of another colour, and what does not match a query that weighs its parts otherwise, which
        matches by how it was measured."""
        behind = np.zeros(len(rows))
        if (
            self.intent is not None
            and self.intent.emphasised is not None
            and self.matched is not None
        ):
            behind += np.where(self.matched[rows], 0.0, matching.NAMED)
        if self.other is not None:
            behind += np.where(self.other[rows], matching.NAMED, 0.0)
        return behind

    def order(self, rows: Rows) -> Extra | None:
        """What orders these rows; None where nothing is compared."""
        if self.rough is None:
            return None
        added = np.zeros(self.snapshot.size) if self.sum is None else self.sum
        return Extra(added - self.lowered(np.arange(self.snapshot.size)), self.rough[rows])

    def details(
        self, places: Sequence[Place], rows: Rows, extra: Extra | None = None
    ) -> dict[str, Detail]:
        """Of each place, by id; `rows` are all that were ordered, with the `extra` of their scores
        if they were ordered by them."""
        at = np.array([self.snapshot.row_of(place.id) for place in places], dtype=np.int64)
        if self.intent is None or self.vector is None or not places:
            return self._put(places, at)
        cosines = self.snapshot.cosines(self.intent.vector, at)
        scores = cosines if self.sum is None else cosines + self.sum[at]
        seen = self.snapshot.seen(self.intent.ordering, at)
        parts = self._parts(self.intent, at, seen)
        other = np.zeros(len(at), dtype=np.bool_) if self.other is None else self.other[at]
        ranks: Sequence[int | None] = [None] * len(at)
        if extra is not None and self.added:
            ranks = self.snapshot.ranks(self.vector, rows, at, extra.rough)
        return {
            place.id: Detail(
                {
                    name: round(float(told[number]), DIGITS)
                    for name, told in parts.items()
                    if name not in OWN or told[number]  # told of those that it is about
                },
                self._level(float(scores[number]), other=bool(other[number])),
                ranks[number],
                self.matched is None or bool(self.matched[at[number]]),
                self.snapshot.views.crops[seen[number]] if seen[number] >= 0 else None,
            )
            for number, place in enumerate(places)
        }

    def _put(self, places: Sequence[Place], at: Rows) -> dict[str, Detail]:
        """What rules did to places that nothing was compared with."""
        if self.groups is None:
            return {}
        actions = {group: action for action, group in GROUPS.items()}
        groups = zip(places, self.groups[at].tolist(), strict=True)
        return {
            place.id: Detail({actions[group]: float(-group)}) for place, group in groups if group
        }

    def reaching(self, least: float) -> Mask:
        """The living rows whose score is at least this, and those named by their id; exactly."""
        mask = np.zeros(self.snapshot.size, dtype=np.bool_)
        if self.vector is not None and self.rough is not None:
            bars = np.full(len(mask), least) - (0.0 if self.sum is None else self.sum)
            mask = self.snapshot.reaching(self.vector, bars, self.rough)
        mask[self.named] = True
        return mask

    def best(self) -> float:
        """The highest score of a living row that is not named by its id, -1 where there is none."""
        if self.rough is None:
            return -1.0
        counted = self.snapshot.alive.copy()
        counted[self.named] = False
        scores = self.rough if self.sum is None else self.rough + self.sum
        return float(scores[counted].max(initial=-1.0))

    def told(self) -> dict[str, Any]:
        """The line, and whether the query fits, as they are recorded."""
        line = self.matching.line
        told = None if line is None or line == NOTHING else round(line, DIGITS)
        return {"line": told, "fits": self.matching.fits}

    def _level(self, score: float, *, other: bool) -> str | None:
        if self.levels is None:
            return None
        return NONE if other else levels.level(self.levels, score)

    def _parts(self, intent: Intent, at: Rows, seen: Rows) -> dict[str, Scores]:
        composed = intent.kind == "composed" or intent.unwanted is not None
        made_of: dict[str, Vector | None] = {
            "cosine": intent.ordering if composed or intent.emphasised is not None else None,
            "image": intent.image,
            "text": intent.text,
            "not_text": intent.unwanted,
        }
        cosines = {
            name: self.snapshot.cosines(vector, at, seen)
            for name, vector in made_of.items()
            if vector is not None
        }
        return cosines | {name: scores[at] for name, scores in self.added.items()}


def scoring(
    context: SearchContext,
    request: SearchRequest,
    sought: Sought,
) -> Scoring:
    """How products are scored for what is sought, those of another kind of garment left out.

    Raises Invalid for a level never calibrated.
    """
    snapshot, intent = context.snapshot, sought.intent
    rules = merchandising.about(context.catalogue, context.rules, request.text, request.filters)
    hidden = merchandising.hidden(snapshot, rules)
    if intent is None:
        allowed = None if hidden is None else ~hidden
        groups = merchandising.grouped(snapshot, rules) if request.sort == RELEVANCE else None
        return Scoring(snapshot, sought, allowed=allowed, groups=groups)
    bars = _bars(context, intent, request.min_level)
    named = snapshot.rows_coded(codes(request.text))
    vector = intent.vector
    rough = snapshot.rough(vector, np.arange(snapshot.size))
    added = _added(context, intent, named, rough)
    total = signals.total(added)
    found = Scoring(snapshot, sought, vector, added, total, rough, bars, named=named)
    judged = matching.judged(context.tuning, context.catalogue, intent, found.best(), rough)
    if len(named) and intent.kind == "words" and is_code(code(request.text)):
        judged = Matching(NOTHING)  # who asks for a number alone means that article alone
    if moved := _moved(rules, found, judged):
        added = {**added, **moved}
        found = replace(found, added=added, sum=signals.total(added))
    other = _other(snapshot, intent, named)
    matched = None if judged.line is None else found.reaching(judged.line)
    found = replace(
        found,
        matching=judged,
        allowed=_allowed(found, request, hidden),
        matched=matched if other is None else ~other if matched is None else matched & ~other,
        other=other,
    )
    if intent.emphasised is None:
        return found
    ordering = intent.emphasised
    return replace(found, vector=ordering, rough=snapshot.rough(ordering, np.arange(snapshot.size)))


def _other(snapshot: Snapshot, intent: Intent, named: Rows) -> Mask | None:
    """The rows of another colour than the words name, None where they name none; what is asked for
    by its id is of none."""
    if not intent.hues:
        return None
    other = hues.otherwise(snapshot, intent.hues)
    other[named] = False
    return other


def _bars(context: SearchContext, intent: Intent, min_level: Level | None) -> Levels | None:
    """The bars of levels; none for words that are weighed otherwise than they were measured.

    What a photo is like stays so, whatever orders the hits; of words the half is asked then.
    """
    if intent.emphasised is None or intent.kind == "photo":
        return levels.of(context.tuning, intent.kind, min_level)
    if min_level is not None:
        reason = f"is {min_level}, which words reach with an emphasis of 0 alone; leave one out"
        raise Invalid("not_calibrated", f"min_level {reason}.", fields={"min_level": reason})
    return None


def _added(context: SearchContext, intent: Intent, named: Rows, rough: Vector) -> dict[str, Scores]:
    """By name what is added to each row's cosine."""
    snapshot = context.snapshot
    weights = context.tuning.weights.get(intent.kind, {})
    added: dict[str, Scores] = dict[str, Scores]()
    facing = snapshot.facing(intent.vector, rough) if weights else snapshot
    added.update((name, told) for name, told in signals.weighted(facing, intent, weights).items())
    unseen = signals.unseen(snapshot, intent, rough)
    if unseen is not None:
        added["unseen"] = unseen
    if len(named):
        added["external_id"] = np.zeros(snapshot.size)
        added["external_id"][named] = matching.NAMED
    return added


def _moved(rules: Sequence[Rule], found: Scoring, judged: Matching) -> Mapping[str, Scores]:
    """What rules add to scores; nothing where nothing fits, where scores are not those of levels,
    and for what is asked for by its id."""
    intent = found.intent
    if (
        not rules
        or not judged.fits
        or found.rough is None
        or not intent
        or intent.emphasised is not None
    ):
        return {}
    added = signals.total(found.added)
    scores = found.rough.astype(np.float64) + (0.0 if added is None else added)
    line = () if judged.line is None else (judged.line,)
    steps = () if found.levels is None else levels.bars(found.levels)
    moved = merchandising.moved(found.snapshot, rules, scores, (*line, *steps))
    for each in moved.values():
        each[found.named] = 0.0
    return moved


def _allowed(found: Scoring, request: SearchRequest, hidden: Mask | None) -> Mask | None:
    """The rows that may be shown, None for all; what is asked for by its id always may."""
    snapshot, masks = found.snapshot, list[Mask]()
    if hidden is not None:
        masks.append(~hidden)
    if found.sought.garment is not None:
        masks.append(snapshot.having(GARMENT, found.sought.garment))
    if request.min_level is not None and found.levels is not None:
        masks.append(found.reaching(levels.bar(found.levels.others, request.min_level)))
    unseen = snapshot.rows_with(UNSEEN)
    if len(unseen) and not request.text.strip():
        masks.append(np.ones(snapshot.size, dtype=np.bool_))
        masks[-1][unseen] = False
    if not masks:
        return None
    allowed = np.logical_and.reduce(masks)
    allowed[found.named] = True
    return np.asarray(allowed)
