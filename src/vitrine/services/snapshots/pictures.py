"""Verified products as a detector sees them: photos with every object on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vitrine.services.review.decisions import MOVED, REMOVED
from vitrine.services.snapshots.items import Crop, Item, Photo
from vitrine.vision import geometry
from vitrine.vision.quality import NOT_NEEDED
from vitrine.vision.types import GIVEN, WHOLE, Box
from vitrine.vision.vocabulary import CATEGORY, vocabulary

NO_OBJECTS = (WHOLE, GIVEN)
"""Kinds of crops that tell where to look, and not what is there."""

NO_NEGATIVES = (NOT_NEEDED, "duplicate", MOVED, REMOVED)
"""Reasons for which a crop is rejected though an object may well be there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo with the objects on it, none perhaps, and what looks like one and is none."""

    photo: Photo
    split: str
    objects: Sequence[Crop]
    negatives: Sequence[Crop]


def shown(items: Sequence[Item]) -> list[Shown]:
    """The photos whose objects are all known, by sha256; of a photo shown twice the newest word."""
    found = {
        each.photo.sha256: each
        for item in sorted(items, key=lambda item: (item.at, item.external_id))
        if item.boxes
        for each in _of(item)
    }
    return [found[sha256] for sha256 in sorted(found)]


def classes(pictures: Sequence[Shown]) -> list[str]:
    """The kinds of objects in a stable order: the vocabulary's, then what else there is."""
    known = sorted({word.kind for word in vocabulary().facets[CATEGORY].words})
    seen = {crop.kind for each in pictures for crop in each.objects}
    return [*known, *sorted(seen - set(known))]


def inside(crop: Crop, photo: Photo) -> Box:
    """The part of a crop's box that lies on its photo."""
    return geometry.clip(crop.box, photo.size)


def _of(item: Item) -> Iterator[Shown]:
    for photo in item.photos:
        crops = [crop for crop in item.crops if crop.image_sha256 == photo.sha256]
        kept = [crop for crop in crops if crop.kept]
        # A whole picture that stands in says that nothing was found, not that nothing is there.
        if crops and not any(crop.late or crop.kind in NO_OBJECTS for crop in kept):
            yield Shown(photo, item.split, kept, [crop for crop in crops if _negative(crop)])


def _negative(crop: Crop) -> bool:
    return not (crop.kept or crop.late or crop.kind in NO_OBJECTS or crop.reason in NO_NEGATIVES)
