"""How a model's labels are read in this catalogue: against what products state of themselves.

Each half of the products, by group, is judged by what was fitted on the other, so that the figures
are of products that nothing was fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.services.evaluation.figures import Ints, Mask, Values, macro_f1
from vitrine.services.evaluation.labels import f1, unsaid
from vitrine.vision.honesty import Reading, logit
from vitrine.vision.vocabulary import Facet

BAR = 0.5
"""The lower end of the interval reaches it, as for the facets of a card."""

FEWEST_VALUES = 3
"""A facet of which fewer values were measured is as the card says."""

FEWEST = 50
"""With fewer products that state the facet it is as the card says."""

PRIOR = 20.0
"""The card's temperature counts as much as so many labels."""

THRESHOLDS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
SLOPES = (0.2, 5.0)


@dataclass(frozen=True, slots=True)
class Told:
    """One facet of many products: the place of the stated word (-1 unknown, one past the last for
    a value that no word means), the place of the label (`unsaid`), and the label's score."""

    facet: Facet
    truth: Ints
    said: Ints
    scores: Values

    def where(self, mask: Mask) -> Told:
        """The products that the mask picks."""
        return Told(self.facet, self.truth[mask], self.said[mask], self.scores[mask])

    @property
    def labelled(self) -> Mask:
        """Which products have a label."""
        return np.asarray(self.said != unsaid(self.facet))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A facet as it is read now, and how good it was on products that nothing was fitted on."""

    reading: Reading
    f1: float
    low: float
    accuracy: float
    values: int
    n: int


def fit(told: Told, first: Mask) -> Fitted | None:
    """The reading of a facet; None where too little of it is stated."""
    known = told.truth >= 0
    if known.sum() < FEWEST:
        return None
    told, first = told.where(known), first[known]
    judged = told.said.copy()
    for half in (first, ~first):
        if not half.any() or half.all():
            return None
        judged[half] = _read(told.where(half), _fitted(told.where(~half)))
    found = f1(told.facet, told.truth, judged)
    if found is None or found.values < FEWEST_VALUES:
        return None
    shown = found.figure.low >= BAR
    reading = _fitted(told).model_copy(update={"shown": shown})
    said = judged != unsaid(told.facet)
    right = (judged == told.truth)[said]
    return Fitted(
        reading,
        found.figure.value,
        found.figure.low,
        round(float(right.mean()), 4) if len(right) else 0.0,
        found.values,
        len(told.truth),
    )


def _fitted(told: Told) -> Reading:
    """The temperature and shift that make scores honest, and the threshold that serves best."""
    labelled = told.labelled
    slope, shift = _line(
        np.array([logit(score) for score in told.scores[labelled].tolist()]),
        (told.said == told.truth)[labelled],
    )
    honest = Reading(temperature=1 / slope, shift=shift)
    tried = {
        least: _macro(told, honest.model_copy(update={"least": least})) for least in THRESHOLDS
    }
    best = max(tried.values())
    least = max(step for step, reached in tried.items() if reached >= best - 0.005)
    return Reading(temperature=round(1 / slope, 4), shift=round(shift, 4), least=least)


def _line(logits: Values, right: Mask) -> tuple[float, float]:
    """Slope and shift of a logistic regression, drawn to 1 and 0 as if by PRIOR labels."""
    slope, shift = 1.0, 0.0
    for _ in range(25):
        chance = 1 / (1 + np.exp(-(slope * logits + shift)))
        spread = chance * (1 - chance)
        slopes = np.array(
            [
                ((chance - right) * logits).sum() + PRIOR * (slope - 1),
                (chance - right).sum() + PRIOR / 4 * shift,
            ]
        )
        bent = np.array(
            [
                [(spread * logits**2).sum() + PRIOR, (spread * logits).sum()],
                [(spread * logits).sum(), spread.sum() + PRIOR / 4],
            ]
        )
        step = np.linalg.solve(bent, slopes)
        slope = float(np.clip(slope - step[0], *SLOPES))
        shift = float(np.clip(shift - step[1], -6, 6))
    return slope, shift


def _read(told: Told, reading: Reading) -> Ints:
    """The labels that are said by a reading."""
    honest = np.array([reading.honest(score) for score in told.scores.tolist()])
    return np.where(told.labelled & (honest >= reading.least), told.said, unsaid(told.facet))


def _macro(told: Told, reading: Reading) -> float:
    often = np.bincount(told.truth, minlength=len(told.facet.words) + 1)[: len(told.facet.words)]
    scored = np.flatnonzero(often >= 5)
    return macro_f1(told.truth, _read(told, reading), scored) if len(scored) else 0.0


def places(facet: Facet, words: Sequence[str | None]) -> Ints:
    """Each word's place: None is unknown, empty is none of ours."""
    place = {word.value: number for number, word in enumerate(facet.words)}
    found = [-1 if word is None else place.get(word, len(place)) for word in words]
    return np.array(found, dtype=np.int64)
