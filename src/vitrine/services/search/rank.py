"""How products are scored for what is sought: re-ranking, levels, and the parts of a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vitrine.services.search import levels as leveling
from vitrine.services.search import signals
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Extra, Place, Rows, Scores, Snapshot
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.intent import Intent
from vitrine.tables.models import Collection
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
class Scoring:
    """By row what signals add to the cosine, and the bars of levels; made for one snapshot.

    Where it is not known what was sought, nothing is added and there are no details.
    """

    snapshot: Snapshot
    sought: Intent | None
    found: Mapping[Signal, Scores] = field(default_factory=dict)
    levels: Levels | None = None
    min_level: Level | None = None

    def added(self, rows: Rows) -> Extra | None:
        """What is added to the cosines of these rows, None where nothing is."""
        added = signals.total(self.found)
        if self.sought is None or added is None:
            return None
        return Extra(added, self.snapshot.rough(self.sought.vector, rows))

    def sure(self, mask: Mask) -> Mask:
        """The rows of the mask that are of the wanted level or better; exactly."""
        if self.sought is None or self.min_level is None or self.levels is None:
            return mask
        bars = leveling.bars_by_row(self.snapshot, self.levels, self.min_level)
        kept = np.zeros_like(mask)
        kept[self.snapshot.reaching(self.sought.vector, np.flatnonzero(mask), bars)] = True
        return kept

    def details(
        self, places: Sequence[Place], rows: Rows, extra: Extra | None = None
    ) -> dict[str, Detail]:
        """Of each place, by id; `rows` are all that were ordered, with the `extra` of their scores
        if they were ordered by them."""
        if self.sought is None or not places:
            return {}
        at = np.array([self.snapshot.places[place.id] for place in places], dtype=np.int64)
        cosines = self.snapshot.cosines(self.sought.vector, at)
        parts = self._parts(self.sought, at)
        ranks: Sequence[int | None] = [None] * len(at)
        if extra is not None:
            ranks = self.snapshot.ranks(self.sought.vector, rows, at, extra.rough)
        return {
            place.id: Detail(
                {name: round(float(told[number]), DIGITS) for name, told in parts.items()},
                self._level(int(at[number]), float(cosines[number])),
                ranks[number],
            )
            for number, place in enumerate(places)
        }

    def _parts(self, sought: Intent, at: Rows) -> dict[str, Scores]:
        composed = sought.kind == "composed" or sought.unwanted is not None
        made_of: dict[str, Vector | None] = {
            "cosine": sought.vector if composed else None,
            "image": sought.image,
            "text": sought.text,
            "not_text": sought.unwanted,
        }
        cosines = {
            name: self.snapshot.cosines(vector, at)
            for name, vector in made_of.items()
            if vector is not None
        }
        return cosines | {name: scores[at] for name, scores in self.found.items()}

    def _level(self, row: int, cosine: float) -> str | None:
        if self.levels is None:
            return None
        column = self.snapshot.columns.get("category")
        codes = column.codes[column.rows == row].tolist() if column else []
        named = [str(column.words.values[code]) for code in codes] if column else []
        return leveling.level(self.levels, named, cosine)


def of(
    engine: SearchEngine,
    collection: Collection,
    snapshot: Snapshot,
    sought: Intent | None,
    min_level: Level | None = None,
) -> Scoring:
    """The scoring of this snapshot; raises Invalid for a level that was never calibrated."""
    if sought is None:
        return Scoring(snapshot, None)
    tuning = engine.tunings.of(collection.model_version, collection.text_share)
    levels = leveling.of(tuning, sought.kind, min_level)
    found = signals.weighted(snapshot, sought, tuning.weights.get(sought.kind, {}))
    return Scoring(snapshot, sought, found, levels, min_level)
