"""The figures of a detector on a snapshot's test part: mean average precision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vitrine.services.training.gate import Figures
from vitrine.services.training.looking import LIMITS, Tell
from vitrine.services.training.statistics import Mean, MeanPrecision
from vitrine.vision import analyzer, boxed, images
from vitrine.vision.ap import IOUS, PhotoMatches, match
from vitrine.vision.boxed import BoxedPhoto
from vitrine.vision.figures import Ints
from vitrine.vision.types import Box, Detection, Size

LOWEST = 0.01
"""From this score on a detection counts for precision."""

BATCH = 4


@dataclass(frozen=True, slots=True)
class Precision:
    """The figures of one detector, and of how many products the photos are."""

    figures: Figures
    products: int


def measure(folder: Path, snapshot: Path, owners: Mapping[str, str], tell: Tell) -> Precision:
    """mAP50 and mAP50-95 of the model in a folder; `owners` name the product of each photo.

    A photo of no known product stands for itself. Raises as `boxed.read` and `open_detector`.
    """
    detector = analyzer.open_detector(folder, LOWEST)
    photos = boxed.read(snapshot, detector.card.kinds)["test"]
    if not photos:
        return Precision({}, 0)
    found: list[PhotoMatches] = []
    for start in range(0, len(photos), BATCH):
        some = photos[start : start + BATCH]
        pictures = [images.open(photo.path.read_bytes(), LIMITS).pixels for photo in some]
        for photo, picture, seen in zip(some, pictures, detector.detect(pictures), strict=True):
            truths = _there(photo, Size(*picture.size), detector.card.kinds)
            found.append(_beside(seen, truths))
        tell(len(found), len(photos))
    whose = numbered(photos, owners)
    each = [MeanPrecision.at(found, whose, overlap) for overlap in range(len(IOUS))]
    return Precision({"map50": each[0], "map50_95": Mean(each)}, int(whose.max()) + 1)


def numbered(photos: Sequence[BoxedPhoto], owners: Mapping[str, str]) -> Ints:
    """The number of each photo's product, by the photo's name."""
    names = [owners.get(photo.path.stem, photo.path.stem) for photo in photos]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int64)


def _there(photo: BoxedPhoto, size: Size, kinds: Sequence[str]) -> Mapping[str, list[Box]]:
    truths: defaultdict[str, list[Box]] = defaultdict(list)
    for kind, box in photo.on(size):
        truths[kinds[kind]].append(box)
    return truths


def _beside(seen: Sequence[Detection], truths: Mapping[str, list[Box]]) -> PhotoMatches:
    kinds = {one.kind for one in seen} | set(truths)
    return {
        kind: match([one for one in seen if one.kind == kind], truths.get(kind, ()))
        for kind in sorted(kinds)
    }
