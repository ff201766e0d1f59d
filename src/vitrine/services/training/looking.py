"""What a model sees of held products: of each its primary crop, and another view of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from vitrine.ports import Vision
from vitrine.services.evaluation.gallery import Photo
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.traits import Trait
from vitrine.services.training.held import Held, View
from vitrine.vision import geometry, images, views
from vitrine.vision.images import Picture
from vitrine.vision.types import Analysis, Box, Detection, Size

BATCH = 8

LIMITS = images.Limits(2**62, 2**62, min_side=1, max_declared=2**62)
"""Photos passed the limits when they came in; they may have been lowered since."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """By row each product, its primary crop, another view of it, and what it was labelled as."""

    products: Sequence[Held]
    first: Sequence[Photo]
    second: Sequence[Photo]
    said: Sequence[Mapping[str, str]]

    def of(self, *splits: str) -> Seen:
        """The rows of these splits."""
        rows = [row for row, one in enumerate(self.products) if one.split in splits]
        return Seen(
            [self.products[row] for row in rows],
            [self.first[row] for row in rows],
            [self.second[row] for row in rows],
            [self.said[row] for row in rows],
        )


def look(vision: Vision, products: Sequence[Held], tell: Tell) -> Seen:
    """Every product as this model sees it; `tell` hears how many are done."""
    first: list[Photo] = []
    second: list[Photo] = []
    said: list[Mapping[str, str]] = []
    for start in range(0, len(products), BATCH):
        some = products[start : start + BATCH]
        asked = [_crop(one.views[0]) for one in some] + [_other(one) for one in some]
        analyses = vision.analyze([data for data, _ in asked], [box for _, box in asked])
        for one, own, other in zip(some, analyses, analyses[len(some) :], strict=False):
            first.append(_photo(one, own))
            second.append(_photo(one, other))
            said.append({label.facet: label.value for label in _only(own).labels})
        tell(len(first), len(products))
    return Seen(products, first, second, said)


def _crop(view: View) -> tuple[bytes, Box]:
    return view.photo.read_bytes(), view.box


def _other(one: Held) -> tuple[bytes, Box]:
    """Another photo of it; where there is none, the first as a shopper might take it."""
    return _crop(one.views[1]) if len(one.views) > 1 else _taken(one.views[0])


def _taken(view: View) -> tuple[bytes, Box]:
    whole = images.open(view.photo.read_bytes(), LIMITS).pixels
    area = geometry.clip(geometry.expand(view.box, 0.1), Size(*whole.size))
    left, top = int(area.x1), int(area.y1)
    right, bottom = max(left + 1, round(area.x2)), max(top + 1, round(area.y2))
    own = Picture(whole.crop((left, top, right, bottom)), "image/png")
    data = views.second(own, f"{view.photo.stem}{view.box.as_tuple()}")
    with Image.open(io.BytesIO(data)) as taken:
        return data, geometry.whole(Size(*taken.size))


def _photo(one: Held, analysis: Analysis) -> Photo:
    found = _only(analysis)
    if found.embedding is None:
        raise ValueError("a crop that was given has a vector")
    trait = Trait(found.measures.colours, reading.aspect_of(found.kind, found.box))
    return Photo(one, found.embedding, trait)


def _only(analysis: Analysis) -> Detection:
    return analysis.detections[0]
