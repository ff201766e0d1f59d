"""What of the boxes of one picture is one item: doubles, pairs of shoes, and the main one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from math import hypot

from vitrine.core.groups import QualitySettings
from vitrine.vision import geometry
from vitrine.vision.card import FirstLook
from vitrine.vision.types import Box, Detection

RULE = "items1"
"""The version of `shown`, part of the detector's: it decides which boxes become crops."""

SHOES = "shoes"
LIKE = 0.35
"""A shoe of a pair has at least this share of the other one's width, height and area."""
APART = 1.5
"""The gap between the shoes of a pair is at most so many times the wider one's width."""
LEVEL = 1.0
"""Their middles lie at most so many times the higher one's height apart."""
COVER = 0.5
"""Of the smaller one at most this share lies in the other; more is one shoe seen twice."""

ALIKE = frozenset(
    frozenset(pair)
    for pair in (
        ("top", "outerwear"),
        ("top", "dress"),
        ("outerwear", "dress"),
        ("dress", "skirt"),
        ("skirt", "shorts"),
        ("pants", "shorts"),
    )
)
"""Kinds that the detector takes for each other."""

GARMENTS = frozenset({"top", "outerwear", "dress", "pants", "shorts", "skirt", "shoes", "bag"})
SURE = 0.5
"""From this score on a detection can be the main item."""
LARGER = 1.5
"""The main item has at least so many times the area of every other garment."""


def shown(seen: Sequence[Detection], confidence: float, alone: float) -> list[Detection]:
    """The items among detections, best first: those of the confidence, pairs of shoes as one.

    Where there are none, the surest one from the confidence `alone` on.
    """
    sure = [one for one in seen if one.score >= confidence]
    return paired(sure) or paired([one for one in seen if one.score >= alone])[:1]


def is_one(seen: Sequence[Detection], first: FirstLook) -> bool:
    """Whether a first look saw one item and has no doubt of it."""
    there = paired([one for one in seen if one.score >= first.doubt])
    return len(there) == 1 and there[0].score >= first.confidence


def paired(seen: Sequence[Detection]) -> list[Detection]:
    """The same, each pair of shoes as one detection around both, best score first.

    A shoe has one partner: the nearest pairs are made first.
    """
    shoes = sorted(
        (one for one in seen if one.kind == SHOES), key=lambda one: (one.box.as_tuple(), one.score)
    )
    rest = [one for one in seen if one.kind != SHOES]
    while pair := _nearest(shoes):
        shoes = [one for one in shoes if all(one is not shoe for shoe in pair)]
        rest.append(_both(*pair))
    return sorted([*rest, *shoes], key=lambda one: -one.score)


def same(one: Detection, other: Detection, rules: QualitySettings) -> bool:
    """Whether two boxes of one picture show one thing; the order does not matter."""
    if one.kind == other.kind and geometry.within(one.box, other.box) > rules.max_nested:
        return True
    alike = frozenset((one.kind, other.kind)) in ALIKE
    most = min(rules.max_overlap, rules.max_overlap_alike) if alike else rules.max_overlap
    return geometry.iou(one.box, other.box) > most


def main(seen: Iterable[Detection]) -> Detection | None:
    """The largest garment that is kept, if vision is sure of it and no other is nearly as large."""
    garments = [one for one in seen if one.verdict.kept and one.kind in GARMENTS]
    garments.sort(key=lambda one: (one.box.area, one.score), reverse=True)
    if not garments or garments[0].score < SURE:
        return None
    largest, *others = garments
    return largest if all(largest.box.area >= LARGER * one.box.area for one in others) else None


def _nearest(shoes: Sequence[Detection]) -> tuple[Detection, Detection] | None:
    """The two that can be a pair and whose middles are nearest."""
    pairs = [pair for pair in combinations(shoes, 2) if _is_pair(pair[0].box, pair[1].box)]
    return min(pairs, key=lambda pair: _distance(pair[0].box, pair[1].box), default=None)


def _is_pair(one: Box, other: Box) -> bool:
    """Whether two boxes have like sizes and lie side by side, or one a little above the other."""
    sizes = ((one.width, other.width), (one.height, other.height), (one.area, other.area))
    if any(min(pair) < LIKE * max(pair) for pair in sizes) or geometry.within(one, other) > COVER:
        return False
    wide, high = max(one.width, other.width), max(one.height, other.height)
    gap = max(one.x1, other.x1) - min(one.x2, other.x2)
    return gap <= APART * wide and abs(_middle(one)[1] - _middle(other)[1]) <= LEVEL * high


def _both(one: Detection, other: Detection) -> Detection:
    better = max(one, other, key=lambda shoe: shoe.score)
    return replace(better, box=geometry.around(one.box, other.box))


def _distance(one: Box, other: Box) -> float:
    (x, y), (u, v) = _middle(one), _middle(other)
    return hypot(x - u, y - v)


def _middle(box: Box) -> tuple[float, float]:
    return (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2
