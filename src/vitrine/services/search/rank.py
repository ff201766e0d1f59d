"""In which order candidates come: by likeness and what re-ranking adds, by price, or by age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.services.search import candidates, levels, orders, signals
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Extra, Place, Rows, Scores, Snapshot
from vitrine.services.search.context import SearchContext
from vitrine.services.search.intent import Intent
from vitrine.services.search.orders import MOST_SORTED, NEWEST, RELEVANCE
from vitrine.services.search.request import SearchRequest
from vitrine.vision.tuning import Level, Levels, Signal
from vitrine.vision.types import Vector

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Detail:
    """What made a place's score, its level if there are any, and its rank by cosine alone."""

    parts: Mapping[str, float] = field(default_factory=dict)
    level: str | None = None
    plain_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """One page in order, and whether more follow.

    `scores` is for places in another order than by likeness: how like the query each is, if known.
    `details` tell by id what made each score; `sorted` is how many of the best matches were put in
    another order, None for all that the filters leave.
    """

    places: tuple[Place, ...]
    more: bool
    details: Mapping[str, Detail] = field(default_factory=dict)
    reranked: bool = False
    scores: Mapping[str, float] | None = None
    sorted: int | None = None

    def score(self, place: Place) -> float | None:
        """How like the query a place is; None where nothing was compared.

        Unit vectors of float32 may come out a hair above 1; re-ranking may lift a score further.
        """
        score = place.score if self.scores is None else self.scores.get(place.id)
        return score if score is None or self.reranked else max(-1.0, min(1.0, score))


@dataclass(frozen=True, slots=True)
class Scoring:
    """By row what signals add to the cosine, and the bars of levels; made for one snapshot.

    Where nothing is compared, nothing is added and there are no details.
    """

    snapshot: Snapshot
    intent: Intent | None
    added: Mapping[Signal, Scores] = field(default_factory=dict)
    levels: Levels | None = None
    min_level: Level | None = None

    def added_to(self, rows: Rows) -> Extra | None:
        """What is added to the cosines of these rows, None where nothing is."""
        added = signals.total(self.added)
        if self.intent is None or added is None:
            return None
        return Extra(added, self.snapshot.rough(self.intent.ordering, rows))

    def sure(self, mask: Mask) -> Mask:
        """The rows of the mask that are of the wanted level or better; exactly."""
        if self.intent is None or self.min_level is None or self.levels is None:
            return mask
        bars = levels.bars_by_row(self.snapshot, self.levels, self.min_level)
        kept = np.zeros_like(mask)
        kept[self.snapshot.reaching(self.intent.vector, np.flatnonzero(mask), bars)] = True
        return kept

    def details(
        self, places: Sequence[Place], rows: Rows, extra: Extra | None = None
    ) -> dict[str, Detail]:
        """Of each place, by id; `rows` are all that were ordered, with the `extra` of their scores
        if they were ordered by them."""
        if self.intent is None or not places:
            return {}
        at = np.array([self.snapshot.places[place.id] for place in places], dtype=np.int64)
        cosines = self.snapshot.cosines(self.intent.vector, at)
        parts = self._parts(self.intent, at)
        ranks: Sequence[int | None] = [None] * len(at)
        if extra is not None:
            ranks = self.snapshot.ranks(self.intent.ordering, rows, at, extra.rough)
        return {
            place.id: Detail(
                {name: round(float(told[number]), DIGITS) for name, told in parts.items()},
                self._level(int(at[number]), float(cosines[number])),
                ranks[number],
            )
            for number, place in enumerate(places)
        }

    def _parts(self, intent: Intent, at: Rows) -> dict[str, Scores]:
        composed = intent.kind == "composed" or intent.unwanted is not None
        emphasised = intent.emphasised is not None
        made_of: dict[str, Vector | None] = {
            "cosine": intent.ordering if composed or emphasised else None,
            "image": intent.image,
            "text": intent.text,
            "not_text": intent.unwanted,
        }
        cosines = {
            name: self.snapshot.cosines(vector, at)
            for name, vector in made_of.items()
            if vector is not None
        }
        return cosines | {name: scores[at] for name, scores in self.added.items()}

    def _level(self, row: int, cosine: float) -> str | None:
        if self.levels is None:
            return None
        column = self.snapshot.columns.get("category")
        codes = column.codes[column.rows == row].tolist() if column else []
        named = [str(column.words.values[code]) for code in codes] if column else []
        return levels.level(self.levels, named, cosine)


def scoring(
    context: SearchContext, intent: Intent | None, min_level: Level | None = None
) -> Scoring:
    """How products are scored for an intent; raises Invalid for a level never calibrated."""
    if intent is None:
        return Scoring(context.snapshot, None)
    bars = _bars(context, intent, min_level)
    weights = context.tuning.weights.get(intent.kind, {})
    added = signals.weighted(context.snapshot, intent, weights)
    return Scoring(context.snapshot, intent, added, bars, min_level)


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


def ranked(
    context: SearchContext,
    request: SearchRequest,
    scoring: Scoring,
    mask: Mask,
    after: Place | None = None,
) -> Ranking:
    """The page of the mask's rows after a place.

    Exact: the same products in the same order as comparing with every vector, unless the vector
    index proposes (`candidates.compared`).
    """
    if scoring.intent is None or request.sort != RELEVANCE:
        return _sorted(context, request, scoring, mask, after)
    rows, extra, found = _nearest(context, request, scoring, mask, after)
    page = tuple(found[: request.limit])
    details = scoring.details(page, rows, extra)
    return Ranking(page, len(found) > request.limit, details, bool(scoring.added))


def _nearest(
    context: SearchContext,
    request: SearchRequest,
    scoring: Scoring,
    mask: Mask,
    after: Place | None,
) -> tuple[Rows, Extra | None, list[Place]]:
    """The rows that were ordered, what was added, and a page and one more, the best first."""
    if scoring.intent is None:
        raise ValueError("a vector is needed")
    vector = scoring.intent.ordering
    rows = candidates.compared(context, request, mask, vector)
    extra = scoring.added_to(rows)
    return rows, extra, context.snapshot.best(vector, rows, request.limit + 1, after, extra)


def _sorted(
    context: SearchContext,
    request: SearchRequest,
    scoring: Scoring,
    mask: Mask,
    after: Place | None,
) -> Ranking:
    """A page by price or age: of the best matches if something is compared, else of all."""
    sort = NEWEST if request.sort == RELEVANCE else request.sort
    scores: dict[str, float] = {}
    rows = np.flatnonzero(mask)
    if scoring.intent is not None:
        all_of_them = request.model_copy(update={"limit": MOST_SORTED, "cursor": None})
        *_, matches = _nearest(context, all_of_them, scoring, mask, None)
        scores = {place.id: place.score for place in matches[:MOST_SORTED]}
        rows = context.snapshot.rows_of(scores, mask)
    places = orders.first(context.snapshot, rows, sort, request.limit + 1, after)
    page = tuple(places[: request.limit])
    return Ranking(
        places=page,
        more=len(places) > request.limit,
        details=scoring.details(page, rows),
        reranked=bool(scoring.added),
        scores=scores,
        sorted=None if scoring.intent is None else len(scores),
    )
