"""Which crop stands for the product its words name: the shipped rule beside simpler ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from training import crops, data
from training.data import Shot
from training.report import street
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.manifest import Marked
from vitrine.services.evaluation.primary import BEST, RULES, Scene, Wish, answers, fits
from vitrine.vision import kinds
from vitrine.vision.types import WHOLE

PHOTOS = 150
"""Photos looked at, at most: a detector and an encoder run over each."""

TEXT = """Dev street photos with two or more sorts of garment; each sort's word stands for the title
of a product that owns the photo. Right if the primary crop has IoU >= 0.5 with a garment that bears
the word, among the detections that the default rules keep. *best of all crops* is what a perfect
choice would reach. The weights tied for best on 150 photos of the train part, but dev was looked at
too while choosing."""


def measure(study: Study) -> Section:
    """How often each rule takes a crop of the garment that the words name."""
    section = Section("The primary crop of an outfit photo", TEXT, (), {SHIPPED: "right"})
    finder, column = study.finder, study.columns[SHIPPED]
    if finder is None or column.embed_texts is None or not study.shots.street:
        return section
    right: dict[str, list[bool]] = {name: [] for name in (*RULES, BEST)}
    for marked, scene in _scenes(study):
        words = crops.asked(marked)
        for word, text in zip(words, column.embed_texts(words) if words else (), strict=True):
            wish = Wish(text, kinds.stated(word), partial(fits, word=word, marked=marked))
            for name, is_right in answers(scene, wish).items():
                right[name].append(is_right)
    return replace(section, rows=[_row(name, told) for name, told in right.items()])


def _scenes(study: Study) -> list[tuple[Sequence[Marked], Scene]]:
    """The garments of each photo, and the crops to choose from."""
    # With the small garments that other sections leave out: they are what one chooses among.
    chosen = {shot.group for shot in study.shots.street}
    every = [shot for shot in data.garments(study.root, smallest=0.0) if shot.group in chosen]
    photos = street.marked(every)[:PHOTOS]
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
        (photo.marked, Scene(sight.size, some, [next(vectors) for _ in some]))
        for photo, sight, some in zip(photos, sights, found, strict=True)
    ]


def _row(name: str, answers: Sequence[bool]) -> Row:
    cells: dict[str, Figure | None] = {SHIPPED: figure(np.array(answers, dtype=np.float64))}
    return Row("primary_" + name.replace(" ", "_"), name, cells)
