"""The items of a photo: shown to be picked from, picked, or searched all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vitrine.core.errors import Invalid
from vitrine.ports import Vision
from vitrine.vision import geometry
from vitrine.vision.types import GIVEN, WHOLE, Analysis, Box, Detection, Palette, Size, Vector

MAX_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a photo; `number` counts from 1, the surest first."""

    number: int
    box: Box
    kind: str
    score: float
    vector: Vector
    colours: Palette = ()


@dataclass(frozen=True, slots=True)
class DetectedItems:
    """A photo's size and items; where none was found, the whole picture is its only item."""

    size: Size
    items: tuple[Item, ...]
    whole: Item | None


def detect(vision: Vision, photo: bytes) -> DetectedItems:
    """The items of a photo, from one run of the models; the same photo gives the same numbers."""
    analysis = vision.analyze([photo])[0]
    return DetectedItems(analysis.size, tuple(_items(analysis)), _whole(analysis.detections))


def pick(vision: Vision, photo: bytes, item: int | None, box: Box | None) -> Item:
    """What of the photo is searched: the given box, the chosen item, or the only one.

    With several items and no choice it is the whole photo, never a guess. Raises Invalid for a box
    outside the photo, or an item the photo has not.
    """
    if box is not None:
        return _given(vision, photo, box)
    sight = detect(vision, photo)
    if item is not None:
        return chosen(sight, item)
    if len(sight.items) == 1:
        return sight.items[0]
    return sight.whole or _given(vision, photo, geometry.whole(sight.size))


def chosen(sight: DetectedItems, number: int) -> Item:
    """The item of that number; raises Invalid naming how many there are."""
    if number > len(sight.items):
        count = len(sight.items)
        there = "has only item 1" if count == 1 else f"has items 1 to {count}"
        reason = f"is {number}, but the photo {there}"
        raise Invalid("item_unknown", f"item {reason}.", fields={"item": reason})
    return sight.items[number - 1]


def wrong_choice(item: int | None, box: Box | None, *, has_photo: bool) -> str | None:
    """Why no query can choose so, if none can."""
    if item is None:
        return None
    if not 1 <= item <= MAX_ITEMS:
        return f"is not 1 to {MAX_ITEMS}"
    if box is not None:
        return "comes beside a box"
    return None if has_photo else "needs a photo"


def _items(analysis: Analysis) -> Sequence[Item]:
    kept = [(seen, seen.embedding) for seen in analysis.detections if seen.verdict.kept]
    return [
        Item(number, seen.box, seen.kind, seen.score, vector, seen.measures.colours)
        for number, (seen, vector) in enumerate(kept, 1)
        if vector is not None
    ]


def _whole(detections: Sequence[Detection]) -> Item | None:
    seen = next((seen for seen in detections if seen.kind == WHOLE), None)
    if seen is None or seen.embedding is None:
        return None
    return Item(0, seen.box, WHOLE, 1.0, seen.embedding, seen.measures.colours)


def _given(vision: Vision, photo: bytes, box: Box) -> Item:
    seen = vision.analyze([photo], [box])[0].detections[0]
    if seen.embedding is None:
        raise ValueError("vision gave no vector for a given box")
    return Item(0, box, GIVEN, 1.0, seen.embedding, seen.measures.colours)
