"""The vectors of all products at one moment: compared in float32, told apart exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vitrine.services.search.cache import dots
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.views import Views
from vitrine.vision.types import Vector

Scores = NDArray[np.float64]
Rows = NDArray[np.int64]

NEAR = 1e-5
"""How far a float32 dot product of unit vectors may be from the true one, with room."""

GROUP = 64
"""Scores of which the best alone is looked at, where it is only asked what the best of all reach.
"""


class Place(NamedTuple):
    """A product in a list: its score and id."""

    score: float
    id: str


class Extra(NamedTuple):
    """What is added to cosines, and the sums within NEAR, so that nobody compares with all vectors
    twice; both by row of the snapshot."""

    added: Scores
    scores: Scores


@dataclass(frozen=True, slots=True)
class Compared:
    """Vectors (n, d) by row, which rows are alive, and their ids.

    A product is as like a vector as its own vector or any of its `views` is, whichever is nearest:
    its cosine is the highest of theirs. `ids`, `places` and `vectors` may know more rows than
    `alive`: they are shared with later snapshots.
    """

    ids: Sequence[str]
    places: Mapping[str, int]
    vectors: Vector
    alive: Mask
    views: Views = field(default_factory=Views, kw_only=True)

    @property
    def size(self) -> int:
        """How many rows there are, dead ones included."""
        return len(self.alive)

    def best(
        self,
        vector: Vector,
        rows: Rows,
        limit: int,
        after: Place | None,
        extra: Extra | None = None,
    ) -> list[Place]:
        """The `limit` best of these rows after a place: by score, equals by id.

        A score is the cosine and what `extra` adds to it. Exact and the same every time: float32
        only chooses what float64 then orders, row by row.
        """
        if len(rows) > limit or after is not None:
            rows = self._shortened(rows, vector, limit, after, extra)
        scores = self._scores(rows, vector)
        scores = scores if extra is None else scores + extra.added[rows]
        ids = [self.ids[row] for row in rows.tolist()]
        found = sorted(zip((-scores).tolist(), ids, strict=True))
        if after is not None:
            found = [pair for pair in found if pair > (-after.score, after.id)]
        return [Place(-score, each) for score, each in found[:limit]]

    def reaching(
        self, vector: Vector, least: float, scores: Scores, added: Scores | None = None
    ) -> Mask:
        """The living rows whose score is at least this; exactly.

        `scores` are theirs within NEAR, `added` is what of them is no cosine; both by row.
        """
        reached = scores >= least + 2 * NEAR
        near = np.flatnonzero(reached ^ (scores >= least - 2 * NEAR))
        bars = least if added is None else least - added[near]
        reached[near] = self._scores(near, vector) >= bars
        return reached & self.alive

    def ranks(self, vector: Vector, rows: Rows, places: Rows, rough: Vector) -> list[int]:
        """The rank, from 1, that each place, one of the rows, has among the rows by cosine alone.

        `rough` is what `rough` tells of every row. Equals by id, as `best` orders; exact.
        """
        cosines, rough = self._scores(places, vector), self._of(rows, rough)
        # Those ahead of the last place are few, and alone need to be sorted.
        ahead = np.flatnonzero(rough >= cosines.min(initial=1.0) - 2 * NEAR)
        ahead = ahead[np.argsort(rough[ahead])]
        edges = np.searchsorted(rough[ahead], (cosines - 2 * NEAR, cosines + 2 * NEAR)).tolist()
        found = []
        for place, cosine, low, high in zip(places.tolist(), cosines.tolist(), *edges, strict=True):
            before = len(ahead) - high
            if high - low > 1:  # others are so near that only float64 tells
                near = rows[ahead[low:high]]
                pairs = zip((-self._scores(near, vector)).tolist(), near.tolist(), strict=True)
                this = (-cosine, self.ids[place])
                before += sum((score, self.ids[row]) < this for score, row in pairs)
            found.append(1 + before)
        return found

    def rough(self, vector: Vector, rows: Rows) -> Vector:
        """The cosine of each of the rows in float32, within NEAR of the true one."""
        return self._rough(rows, vector)

    def cosines(self, vector: Vector, rows: Rows, seen: Rows | None = None) -> Scores:
        """The cosine of each of the rows, in float64; of the views that are `seen`, if given."""
        if seen is None or not len(self.views):
            return self._scores(rows, vector)
        cosines = dots.exact(self.vectors, rows, vector)
        turned = seen >= 0
        cosines[turned] = dots.exact(self.views.vectors, seen[turned], vector)
        return cosines

    def seen(self, vector: Vector, rows: Rows) -> Rows:
        """The number of the view of each of the rows that is nearest to the vector, -1 where the
        primary photo is; exactly, the first among equals."""
        return self.views.nearest(self.vectors, rows, vector)

    def _shortened(
        self,
        rows: Rows,
        vector: Vector,
        limit: int,
        after: Place | None,
        extra: Extra | None,
    ) -> Rows:
        """Those of the rows that may be among the `limit` best after the place."""
        rough = self._rough(rows, vector) if extra is None else self._of(rows, extra.scores)
        if after is not None:
            behind = np.flatnonzero(rough <= after.score + NEAR)
            rows, rough = rows[behind], rough[behind]
            limit += int((rough >= after.score - NEAR).sum())
        if limit >= len(rough):
            return rows
        return rows[np.flatnonzero(rough >= _reached(rough, limit) - 2 * NEAR)]

    def _of(self, rows: Rows, every: NDArray[Any]) -> NDArray[Any]:
        """Of what is told of every row that of these."""
        return every if len(rows) == self.size else every.take(rows)

    def _rough(self, rows: Rows, vector: Vector) -> Vector:
        scores = self._rough_primary(rows, vector)
        if len(self.views):
            whole = len(rows) == self.size
            places, numbers = (self.views.rows, None) if whole else self.views.of(rows)
            views = self.views.vectors if numbers is None else self.views.vectors[numbers]
            np.maximum.at(scores, places, dots.rough(views, vector))
        return scores

    def _primary(self, rough: Vector, vector: Vector) -> Vector:
        """The cosines of all primary photos, where `rough` are those of all products."""
        rows, cosines = self.views.owners, rough.copy()
        cosines[rows] = self._rough_primary(rows, vector)
        return cosines

    def _rough_primary(self, rows: Rows, vector: Vector) -> Vector:
        if len(rows) * 3 >= self.size:  # picking rows copies them, reading on does not
            scores = dots.rough(self.vectors[: self.size], vector)
            return scores if len(rows) == self.size else scores[rows]
        block, scores = max(1, dots.BLOCK // len(vector)), np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), block):
            picked = self.vectors[rows[start : start + block]]
            np.dot(picked, vector, out=scores[start : start + len(picked)])
        return scores

    def _scores(self, rows: Rows, vector: Vector) -> Scores:
        scores = dots.exact(self.vectors, rows, vector)
        if len(self.views):
            places, numbers = self.views.of(rows)
            np.maximum.at(scores, places, dots.exact(self.views.vectors, numbers, vector))
        return scores


def _reached(scores: Vector | Scores, count: int) -> float:
    """A score that at least so many reach, close to the highest of which that is true."""
    groups = len(scores) // GROUP
    if groups < 2 * count:
        return float(np.partition(scores, len(scores) - count)[len(scores) - count])
    # The best of so many groups reach it. To divide all of the scores takes many times as long.
    best = scores[: groups * GROUP].reshape(GROUP, groups).max(axis=0)
    return float(np.partition(best, groups - count)[groups - count])
