"""The items of a photo: shown to be picked from, picked, or searched all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vitrine.core.errors import Invalid
from vitrine.ports import Vision
from vitrine.services.search.sights import Sights
from vitrine.vision import geometry, items
from vitrine.vision.types import GIVEN, WHOLE, Analysis, Box, Detection, Palette, Size, Vector

MAX_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a photo; `number` counts from 1, the surest first.

    `labels` are what vision names it, in the facets that it was measured to name well; `sure` is
    how surely it is a garment: of a whole photo, how surely anything on it is.
    """

    number: int
    box: Box
    kind: str
    score: float
    vector: Vector
    colours: Palette = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class DetectedItems:
    """A photo's size and items; where none was found, the whole picture is its only item.

    `whole` is the whole picture as vision saw it, where it looked for items, and `sure` how surely
    anything on it is a garment. `main` is the number of the item that is meant where none is named:
    the only one, or a sure garment far larger than all others; None where that is the whole photo.
    """

    size: Size
    items: tuple[Item, ...]
    whole: Detection | None
    sure: float
    main: int | None = None


def detect(sights: Sights, vision: Vision, photo: bytes) -> DetectedItems:
    """The items of a photo, from one run of the models; the same photo gives the same numbers."""
    analysis = sights.seen(vision, photo)
    kept = _kept(analysis)
    numbered = tuple(_item(number, seen) for number, seen in enumerate(kept, 1))
    whole = next((seen for seen in analysis.detections if seen.kind == WHOLE), None)
    sure = max((seen.score for seen in analysis.detections if seen.kind != WHOLE), default=0.0)
    return DetectedItems(analysis.size, numbered, whole, sure, _main(kept))


def pick(sights: Sights, vision: Vision, photo: bytes, item: int | None, box: Box | None) -> Item:
    """What of the photo is searched: the given box, the chosen item, or else the main one.

    Without a choice and a main item it is the whole photo. Raises Invalid for a box outside the
    photo, or an item the photo has not.
    """
    if box is not None:
        return _given(sights, vision, photo, box)
    found = detect(sights, vision, photo)
    meant = found.main if item is None else item
    if meant is not None:
        return chosen(found, meant)
    return _whole(sights, vision, photo, found)


def chosen(found: DetectedItems, number: int) -> Item:
    """The item of that number; raises Invalid naming how many there are."""
    if number > len(found.items):
        count = len(found.items)
        there = "has only item 1" if count == 1 else f"has items 1 to {count}"
        reason = f"is {number}, but the photo {there}"
        raise Invalid("item_unknown", f"item {reason}.", fields={"item": reason})
    return found.items[number - 1]


def _kept(analysis: Analysis) -> Sequence[Detection]:
    return [
        seen for seen in analysis.detections if seen.verdict.kept and seen.embedding is not None
    ]


def _main(kept: Sequence[Detection]) -> int | None:
    """The number of the main item."""
    main = kept[0] if len(kept) == 1 else items.main(kept)
    if main is None or main.kind == WHOLE:
        return None
    return 1 + next(place for place, seen in enumerate(kept) if seen is main)


def _whole(sights: Sights, vision: Vision, photo: bytes, found: DetectedItems) -> Item:
    seen = found.whole
    if seen is None:
        return _given(sights, vision, photo, geometry.whole(found.size))
    if seen.embedding is None:  # something on it was kept
        given = sights.seen(vision, photo, seen.box).detections[0]
        seen = replace(seen, embedding=given.embedding, measures=given.measures)
    return replace(_item(0, seen), score=1.0, sure=found.sure)


def _given(sights: Sights, vision: Vision, photo: bytes, box: Box) -> Item:
    seen = sights.seen(vision, photo, box).detections[0]
    return replace(_item(0, seen), box=box, kind=GIVEN, score=1.0, sure=1.0)


def _item(number: int, seen: Detection) -> Item:
    if seen.embedding is None:
        raise ValueError("vision gave no vector for what is to be searched")
    labels = {label.facet: (label.value,) for label in seen.labels if label.trusted}
    return Item(
        number,
        seen.box,
        seen.kind,
        seen.score,
        seen.embedding,
        seen.measures.colours,
        labels,
        seen.score,
    )
