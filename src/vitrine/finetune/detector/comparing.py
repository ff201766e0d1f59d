"""What the tuned detector sees on held photos, beside what the one before it saw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.finetune.detector.course import Held
from vitrine.finetune.detector.marked import Marked, opened
from vitrine.finetune.detector.measuring import beside, found
from vitrine.finetune.detector.net import Detector
from vitrine.vision.ap import (
    AT_50,
    AT_50_95,
    PhotoMatches,
    average_precision,
    mean_average_precision,
    there,
)
from vitrine.vision.types import Detection

SHOWN = 4
"""So many examples of what became better, and of what became worse."""

CONFIDENCES = np.arange(0.1, 0.75, 0.05)
GAIN = 0.01
"""Another confidence is taken where it makes F1 better by more than this."""


@dataclass(frozen=True, slots=True)
class Example:
    """A photo, what is there, and what both detectors kept on it; `gain` is the change of F1."""

    marked: Marked
    before: Sequence[Detection]
    after: Sequence[Detection]
    gain: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Figures of both, photos that became better and worse, the confidence that suits the new."""

    figures: Mapping[str, Mapping[str, float]]
    better: Sequence[Example]
    worse: Sequence[Example]
    confidence: float


def compare(before: Detector, after: Detector, judge: Held, confidence: float) -> Compared:
    """Both on the held photos, keeping what reaches the confidence."""
    examples: list[Example] = []
    told: tuple[list[PhotoMatches], list[PhotoMatches]] = ([], [])
    for photo in judge.photos:
        marked = opened(photo)
        seen = [found(one, marked.pixels, judge.kinds, judge.side) for one in (before, after)]
        matches = [beside(marked, some, judge.kinds) for some in seen]
        for side, one in zip(told, matches, strict=True):
            side.append(one)
        old, new = ([each for each in some if each.score >= confidence] for some in seen)
        gain = f1([matches[1]], confidence) - f1([matches[0]], confidence)
        examples.append(Example(marked, old, new, gain))
        examples = _extremes(examples)
    return Compared(
        {"before": figures(told[0]), "after": figures(told[1])},
        [one for one in examples[::-1] if one.gain > 0][:SHOWN],
        [one for one in examples if one.gain < 0][:SHOWN],
        best_confidence(told[1], confidence),
    )


def figures(photos: Sequence[PhotoMatches]) -> dict[str, float]:
    """mAP50, mAP50-95 and AP50 by kind; nothing where nothing is to be found."""
    each = {
        f"ap50_{kind}": float(average_precision([one[kind] for one in photos], AT_50)[0])
        for kind in there(photos)
    }
    means = {
        "map50": mean_average_precision(photos, AT_50),
        "map50_95": mean_average_precision(photos, AT_50_95),
    }
    known = {name: value for name, value in (means | each).items() if not math.isnan(value)}
    return {name: round(value, 4) for name, value in known.items()}


def f1(photos: Sequence[PhotoMatches], confidence: float) -> float:
    """F1 of all boxes from this confidence on, right from half an overlap on."""
    every = [one for photo in photos for one in photo.values()]
    right = sum(int(one.right[0][one.scores >= confidence].sum()) for one in every)
    said = sum(int((one.scores >= confidence).sum()) for one in every)
    truths = sum(one.truths for one in every)
    return 2 * right / (said + truths) if said + truths else 1.0


def best_confidence(photos: Sequence[PhotoMatches], now: float) -> float:
    """From which confidence on F1 is best; as now where that is hardly worse."""
    best = max(CONFIDENCES.tolist(), key=lambda one: f1(photos, one))
    return best if f1(photos, best) > f1(photos, now) + GAIN else now


def _extremes(examples: list[Example]) -> list[Example]:
    """Only those that may be shown, worst first: pixels are large."""
    ordered = sorted(examples, key=lambda one: one.gain)
    return ordered if len(ordered) <= 2 * SHOWN else [*ordered[:SHOWN], *ordered[-SHOWN:]]
