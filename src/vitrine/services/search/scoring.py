"""Products scored for an intent: which of them may be shown, which match, and what made a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from vitrine.services.search import levels, matching, merchandising
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Extra, Place, Rows, Scores, Snapshot
from vitrine.services.search.intent import Intent
from vitrine.services.search.matching import EVERYTHING, NOTHING, Matching
from vitrine.services.search.merchandising import GROUPS
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.vision.tuning import NONE, Levels
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


@dataclass(frozen=True)
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

    @cached_property
    def lowered(self) -> Scores | None:
        """By how much each row is put behind, where the order alone would not do it: what is of
        another colour, and what does not match a query that weighs its parts otherwise, which
        matches by how it was measured. None where nothing is."""
        behind = [] if self.other is None else [self.other]
        if (
            self.intent is not None
            and self.intent.emphasised is not None
            and self.matched is not None
        ):
            behind.append(~self.matched)
        if not behind:
            return None
        lowered = np.zeros(self.snapshot.size)
        for rows in behind:
            lowered += matching.NAMED * rows
        return lowered

    @cached_property
    def scores(self) -> Scores | None:
        """By row its score, within NEAR; None where nothing is compared."""
        if self.rough is None:
            return None
        return self.rough.astype(np.float64) if self.sum is None else self.rough + self.sum

    @cached_property
    def order(self) -> Extra | None:
        """What orders rows; None where nothing is compared."""
        if self.scores is None:
            return None
        added = np.zeros(self.snapshot.size) if self.sum is None else self.sum
        if self.lowered is None:
            return Extra(added, self.scores)
        return Extra(added - self.lowered, self.scores - self.lowered)

    def details(
        self, places: Sequence[Place], rows: Rows, *, ranked: bool = False
    ) -> dict[str, Detail]:
        """Of each place, by id; `rows` are all that were ordered, `ranked` if by their scores."""
        at = np.array([self.snapshot.row_of(place.id) for place in places], dtype=np.int64)
        if self.intent is None or self.vector is None or not places:
            return self._put(places, at)
        cosines = self.snapshot.cosines(self.intent.vector, at)
        scores = cosines if self.sum is None else cosines + self.sum[at]
        seen = self.snapshot.seen(self.intent.ordering, at)
        parts = self._parts(self.intent, at, seen)
        other = np.zeros(len(at), dtype=np.bool_) if self.other is None else self.other[at]
        ranks: Sequence[int | None] = [None] * len(at)
        if ranked and self.added and self.rough is not None:
            ranks = self.snapshot.ranks(self.vector, rows, at, self.rough)
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
        if self.vector is None or self.scores is None:
            mask = np.zeros(self.snapshot.size, dtype=np.bool_)
        else:
            mask = self.snapshot.reaching(self.vector, least, self.scores, self.sum)
        mask[self.named] = True
        return mask

    def best(self) -> float:
        """The highest score of a living row that is not named by its id, -1 where there is none."""
        if self.scores is None:
            return -1.0
        if self.snapshot.alive.all() and not len(self.named):
            return float(self.scores.max(initial=-1.0))
        counted = self.snapshot.alive.copy()
        counted[self.named] = False
        return float(self.scores[counted].max(initial=-1.0))

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
