"""How well heads name garments on products held out, and at which temperature they are honest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.finetune.looking import Ints
from vitrine.vision import labels
from vitrine.vision.figures import Figure, macro_f1, resampled
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import Facet

Floats = NDArray[np.float32]

FEWEST = 10
"""A value counts in an F1 with so many products, as in `vitrine evaluate`."""
HONEST_FROM = 20
"""A temperature is fitted to so many products."""
TEMPERATURES = np.geomspace(0.25, 4.0, 33)


@dataclass(frozen=True, slots=True)
class Head:
    """Logits of vectors by `weight` (k, d) and `bias`; the first `own` rows were there before."""

    weight: Floats
    bias: Floats
    values: tuple[str, ...]
    own: int = 0

    def sums(self, facet: Facet) -> Floats:
        """Which rows (k, words) mean which word."""
        sums = np.zeros((len(self.values), len(facet.words)), dtype=np.float32)
        for row, value in enumerate(self.values):
            place = facet.place(value)
            if place is not None:
                sums[row, place] = 1.0
        return sums

    def naming(self, facet: Facet, temperature: float) -> labels.Naming:
        """The head as labels are made by it."""
        rows = self.weight, self.bias, self.sums(facet)
        return labels.Naming(facet, labels.HEAD, *rows, temperature)


@dataclass(frozen=True, slots=True)
class Judged:
    """A head, its temperature (None: too little to fit one to), and its F1 over `n` products."""

    head: Head
    temperature: float | None
    f1: Figure | None
    n: int


def judged(facet: Facet, head: Head, vectors: Vector, truth: Ints) -> Judged:
    """The head with its figures on vectors (n, d) of products; -1 in the truth is unknown."""
    known = (truth >= 0) & (truth < len(facet.words))
    seen, wanted = vectors[known], truth[known]
    warmth = _honest(facet, head, seen, wanted) if len(seen) >= HONEST_FROM else None
    naming = head.naming(facet, warmth or 1.0)
    return Judged(head, warmth, f1(facet, naming, vectors, truth), len(seen))


def gain(truth: Ints, before: Ints, after: Ints, values: int) -> tuple[Figure, ...] | None:
    """Macro-F1 of what was said before and after, and their difference with its paired interval.

    Places of values; -1 in the truth is unknown; None where no value of so many is true often.
    """
    known = truth >= 0
    wanted, old, new = truth[known], before[known], after[known]
    counted = _counted(wanted, values)
    if not len(counted):
        return None
    found = (
        resampled(lambda rows: macro_f1(wanted[rows], old[rows], counted), len(wanted)),
        resampled(lambda rows: macro_f1(wanted[rows], new[rows], counted), len(wanted)),
        resampled(
            lambda rows: (
                macro_f1(wanted[rows], new[rows], counted)
                - macro_f1(wanted[rows], old[rows], counted)
            ),
            len(wanted),
        ),
    )
    return tuple(one for one in found if one is not None)


def said(naming: labels.Naming, vectors: Vector) -> Ints:
    """What is said of vectors (n, d) by place; one more than there can be where nothing is."""
    scores = naming.scores(vectors)
    best = scores.argmax(axis=1)
    unsaid = len(naming.facet.words) + 1
    return np.where(scores.max(axis=1) < labels.LEAST, unsaid, best).astype(np.int64)


def f1(facet: Facet, naming: labels.Naming, vectors: Vector, truth: Ints) -> Figure | None:
    """Macro-F1 over the values that are true often enough, None for none; what scores too little
    is not said."""
    known = truth >= 0
    wanted, told = truth[known], said(naming, vectors[known]) if known.any() else truth[known]
    counted = _counted(wanted, len(facet.words))
    if not len(counted):
        return None
    return resampled(lambda rows: macro_f1(wanted[rows], told[rows], counted), len(wanted))


def _counted(wanted: Ints, values: int) -> Ints:
    often = np.bincount(wanted, minlength=values + 1)[:values]
    return np.flatnonzero(often >= FEWEST)


def spelled(facet: Facet, told: Sequence[Mapping[str, str]]) -> Ints:
    """What is said of each product by its place among the values: -1 for nothing, one past the last
    for what no word means."""
    texts = [each.get(facet.name) or each.get(facet.head) or "" for each in told]
    places = {text: _place(facet, text) for text in set(texts)}
    return np.array([places[text] for text in texts], dtype=np.int64)


def _place(facet: Facet, text: str) -> int:
    if not text:
        return -1
    trained = facet.place(text)
    if trained is not None:
        return trained
    wanted = text.casefold()
    for place, word in enumerate(facet.words):
        if wanted in {each.casefold() for each in word.spellings}:
            return place
    return len(facet.words)


def _honest(facet: Facet, head: Head, vectors: Vector, truth: Ints) -> float:
    """The temperature at which the right values are least surprising."""
    rows = np.arange(len(truth))
    surprise = [
        -np.log(head.naming(facet, float(at)).scores(vectors)[rows, truth] + 1e-6).mean()
        for at in TEMPERATURES
    ]
    return round(float(TEMPERATURES[int(np.argmin(surprise))]), 4)
