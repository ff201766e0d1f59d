"""Average precision as COCO counts it: matching per photo, then 101 points of recall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.vision import geometry
from vitrine.vision.types import Box, Detection

IOUS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True, slots=True)
class Matches:
    """Of one kind on one photo: scores (n,), which are right by IoU (10, n), how many to find."""

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    truths: int


PhotoMatches = Mapping[str, Matches]
"""What was found on one photo by kind."""

AT_50, AT_50_95 = slice(0, 1), slice(None)
"""The places of IOUS that mAP50 and mAP50-95 are the means over."""


def match(found: Sequence[Detection], truths: Sequence[Box]) -> Matches:
    """Each detection, best first, takes the free true box it overlaps most, if by the IoU asked."""
    best_first = sorted(found, key=lambda one: -one.score)
    right = np.zeros((len(IOUS), len(best_first)), dtype=np.bool_)
    overlaps = [[geometry.iou(one.box, truth) for truth in truths] for one in best_first]
    for row, least in enumerate(IOUS):
        free = set(range(len(truths)))
        for place, some in enumerate(overlaps):
            best = max(free, key=lambda truth: some[truth], default=None)
            if best is not None and some[best] >= least:
                right[row, place] = True
                free.remove(best)
    return Matches(np.array([one.score for one in best_first]), right, len(truths))


def average_precision(photos: Sequence[Matches], ious: slice = slice(None)) -> NDArray[np.float64]:
    """Average precision over photos at these places of IOUS; nan where nothing is to be found."""
    truths = sum(photo.truths for photo in photos)
    if not truths:
        return np.full(len(IOUS[ious]), np.nan)
    scores = np.concatenate([photo.scores for photo in photos])
    right = np.concatenate([photo.right[ious] for photo in photos], axis=1)
    hits = np.cumsum(right[:, np.argsort(-scores, kind="stable")], axis=1)
    return np.array([_area(row, truths) for row in hits])


def mean_average_precision(photos: Sequence[PhotoMatches], ious: slice = AT_50) -> float:
    """The mean over the kinds that are there to be found; nan where nothing is."""
    each = [
        average_precision([photo[kind] for photo in photos if kind in photo], ious)
        for kind in there(photos)
    ]
    return float(np.mean(each)) if each else float("nan")


def there(photos: Iterable[PhotoMatches]) -> list[str]:
    """The kinds that are to be found on any of the photos, in order."""
    return sorted({kind for photo in photos for kind, one in photo.items() if one.truths})


def _area(hits: NDArray[np.int64], truths: int) -> float:
    precision = hits / np.arange(1, len(hits) + 1)
    # Precision at a recall is the best at that recall or beyond.
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(hits / truths, RECALLS - 1e-12, side="left")
    return float(np.append(best, 0.0)[places].mean())
