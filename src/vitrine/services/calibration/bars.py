"""From which score on a hit is of a level, or matches, fitted on queries the catalogue can answer.

A level's bar is where a hit is more likely than not so or better, by isotonic regression over the
first hits of all queries as re-ranking orders them, and no lower than where that is sure enough for
how many queries were seen. The encoder's own bar can only make it higher, the more so the less was
seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vitrine.services.evaluation.figures import Ints, Mask, Values
from vitrine.services.evaluation.neighbours import GRADES, Near
from vitrine.vision.tuning import LEVELS, Bars, Level, Levels, Weights

SURE = 0.5
"""How likely a hit must be of a level or better to be called so."""

LIKELY = 0.3
"""How likely a hit must be of the wanted category to match."""

SEEN = 10
"""The hits of each query that are looked at."""

FEWEST = 40
"""With fewer queries nothing is known of a kind of query."""

EXAMPLES = 20
"""A level is known with so many hits that are of it, and so many that are not."""

SHRUNK = 30.0
"""The encoder's own bar counts as much as so many queries."""

MARGIN = 0.005
"""How far above the most alike wrong hit the very product is told from others."""

DEVIATIONS = 1.0
"""Standard errors by which a share must lie above SURE."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The first hits of queries: score, grade, and whose hit it is, each (n,)."""

    scores: Values
    grades: Ints
    queries: Ints

    @staticmethod
    def of(near: Near | None, weights: Weights) -> Hits:
        """The hits that a search with these weights shows first."""
        if near is None or not len(near.groups):
            return Hits(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
        scores = np.where(near.grades >= 0, near.scores(weights), -np.inf)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :SEEN]
        scores = np.take_along_axis(scores, order, axis=1)
        grades = np.take_along_axis(near.grades, order, axis=1)
        queries = np.broadcast_to(np.arange(len(near.groups))[:, None], grades.shape)
        counts = grades >= 0
        return Hits(scores[counts], grades[counts], queries[counts])

    def where(self, mask: Mask) -> Hits:
        """The hits that the mask picks."""
        return Hits(self.scores[mask], self.grades[mask], self.queries[mask])

    def beside(self, others: Hits) -> Hits:
        """These hits and those of other queries."""
        first = int(self.queries.max(initial=-1)) + 1
        return Hits(
            np.concatenate([self.scores, others.scores]),
            np.concatenate([self.grades, others.grades]),
            np.concatenate([self.queries, others.queries + first]),
        )

    @property
    def asked(self) -> int:
        """How many queries they are of."""
        return len(np.unique(self.queries))


def fit(without: Hits, own: Hits, prior: Levels | None) -> Levels | None:
    """The bars by queries whose own product is left out, and by others that should find it.

    None where too few queries were seen to know anything.
    """
    together = without.beside(own)
    if together.asked < FEWEST:
        return None
    before = Bars() if prior is None else prior.others
    found: dict[Level, float | None] = {"exact": _exact(without, own, before.exact)}
    upper = found["exact"]
    for level in LEVELS[1:]:
        found[level] = _bar(together, level, getattr(before, level), upper)
        upper = found[level] if upper is None else upper if found[level] is None else found[level]
    bars = _ordered(found)
    return Levels(others=bars)


def called(hits: Hits, bars: Bars) -> dict[Level, Mask]:
    """Of the hits that are called each level, which are so or better."""
    grades = grades_of(hits, bars)
    return {level: hits.grades[grades == grade] >= grade for level, grade in GRADES.items()}


def grades_of(hits: Hits, bars: Bars) -> Ints:
    """The grade that each hit is called by these bars, 0 for none."""
    called = np.zeros(len(hits.scores), dtype=np.int64)
    for level in reversed(LEVELS):
        least: float | None = getattr(bars, level)
        if least is not None:
            called[hits.scores >= least] = GRADES[level]
    return called


def isotonic(scores: Values, right: Mask) -> tuple[Values, Values]:
    """Sorted scores, and by pool-adjacent-violators how likely a hit there is right."""
    order = np.argsort(scores, kind="stable")
    sums: list[float] = []
    counts: list[int] = []
    for value in right[order].astype(np.float64).tolist():
        sums.append(value)
        counts.append(1)
        while len(sums) > 1 and sums[-2] * counts[-1] >= sums[-1] * counts[-2]:
            last, many = sums.pop(), counts.pop()
            sums[-1] += last
            counts[-1] += many
    chances = np.array(sums) / np.maximum(counts, 1)
    return scores[order], np.repeat(chances, counts)


def line(near: Near, weights: Weights, prior: float) -> float:
    """The least score from which on a hit is of the wanted category with LIKELY or more; the
    prior's where there is nothing to tell it from."""
    counts, right = near.grades >= 0, near.grades >= GRADES["similar"]
    if len(near.groups) < FEWEST or min(right.sum(), (counts & ~right).sum()) < EXAMPLES:
        return prior
    at, chances = isotonic(near.scores(weights)[counts], right[counts])
    likely = at[chances >= LIKELY]
    if not len(likely):
        return prior
    kept = SHRUNK / (SHRUNK + len(near.groups))
    return round(kept * prior + (1 - kept) * float(likely[0]), 4)


def _bar(hits: Hits, level: Level, prior: float | None, upper: float | None) -> float | None:
    """The bar of a level below `upper`; the prior's where there is nothing to tell it from."""
    right = hits.grades >= GRADES[level]
    if not right.sum() >= EXAMPLES:
        return None
    if not (~right).sum() >= EXAMPLES:
        return prior
    at, chances = isotonic(hits.scores, right)
    likely = at[chances >= SURE]
    if not len(likely):
        return None
    band = hits.where(hits.scores < (math.inf if upper is None else upper))
    found = _sure_from(band, band.grades >= GRADES[level], float(likely[0]))
    return None if found is None else _shrunk(found, prior, hits.asked)


def _sure_from(band: Hits, right: Mask, least: float) -> float | None:
    """The least score, from `least` on, above which the share that is right is surely SURE."""
    reached = band.scores >= least
    if not reached.any():
        return least
    for step in np.quantile(band.scores[reached], np.linspace(0, 0.9, 46)).tolist():
        above = band.scores >= step
        share, queries = float(right[above].mean()), len(np.unique(band.queries[above]))
        if (
            queries >= EXAMPLES
            and share - DEVIATIONS * math.sqrt(share * (1 - share) / queries) >= SURE
        ):
            return float(step)
    return None


def _exact(without: Hits, own: Hits, prior: float | None) -> float | None:
    """Where the very product is told from all that only look like it.

    Nothing that was wrong may reach it where the product asked for is not there at all.
    """
    if own.asked < EXAMPLES:
        return None
    found = _bar(own, "exact", prior, None)
    wrong = without.scores[without.grades < GRADES["exact"]]
    if found is None or len(wrong) < FEWEST:
        return None
    bar = max(found, float(wrong.max()) + MARGIN)
    return round(bar, 4) if (own.scores >= bar).any() else None


def _shrunk(found: float, prior: float | None, asked: int) -> float:
    if prior is None:
        return round(found, 4)
    kept = SHRUNK / (SHRUNK + asked)
    return round(max(found, kept * prior + (1 - kept) * found), 4)


def _ordered(bars: Mapping[Level, float | None]) -> Bars:
    """What is exact is close as well: no bar lies below that of a lesser level."""
    least, found = -1.0, {}
    for level in reversed(LEVELS):
        given = bars[level]
        if given is not None:
            least = max(least, given)
        found[level] = None if given is None else least
    return Bars(**found)
