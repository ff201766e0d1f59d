"""How far reviewers agree: Krippendorff's alpha by facet, and each reviewer with the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import krippendorff
import numpy as np

from vitrine.services.review.looked import looked_at
from vitrine.tables.review import ReviewAnswer

Said = tuple[str, str]
"""Who said it, and what: the values of a facet as one text."""

Labels = Mapping[str, Sequence[str]]
"""Values by facet."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha is 1 where all agree and 0 where they might as well guess; None where it says nothing,
    because nobody or everybody said the same one thing. `doubly` is how many were judged twice."""

    alpha: float | None
    doubly: int


def by_facet(answers: Iterable[ReviewAnswer]) -> dict[str, Agreement]:
    """The agreement of these answers in each facet of which two people spoke."""
    return {facet: _agreement(units) for facet, units in sorted(_units(answers).items())}


def by_reviewer(answers: Iterable[ReviewAnswer]) -> dict[str, tuple[int, int]]:
    """By reviewer how often they said what another one said of the same, and of how often."""
    right, asked = Counter[str](), Counter[str]()
    for units in _units(answers).values():
        for said in units:
            for place, (who, what) in enumerate(said):
                others = [other for number, (_, other) in enumerate(said) if number != place]
                asked[who] += len(others)
                right[who] += others.count(what)
    return {who: (right[who], asked[who]) for who in asked}


def _units(answers: Iterable[ReviewAnswer]) -> dict[str, list[list[Said]]]:
    """By facet, for each item of which several people looked at it, who said what; each their
    last."""
    items: dict[str, dict[str, Labels]] = defaultdict(dict)
    for answer in sorted(answers, key=lambda one: (one.created_at, one.id)):
        by, who = items[answer.item_id], answer.created_by or ""
        before = {} if looked_at(answer.verified).everything else by.get(who, {})
        by[who] = {**before, **answer.verified.get("labels", {})}
    units: dict[str, list[list[Said]]] = defaultdict(list)
    for by_person in items.values():
        told: dict[str, list[Said]] = defaultdict(list)
        for who, labels in by_person.items():
            for facet, values in labels.items():
                told[facet].append((who, "|".join(sorted(values))))
        for facet, said in told.items():
            if len(said) > 1:
                units[facet].append(said)
    return units


def _agreement(units: Sequence[Sequence[Said]]) -> Agreement:
    values = sorted({what for said in units for _, what in said})
    if len(values) < 2:  # alpha is not defined where nothing varies
        return Agreement(None, len(units))
    counts = np.array([[[what for _, what in said].count(one) for one in values] for said in units])
    alpha = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    return Agreement(round(float(alpha), 4), len(units))
