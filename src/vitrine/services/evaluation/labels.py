"""How good labels are: what indexing would write beside what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vitrine.ports import Vision
from vitrine.services.evaluation.figures import Figure, Ints, macro_f1, resampled
from vitrine.services.evaluation.gallery import Known
from vitrine.vision.types import LabelScore, Vector
from vitrine.vision.vocabulary import Facet, vocabulary

FEWEST = 10
"""A value counts with so many pictures."""

Told = Sequence[Mapping[str, LabelScore]]
"""For each picture its labels by facet."""


class Macro(NamedTuple):
    """Macro-F1, and over how many values."""

    figure: Figure
    values: int


@dataclass(frozen=True, slots=True)
class FacetFigure:
    """Macro-F1 of one facet over so many `values`; `shown` says that shoppers see its labels."""

    f1: Figure
    values: int
    shown: bool


def measure(
    vision: Vision, products: Sequence[Known], vectors: Sequence[Vector | None]
) -> dict[str, FacetFigure]:
    """The figures of every facet that enough is known of, each product beside its vector.

    What has no vector gets no label, and counts as missed.
    """
    seen = [vector for vector in vectors if vector is not None]
    labelled = iter(vision.label(np.stack(seen)) if seen else [])
    told = [
        {label.facet: label for label in next(labelled)} if vector is not None else {}
        for vector in vectors
    ]
    found, shown = {}, vision.shown_facets
    for name, facet in vocabulary().facets.items():
        truth = places(facet, [known.facets.get(name, "") for known in products])
        counted = f1(facet, truth, _said(facet, told))
        if counted is not None:
            found[name] = FacetFigure(*counted, shown=name in shown)
    return found


def places(facet: Facet, texts: Sequence[str]) -> Ints:
    """Each text's value by its place, -1 for none; one past the last where no word means it.

    A text means a word by any of its names, whatever their case and language.
    """
    known = {text: _place(facet, text) for text in set(texts)}
    return np.array([known[text] for text in texts], dtype=np.int64)


def unsaid(facet: Facet) -> int:
    """The place that stands for no label: one more value, that is never true."""
    return len(facet.words) + 1


def f1(facet: Facet, truth: Ints, said: Ints) -> Macro | None:
    """Macro-F1 over the values that are true FEWEST times, and how many these are; None for none.

    Both are places of values; what is not known (-1) does not count.
    """
    known = truth >= 0
    truth, said = truth[known], said[known]
    often = np.bincount(truth, minlength=len(facet.words) + 1)[: len(facet.words)]
    counted = np.flatnonzero(often >= FEWEST)
    if not len(counted):
        return None
    found = resampled(lambda rows: macro_f1(truth[rows], said[rows], counted), len(truth))
    return None if found is None else Macro(found, len(counted))


def _said(facet: Facet, told: Told) -> Ints:
    place = {word.value: number for number, word in enumerate(facet.words)}
    none = unsaid(facet)
    said = [place[label[facet.name].value] if facet.name in label else none for label in told]
    return np.array(said, dtype=np.int64)


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
