"""Whether a query is about anything the catalogue has, and from which score on products match it.

What a query must be about is told by a rule that was fitted at home and checked on another shop's
catalogue (docs/search.md). Filters do not move the line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from vitrine.services.search import meaning
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.intent import Intent
from vitrine.services.search.meaning import Known
from vitrine.vision.tuning import Kind, Rule, Tuning
from vitrine.vision.types import Vector

NAMED = 3.0
"""What an article number in the words adds to its product's score: more than all else can."""

NOTHING = 2.0
"""A line that only what is named by its article number reaches."""

LIKELY = 0.5
"""A query fits from this chance on."""

BESIDE = 0.03
"""Where a query fits, what is so near to the best product matches as well, wherever the line is."""

Evidence = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Matching:
    """From which score on products match, None for all; and whether the query fits the catalogue at
    all, so that any can."""

    line: float | None = None
    fits: bool = True


EVERYTHING = Matching()


def judged(
    tuning: Tuning, catalogue: Catalogue, intent: Intent, best: float, rough: Vector
) -> Matching:
    """The line of a query, whose best score in the catalogue and `rough` cosines are given."""
    given = tuning.matches.get(intent.kind)
    if given is None:
        return EVERYTHING
    if not fits(tuning, catalogue, intent, rough):
        return Matching(NOTHING, fits=False)
    return Matching(min(given.line, best - BESIDE))


def of_words(
    known: Known, catalogue: Catalogue, intent: Intent, vector: Vector, rough: Vector | None = None
) -> Evidence:
    """What speaks for words and their vector, of which `rough` are the cosines, if known."""
    told = meaning.told(known, catalogue, intent)
    return {**asdict(told), **_likeness(catalogue, vector, rough)}


def of_picture(
    catalogue: Catalogue, intent: Intent, vector: Vector, rough: Vector | None = None
) -> Evidence:
    """What speaks for a picture and its vector, of which `rough` are the cosines, if known."""
    return {"seen": intent.seen, **_likeness(catalogue, vector, rough)}


def chance(rule: Rule, evidence: Evidence, vector: Vector) -> float:
    """How likely a query of this evidence and vector is about the catalogue, 0 to 1."""
    told = rule.bias + sum(weight * evidence[name] for name, weight in rule.weights.items())
    if len(rule.direction) == len(vector):
        told += float(np.dot(rule.direction, vector.astype(np.float64)))
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, told))))


def fits(tuning: Tuning, catalogue: Catalogue, intent: Intent, rough: Vector | None = None) -> bool:
    """Whether the picture or the words are about the catalogue; of both one is enough.

    `rough` are the cosines to the intent's vector, if known.
    """
    told = list[bool]()

    def known_of(vector: Vector) -> Vector | None:
        return rough if np.array_equal(vector, intent.vector) else None

    if intent.image is not None:
        rule = _rule(tuning, "photo")
        evidence = of_picture(catalogue, intent, intent.image, known_of(intent.image))
        told.append(rule is None or chance(rule, evidence, intent.image) >= LIKELY)
    if intent.text is not None:
        rule = _rule(tuning, "words")
        cosines = known_of(intent.text)
        evidence = of_words(Known.of(tuning.spoken), catalogue, intent, intent.text, cosines)
        sure = rule is None or chance(rule, evidence, intent.text) >= LIKELY
        told.append(sure or evidence["whole"] > 0 or evidence["vocabulary"] >= 1)
    return any(told) or not told


def _rule(tuning: Tuning, kind: Kind) -> Rule | None:
    given = tuning.matches.get(kind)
    return None if given is None else given.rule


def _likeness(catalogue: Catalogue, vector: Vector, rough: Vector | None) -> Evidence:
    """The best cosine of all living products, and by how many deviations it stands out."""
    best, mean, spread = catalogue.likeness(vector, rough)
    return {"cosine": best, "apart": (best - mean) / max(1e-6, spread)}
