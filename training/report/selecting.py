"""Which crop stands for the product its words name: the shipped rule beside simpler ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from training import crops, data
from training.crops import Marked
from training.data import Shot
from training.report.rows import SHIPPED, Row, Section
from training.report.street import marked
from training.report.study import Study
from vitrine.services import ranking
from vitrine.services.evaluation import Figure, figure
from vitrine.services.ranking import Candidate
from vitrine.vision import geometry, kinds
from vitrine.vision.types import WHOLE, Detection, Size, Vector

PHOTOS = 150
"""Photos looked at, at most: a detector and an encoder run over each."""

TEXT = """Dev street photos with two or more sorts of garment; each sort's word stands for the title
of a product that owns the photo. Right if the primary crop has IoU >= 0.5 with a garment that bears
the word, among the detections that the default rules keep. *best of all crops* is what a perfect
choice would reach. The weights tied for best on 150 photos of the train part, but dev was looked at
too while choosing."""

Rule = Callable[[Sequence[Candidate], str | None], int]


@dataclass(frozen=True, slots=True)
class Scene:
    """One photo: its garments, the crops to choose from, and their vectors."""

    marked: Sequence[Marked]
    size: Size
    found: Sequence[Detection]
    vectors: Vector


def measure(study: Study) -> Section:
    """How often each rule takes a crop of the garment that the words name."""
    section = Section("The primary crop of an outfit photo", TEXT, (), {SHIPPED: "right"})
    finder, column = study.finder, study.columns[SHIPPED]
    if finder is None or column.embed_texts is None or not study.shots.street:
        return section
    scenes = _scenes(study)
    right: dict[str, list[bool]] = {name: [] for name in (*RULES, BEST)}
    for scene in scenes:
        words = crops.asked(scene.marked)
        for word, text in zip(words, column.embed_texts(words) if words else (), strict=True):
            _ask(scene, word, text, right)
    return replace(section, rows=[_row(name, answers) for name, answers in right.items()])


def _ask(scene: Scene, word: str, text: Vector, right: Mapping[str, list[bool]]) -> None:
    candidates = [
        Candidate(str(place), one.box, scene.size, one.kind, one.score, 0, float(vector @ text))
        for place, (one, vector) in enumerate(zip(scene.found, scene.vectors, strict=True))
    ]
    fits = [crops.fits(one.box, word, scene.marked) for one in candidates]
    for name, rule in RULES.items():
        box = geometry.whole(scene.size)
        place = rule(candidates, kinds.stated(word)) if candidates else -1
        right[name].append(fits[place] if place >= 0 else crops.fits(box, word, scene.marked))
    right[BEST].append(any(fits))


def _shipped(candidates: Sequence[Candidate], stated: str | None) -> int:
    return int(str(ranking.choose_primary(ranking.score(one, stated) for one in candidates)))


def _words_alone(candidates: Sequence[Candidate], _stated: str | None) -> int:
    return int(np.argmax([one.text or 0.0 for one in candidates]))


def _largest(candidates: Sequence[Candidate], _stated: str | None) -> int:
    return int(np.argmax([one.box.area for one in candidates]))


def _surest(candidates: Sequence[Candidate], _stated: str | None) -> int:
    return int(np.argmax([one.score for one in candidates]))


def _whole(_candidates: Sequence[Candidate], _stated: str | None) -> int:
    return -1


RULES: Mapping[str, Rule] = {
    "shipped rule": _shipped,
    "words alone": _words_alone,
    "largest box": _largest,
    "highest detector score": _surest,
    "whole picture": _whole,
}
BEST = "best of all crops"


def _scenes(study: Study) -> list[Scene]:
    # With the small garments that other sections leave out: they are what one chooses among.
    chosen = {shot.group for shot in study.shots.street}
    every = [shot for shot in data.garments(study.root, smallest=0.0) if shot.group in chosen]
    photos = marked(every)[:PHOTOS]
    first = [photo.choices[0] for photo in photos]
    sights = study.sights([replace(shot, box=None) for shot in first])
    finder = study.finder
    found = [finder.sure(sight) if finder else [] for sight in sights]
    shots: list[Shot] = [
        replace(shot, box=one.box)
        for shot, some in zip(first, found, strict=True)
        for one in some
        if one.kind != WHOLE
    ]
    vectors = iter(study.vectors(SHIPPED, shots) if shots else ())
    return [
        Scene(photo.marked, sight.size, some, np.array([next(vectors) for _ in some]))
        for photo, sight, some in zip(photos, sights, found, strict=True)
    ]


def _row(name: str, answers: Sequence[bool]) -> Row:
    cells: dict[str, Figure | None] = {SHIPPED: figure(np.array(answers, dtype=np.float64))}
    return Row("primary_" + name.replace(" ", "_"), name, cells)
