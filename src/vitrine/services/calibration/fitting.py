"""A whole fit of one catalogue: levels, re-ranking, labels and meanings, with their figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vitrine.ports import Vision
from vitrine.services.calibration import asking, bars, meaning, reading, weighing
from vitrine.services.calibration.bars import Hits
from vitrine.services.calibration.meaning import Meaning
from vitrine.services.calibration.reading import Fitted, Told
from vitrine.services.calibration.stated import Stock
from vitrine.services.evaluation import gallery as galleries
from vitrine.services.evaluation import queries
from vitrine.services.evaluation.figures import Mask
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.evaluation.labels import unsaid
from vitrine.services.evaluation.neighbours import GRADES, Near, nearest
from vitrine.services.evaluation.queries import Asked
from vitrine.services.models import Meanings
from vitrine.services.models.calibrations import key
from vitrine.vision.tuning import KINDS, Kind, Level, Levels, Signal, Tuning, Weights
from vitrine.vision.types import LabelScore
from vitrine.vision.vocabulary import Facet, vocabulary

LABELLED = 4_000
"""So many products at most are labelled anew to see how good labels are."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of the hits called a level: the share that is promised to be so or better, and the share that
    was, on queries that nothing was fitted on; of how many hits. None: never called so."""

    promised: float | None
    measured: float | None
    hits: int


@dataclass(frozen=True, slots=True)
class KindFit:
    """One kind of query: its bars (None: not yet known), weights, the line of what matches where
    the model has one, and how reliable levels are."""

    levels: Levels | None
    weights: Mapping[Signal, float]
    queries: int
    line: float | None = None
    reliability: Mapping[Level, Reliability] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fit:
    """All that was fitted of a catalogue."""

    kinds: Mapping[Kind, KindFit]
    facets: Mapping[str, Fitted]
    meanings: Sequence[Meaning]

    def tuning(self, prior: Tuning) -> Tuning:
        """What search reads of it; what was not fitted is as before."""
        found = {kind: one.levels for kind, one in self.kinds.items()}
        return prior.model_copy(
            update={
                "description": "Fitted in this catalogue.",
                "weights": {
                    kind: dict(one.weights) for kind, one in self.kinds.items() if one.weights
                },
                "levels": {kind: levels for kind, levels in found.items() if levels is not None},
                "matches": {
                    kind: before.model_copy(update={"line": line})
                    for kind, before in prior.matches.items()
                    if (line := self.kinds[kind].line) is not None
                },
            }
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What queries found that leave their own product out, and queries that should find it."""

    without: Near | None
    own: Near | None
    weights: Weights

    def half(self, first: bool) -> Found:
        """What one half of the queries found, by group."""
        return Found(_half(self.without, first), _half(self.own, first), self.weights)

    def levels(self, prior: Levels | None) -> Levels | None:
        """The bars by these queries, with what they promise."""
        fitted = bars.fit(*self._hits(), prior)
        if fitted is None:
            return None
        shares = {level: right.mean() for level, right in self.called(fitted).items() if len(right)}
        promised = {level: round(float(share), 4) for level, share in shares.items()}
        return fitted.model_copy(update={"promised": promised})

    def line(self, prior: float) -> float:
        """From which score on a hit matches: by queries whose own product is left out."""
        return prior if self.without is None else bars.line(self.without, self.weights, prior)

    def _hits(self) -> tuple[Hits, Hits]:
        return Hits.of(self.without, self.weights), Hits.of(self.own, self.weights)

    def called(self, levels: Levels) -> dict[Level, Mask]:
        """Of the hits that a search shows and calls each level, which are so or better."""
        sides = [bars.called(hits, levels.others) for hits in self._hits()]
        return {level: np.concatenate([side[level] for side in sides]) for level in GRADES}


def fit(
    vision: Vision,
    stock: Stock,
    prior: Tuning,
    decided: Meanings,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> Fit:
    """The fit of a catalogue; `decided` are people's words, which win over what is proposed.

    `tell` hears how many of how many steps are done.
    """
    if not stock.photos:
        return Fit({kind: KindFit(None, prior.weights.get(kind, {}), 0) for kind in KINDS}, {}, ())
    steps = 2 + len(KINDS)
    labels = labelled(vision, stock.photos)
    meanings = list(_meanings(vision, stock.photos, labels))
    tell(1, steps)
    facets = _facets(stock.photos, labels, effective(meanings, decided))
    tell(2, steps)
    held = galleries.build(list(stock.photos), vision.embed_texts, prior.text_share)
    kinds: dict[Kind, KindFit] = {}
    for done, kind in enumerate(KINDS, 3):
        kinds[kind] = _kind(held, stock, kind, prior)
        tell(done, steps)
    return Fit(kinds, facets, meanings)


def labelled(vision: Vision, photos: Sequence[Photo]) -> list[Mapping[str, LabelScore]]:
    """What the model says of each photo by facet; of a seeded sample where there are many."""
    told: list[Mapping[str, LabelScore]] = [{} for _ in photos]
    rows = asking.sample(range(len(photos)), LABELLED)
    if rows:
        said = vision.label(np.stack([photos[row].vector for row in rows]))
        for row, some in zip(rows, said, strict=True):
            told[row] = {label.facet: label for label in some}
    return told


def effective(meanings: Sequence[Meaning], decided: Meanings) -> dict[tuple[str, str], str]:
    """By facet and value the word that counts, empty for none."""
    proposed = {(one.facet, key(one.spelled)): one.proposed or "" for one in meanings}
    return proposed | dict(decided)


def _meanings(
    vision: Vision, photos: Sequence[Photo], labels: Sequence[Mapping[str, LabelScore]]
) -> Iterator[Meaning]:
    for facet in vocabulary().facets.values():
        stated = [photo.of.facets.get(facet.name, "") for photo in photos]
        yield from meaning.propose(facet, stated, labels, vision.embed_texts)


def _facets(
    photos: Sequence[Photo],
    labels: Sequence[Mapping[str, LabelScore]],
    words: Mapping[tuple[str, str], str],
) -> dict[str, Fitted]:
    seen = [row for row, said in enumerate(labels) if said]
    first = weighing.first_half([photos[row].of.group for row in seen])
    found = {}
    for facet in vocabulary().facets.values():
        told = _told(facet, [photos[row] for row in seen], [labels[row] for row in seen], words)
        fitted = reading.fit(told, first)
        if fitted is not None:
            found[facet.name] = fitted
    return found


def _told(
    facet: Facet,
    photos: Sequence[Photo],
    labels: Sequence[Mapping[str, LabelScore]],
    words: Mapping[tuple[str, str], str],
) -> Told:
    stated = [photo.of.facets.get(facet.name, "") for photo in photos]
    meant = [words.get((facet.name, key(value)), "") if value else None for value in stated]
    said = [one.get(facet.name) for one in labels]
    found = reading.places(facet, [None if one is None else one.value for one in said])
    return Told(
        facet,
        reading.places(facet, meant),
        np.where(found < 0, unsaid(facet), found),
        np.array([0.0 if one is None else one.score for one in said]),
    )


def _kind(held: Gallery, stock: Stock, kind: Kind, prior: Tuning) -> KindFit:
    asked = _asked(held, kind)
    weights = _weights(held, asked, prior.weights.get(kind, {}))
    own = queries.by_photo(held, stock.second) if kind == "photo" else []
    found = Found(_near(held, asked, weights), _near(held, own, weights), weights)
    before = prior.levels.get(kind)
    levels = found.levels(before)
    reliability = {} if levels is None else _reliability(found, before, levels)
    known = prior.matches.get(kind)
    line = None if known is None else found.line(known.line)
    return KindFit(levels, weights, len(asked) + len(own), line, reliability)


def _near(held: Gallery, asked: Sequence[Asked], weights: Weights) -> Near | None:
    return nearest(held, asked, weighing.SEEN, tuple(weights)) if asked else None


def _weights(held: Gallery, asked: Sequence[Asked], prior: Weights) -> Mapping[Signal, float]:
    some = asking.sample(asked, weighing.MOST)
    return weighing.fit(nearest(held, some, weighing.SEEN), prior) if some else dict(prior)


def _asked(held: Gallery, kind: Kind) -> list[Asked]:
    ask: Mapping[Kind, Callable[[Gallery], list[Asked]]] = {
        "photo": asking.without_own,
        "words": asking.by_words,
        "composed": asking.recoloured,
    }
    return ask[kind](held)


def _reliability(found: Found, prior: Levels | None, levels: Levels) -> dict[Level, Reliability]:
    """Each half of the queries judged by bars that were fitted on the other."""
    halves = [(found.half(first), found.half(not first).levels(prior)) for first in (True, False)]
    judged = [half.called(fitted) for half, fitted in halves if fitted is not None]
    told = {}
    for level in GRADES:
        right = np.concatenate([np.empty(0), *(one[level] for one in judged)])
        measured = round(float(right.mean()), 4) if len(right) else None
        told[level] = Reliability(levels.promised.get(level), measured, len(right))
    return told


def _half(near: Near | None, first: bool) -> Near | None:
    if near is None:
        return None
    mask = weighing.first_half(near.groups)
    return near.where(mask if first else ~mask)
