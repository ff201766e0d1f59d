"""What makes a product worth a look, and how much: pure arithmetic.

Each doubt is 0 to 1, with how often a product with such a full doubt is wrong, so that several
doubts become one chance that something is: as if they were independent. The figures were set on a
catalogue into which errors had been put.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from vitrine.vision import items, kinds, labels
from vitrine.vision.types import GIVEN, WHOLE
from vitrine.vision.vocabulary import CATEGORY, vocabulary

LABEL_MARGIN, PRIMARY_MARGIN = "label_margin", "primary_margin"
DETECTOR_SCORE, DISAGREEMENT = "detector_score", "disagreement"
KINDS = (LABEL_MARGIN, PRIMARY_MARGIN, DETECTOR_SCORE, DISAGREEMENT)

CLOSE_LABELS: Mapping[str, float] = MappingProxyType({CATEGORY: 0.3, "colour": 0.15})
OTHERS = 0.1
"""How often something is wrong where two values are as likely; less in other facets."""

CONTRADICTED: Mapping[str, float] = MappingProxyType({CATEGORY: 0.7, "colour": 0.5})
REST = 0.3
"""What a label that the shop surely contradicts is worth, in other facets less: what is stale, a
wrong crop or another garment misleads more, and comes first."""

RELIABLE, OTHER_WORDS = 0.95, 20
"""How often a shop states what is so, and among how many words it else errs."""

GARMENTS = 0.9
"""How often something is wrong where two name different garments for sure."""

STALE, WRONG_CROP, CLOSE_CROPS, FAINT = 0.95, 0.95, 0.35, 0.1
"""How often something is wrong where a label is not what the model says now, the primary is not the
crop that the rule takes, two crops fit as well, and the detector was hardly sure."""

CLOSE = 0.06
"""Two crops whose scores differ by it are told apart about two times in three."""

WORTH = 0.05
"""Less doubt than this is not told."""

SEEN, FRAMED, SPOKEN = 0.3, 0.5, 0.9
"""How bad it is if the detector and the encoder, what is said and the detector, or what is said and
another name different garments: detectors name them worst."""

MISNAMED = 0.3
"""What is left of a disagreement with the detector about a garment that the encoder knows as what
it is said to be: the detector only named it wrong."""

SIMILAR = 0.4
"""What is left of a disagreement between garments that are taken for each other."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason to look, with how strong it is, and a sentence for people.

    `trust` is how often a product with such a full doubt is wrong.
    """

    kind: str
    facet: str | None
    score: float
    says: str
    trust: float = OTHERS


@dataclass(frozen=True, slots=True)
class CropFacts:
    """What of a crop tells whether it stands for its product."""

    crop_id: str
    kind: str
    score: float
    primary_score: float
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a product.

    `likely` are, by facet, the values that the model finds likely now, best first, with honest
    scores; `said` are those it said and shoppers see. `shop` and `meant` are the shop's own values
    and the words meant by them, `sure` how sure that is, 1 where it is not told. `kept` are the
    crops that are kept; `texts` are category, title and description. `decided` are the facets in
    which a person's word stands.
    """

    likely: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    shop: Mapping[str, str] = field(default_factory=dict)
    meant: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, float] = field(default_factory=dict)
    kept: Sequence[CropFacts] = ()
    primary: str | None = None
    primary_by_person: bool = False
    texts: Sequence[str] = ()
    decided: frozenset[str] = frozenset()


def found(facts: Facts) -> list[Doubt]:
    """All doubts worth telling of a product, the strongest first."""
    every = [
        *_labels(facts),
        *_primary(facts),
        *_detector(facts),
        *_shop(facts),
        *_garments(facts),
        *_spoken(facts),
    ]
    told = [one for one in every if one.score >= WORTH and one.facet not in facts.decided]
    return sorted(told, key=lambda one: -one.score * one.trust)


def by_kind(doubts: Iterable[Doubt]) -> dict[str, float]:
    """The strongest doubt of each kind, 0 where there is none."""
    strongest = dict.fromkeys(KINDS, 0.0)
    for one in doubts:
        strongest[one.kind] = max(strongest[one.kind], round(one.score, 4))
    return strongest


def chance(doubts: Iterable[Doubt]) -> float:
    """How likely something about the product is wrong, 0 to 1.

    Several doubts of one kind about one facet have one cause: the strongest counts.
    """
    strongest: dict[tuple[str, str | None], float] = {}
    for one in doubts:
        place = (one.kind, one.facet)
        strongest[place] = max(strongest.get(place, 0.0), one.score * one.trust)
    return 1 - math.prod(1 - each for each in strongest.values())


def priority(doubts: Iterable[Doubt], traffic: int) -> float:
    """What a look is worth: the chance of an error, times how many would meet it."""
    return round(chance(doubts) * (1 + math.log2(1 + traffic) / 4), 6)


def _labels(facts: Facts) -> Iterable[Doubt]:
    for facet, value in facts.said.items():
        scores = dict(facts.likely.get(facet, ()))
        others = {word: score for word, score in scores.items() if word != value}
        if not others:
            continue
        other = max(others, key=others.__getitem__)
        margin = scores.get(value, 0.0) - others[other]
        if margin < 0:  # what is said is not what the model says now
            stale = min(1.0, 0.6 - margin)
            yield Doubt(DISAGREEMENT, facet, stale, f"{value}, now {other}", STALE)
        trust = CLOSE_LABELS.get(facet, OTHERS)
        yield Doubt(LABEL_MARGIN, facet, min(1.0, 1 - margin), f"{value} or {other}", trust)


def _primary(facts: Facts) -> Iterable[Doubt]:
    if facts.primary_by_person:
        return
    chosen = next((crop for crop in facts.kept if crop.crop_id == facts.primary), None)
    if chosen is None:
        yield Doubt(PRIMARY_MARGIN, None, 0.9, "no crop stands for it", WRONG_CROP)
        return
    others = [crop.primary_score for crop in facts.kept if crop is not chosen]
    if others:
        margin = chosen.primary_score - max(others)
        if margin < 0:
            yield Doubt(PRIMARY_MARGIN, None, 1.0, "another crop fits better", WRONG_CROP)
        near = math.exp(-max(0.0, margin) / CLOSE)
        yield Doubt(PRIMARY_MARGIN, None, near, "another crop fits nearly as well", CLOSE_CROPS)


def _detector(facts: Facts) -> Iterable[Doubt]:
    for crop in facts.kept:
        if crop.crop_id != facts.primary or crop.by_person or crop.kind in (WHOLE, GIVEN):
            continue
        says = f"{crop.kind} at {crop.score:.2f}"
        yield Doubt(DETECTOR_SCORE, None, max(0.0, 1 - crop.score / items.SURE), says, FAINT)


def _shop(facts: Facts) -> Iterable[Doubt]:
    """Where the shop says another word than the model does: unseen labels mislead nobody."""
    for facet, word in facts.meant.items():
        said = facts.said.get(facet, word)
        if said == word or (facet == CATEGORY and not _garment(word)):
            continue
        score = _mistaken(said, word, dict(facts.likely.get(facet, ())), facts.sure.get(facet, 1.0))
        says = f"{facts.shop.get(facet, word)}, looks {said}"
        yield Doubt(DISAGREEMENT, facet, score, says, CONTRADICTED.get(facet, REST))


def _mistaken(said: str, word: str, scores: Mapping[str, float], sure: float) -> float:
    """How likely what is said is wrong now that the shop says another word, by Bayes' rule.

    The scores are how likely each value was before; a value of the shop's of which nobody is sure
    what it means tells little.
    """
    others = (1 - RELIABLE) / OTHER_WORDS

    def heard(value: str) -> float:
        return sure * (RELIABLE if value == word else others) + (1 - sure) / OTHER_WORDS

    known = {word: labels.FAINT, said: labels.FAINT} | dict(scores)
    likely = {value: score * heard(value) for value, score in known.items()}
    return 1 - likely[said] / sum(likely.values())


def _garments(facts: Facts) -> Iterable[Doubt]:
    """Whether detector, encoder and the product's own words see one kind of garment."""
    likely = facts.likely.get(CATEGORY) if CATEGORY in facts.said else None
    looks = _garment(likely[0][0]) if likely else None
    primary = next((crop for crop in facts.kept if crop.crop_id == facts.primary), None)
    framed = primary.kind if primary and primary.kind not in (WHOLE, GIVEN) else None
    said, known = _said(facts)
    sure = likely[0][1] if likely else 0.0
    yield from _differ(framed, looks, SEEN, f"framed as {framed}, looks like {looks}")
    named = MISNAMED if looks == said else 1.0
    yield from _differ(
        said, framed, FRAMED * named * known, f"said to be {said}, framed as {framed}"
    )
    yield from _differ(said, looks, SPOKEN * sure * known, f"said to be {said}, looks like {looks}")


def _spoken(facts: Facts) -> Iterable[Doubt]:
    """Whether the shop's category and its title name one kind of garment."""
    category, *others = facts.texts or ("",)
    one = _garment(facts.meant.get(CATEGORY, "")) or kinds.stated(category)
    other = kinds.stated(*others[:1])
    yield from _differ(one, other, SPOKEN, f"category {one}, title {other}")


def _said(facts: Facts) -> tuple[str | None, float]:
    """The garment that the shop names, and how sure it is that it means this one."""
    named = _garment(facts.meant.get(CATEGORY, ""))
    sure = facts.sure.get(CATEGORY, 1.0) if named else 1.0
    return named or kinds.stated(*facts.texts), sure


def _differ(one: str | None, other: str | None, score: float, says: str) -> Iterable[Doubt]:
    if one is None or other is None or one == other:
        return
    alike = frozenset((one, other)) in items.ALIKE
    score *= SIMILAR if alike else 1.0
    yield Doubt(DISAGREEMENT, CATEGORY, score, says, GARMENTS)


def _garment(category: str) -> str | None:
    return vocabulary().kind(category)
