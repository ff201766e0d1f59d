"""How often a crop of the right garment is chosen on a photo that shows several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vitrine.ports import Vision
from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.gallery import words_of
from vitrine.services.evaluation.manifest import Entry, Marked
from vitrine.services.indexing import primary
from vitrine.services.indexing.primary import Candidate
from vitrine.vision import geometry, kinds
from vitrine.vision.types import WHOLE, Analysis, Box, Detection, Size, Vector

ENOUGH = 0.5
"""A chosen box is right from this overlap (IoU) with a garment that bears the word."""

Rule = Callable[[Sequence[Candidate], str | None], int]


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo's size, the crops to choose from on it, and their vectors."""

    size: Size
    found: Sequence[Detection]
    vectors: Sequence[Vector]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a product's words ask of a photo: their vector, the kind they state, and which boxes are
    right."""

    text: Vector
    stated: str | None
    is_right: Callable[[Box], bool]


def asking(entries: Sequence[Entry]) -> list[Entry]:
    """The lines with words and with boxes of two or more kinds."""
    return [entry for entry in entries if words_of(entry) and _is_choice(entry.boxes)]


def measure(
    vision: Vision, entries: Sequence[Entry], progress: Callable[[int, int], None]
) -> dict[str, Figure | None]:
    """How often each rule takes a crop of the first box's garment for the words of the line.

    `vision` finds the crops; `progress` hears how many photos of how many are done.
    """
    photos: dict[Path, list[Entry]] = defaultdict(list)
    for entry in entries:
        photos[entry.image].append(entry)
    right: dict[str, list[bool]] = {name: [] for name in (*RULES, BEST)}
    for done, (path, some) in enumerate(photos.items(), 1):
        scene = _scene(vision.analyze([path.read_bytes()])[0])
        texts = vision.embed_texts([words_of(entry) for entry in some])
        for entry, text in zip(some, texts, strict=True):
            for name, is_right in answers(scene, _wish(entry, text)).items():
                right[name].append(is_right)
        progress(done, len(photos))
    return {name: figure(np.array(told)) for name, told in right.items()}


def candidates(scene: Scene, text: Vector) -> list[Candidate]:
    """The crops of a photo as they are ranked for these words, named by their places."""
    return [
        Candidate(str(place), one.box, scene.size, one.kind, one.score, 0, float(vector @ text))
        for place, (one, vector) in enumerate(zip(scene.found, scene.vectors, strict=True))
    ]


def answers(scene: Scene, wish: Wish) -> dict[str, bool]:
    """By rule whether its choice is right; BEST is what a perfect choice would be."""
    offered = candidates(scene, wish.text)
    fitting = [wish.is_right(one.box) for one in offered]
    whole = wish.is_right(geometry.whole(scene.size))
    told = {}
    for name, rule in RULES.items():
        place = rule(offered, wish.stated) if offered else -1
        told[name] = fitting[place] if place >= 0 else whole
    return told | {BEST: any(fitting)}


def fits(box: Box, word: str, marked: Sequence[Marked]) -> bool:
    """Whether the box lies on a garment that bears the word."""
    return any(
        garment.word == word and geometry.iou(box, garment.box) >= ENOUGH for garment in marked
    )


def _is_choice(boxes: Sequence[Marked]) -> bool:
    words = {marked.word for marked in boxes if marked.word}
    return len(words) > 1 and bool(boxes[0].word)


def _wish(entry: Entry, text: Vector) -> Wish:
    stated = kinds.stated(entry.category, entry.title)
    return Wish(text, stated, lambda box: fits(box, entry.boxes[0].word, entry.boxes))


def _scene(analysis: Analysis) -> Scene:
    kept = [
        (one, one.embedding)
        for one in analysis.detections
        if one.verdict.kept and one.kind != WHOLE and one.embedding is not None
    ]
    return Scene(analysis.size, [one for one, _ in kept], [vector for _, vector in kept])


def shipped(offered: Sequence[Candidate], stated: str | None) -> int:
    """The place of the crop that indexing would make the primary one."""
    return int(str(primary.choose_primary(primary.score(one, stated) for one in offered)))


def _words_alone(offered: Sequence[Candidate], _stated: str | None) -> int:
    return int(np.argmax([one.text or 0.0 for one in offered]))


def _largest(offered: Sequence[Candidate], _stated: str | None) -> int:
    return int(np.argmax([one.box.area for one in offered]))


def _surest(offered: Sequence[Candidate], _stated: str | None) -> int:
    return int(np.argmax([one.score for one in offered]))


def _whole(_offered: Sequence[Candidate], _stated: str | None) -> int:
    return -1


RULES: Mapping[str, Rule] = {
    "shipped rule": shipped,
    "words alone": _words_alone,
    "largest box": _largest,
    "highest detector score": _surest,
    "whole picture": _whole,
}
BEST = "best of all crops"
