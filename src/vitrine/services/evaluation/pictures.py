"""A manifest's pictures as vision sees them, by the same road as indexing and searching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.ports import Vision
from vitrine.services.evaluation.figures import Mask
from vitrine.services.evaluation.gallery import Photo
from vitrine.services.evaluation.manifest import GALLERY, Entry, wrong
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.traits import Trait
from vitrine.vision.types import Analysis, Vector

BATCH = 16

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The lines of a manifest, and what was seen on each; None where vision kept nothing."""

    entries: Sequence[Entry]
    photos: Sequence[Photo | None]
    vectors: Vector

    @property
    def gallery(self) -> Mask:
        """Which lines are searched."""
        return np.array([entry.split == GALLERY for entry in self.entries])

    @property
    def asking(self) -> Mask:
        """Which lines ask: the queries, or where there are none the gallery."""
        gallery = self.gallery
        return gallery if gallery.all() else ~gallery

    @property
    def seen(self) -> Mask:
        """Which lines have a vector."""
        return np.array([photo is not None for photo in self.photos])

    def where(self, mask: Mask) -> list[Photo]:
        """The photos of the lines that the mask picks, without those on which nothing was seen."""
        return [photo for photo, keep in zip(self.photos, mask, strict=True) if keep and photo]


def look(vision: Vision, entries: Sequence[Entry], progress: Progress) -> Pictures:
    """Every line's picture embedded: its first box, else the largest detection that is kept.

    `progress` hears how many of how many are done. Raises Invalid naming the line for a picture
    that cannot be opened, or a box that is not inside its picture.
    """
    vectors = np.zeros((len(entries), vision.versions.dimension), dtype=np.float32)
    photos: list[Photo | None] = []
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        for entry, analysis in zip(batch, _analyzed(vision, batch), strict=True):
            photo = _largest_kept(entry, analysis)
            if photo is not None:
                vectors[len(photos)] = photo.vector
            photos.append(photo)
        progress(len(photos), len(entries))
    return Pictures(entries, photos, vectors)


def _analyzed(vision: Vision, batch: Sequence[Entry]) -> list[Analysis]:
    photos = [entry.image.read_bytes() for entry in batch]
    try:
        return vision.analyze(photos, [entry.box for entry in batch])
    except Invalid:  # of which line is known only one by one
        return [_alone(vision, entry, photo) for entry, photo in zip(batch, photos, strict=True)]


def _alone(vision: Vision, entry: Entry, photo: bytes) -> Analysis:
    try:
        return vision.analyze([photo], [entry.box])[0]
    except Invalid as refused:
        field = "boxes" if "box" in refused.fields else "image"
        raise wrong(entry.line, field, str(refused).rstrip(".")) from None


def _largest_kept(entry: Entry, analysis: Analysis) -> Photo | None:
    kept = [found for found in analysis.detections if found.verdict.kept]
    seen = max(kept, key=lambda found: found.box.area, default=None)
    if seen is None or seen.embedding is None:
        return None
    trait = Trait(seen.measures.colours, reading.aspect_of(seen.kind, seen.box))
    return Photo(entry, seen.embedding, trait)
