"""Garments on street photos: what lies near a crop, and which crop does a word mean?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from training import crops
from training.data import Shot
from training.report.columns import Column
from training.report.rows import Row, Section
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, Rows, figure, precisions
from vitrine.services.evaluation.manifest import Marked
from vitrine.vision.types import Box, Vector

TEXT = """Dev street photos with marked garments, each with one word ("blouse", "jeans"). *Same word
P@10*: every marked box asks, the boxes of all other photos answer. *Right garment from one word*:
of the boxes on one photo with two or more sorts of garment the nearest to the word has IoU >= 0.5
with a garment that bears it; chosen among the marked boxes or among those the detector keeps."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo: its marked garments, and the shots of the boxes to choose from."""

    marked: Sequence[Marked]
    choices: Sequence[Shot]


def measure(study: Study) -> Section:
    """P@10 of the word, and how often a word finds its garment."""
    shots = study.shots.street
    if not shots:
        return Section("Garments on street photos", TEXT)
    given = marked(shots)
    rows = [
        Row("street_p10", "same word P@10", neighbours(study, shots)),
        Row("word_box", "right garment from one word, marked boxes", chosen(study, given)),
    ]
    if study.finder is not None:
        found = detected(study, shots)
        rows.append(
            Row("word_found", "right garment from one word, detected boxes", chosen(study, found))
        )
    blind = [share for photo in given for share in crops.chance(_boxes(photo), photo.marked)]
    guess = f" Taken blindly a marked box is right in {np.mean(blind):.2f}." if blind else ""
    return Section("Garments on street photos", TEXT + guess, rows)


def neighbours(study: Study, shots: Sequence[Shot]) -> Mapping[str, Figure | None]:
    """P@10 of the word among the boxes of other photos, by column."""
    words = [shot.facets["category"] for shot in shots]
    labels = numbered(words, sorted(set(words)))
    photos = numbered([shot.group for shot in shots], sorted({shot.group for shot in shots}))
    cells = {}
    for key in study.columns:
        rows = Rows(study.vectors(key, shots), photos, labels)
        cells[key] = figure(precisions(rows, rows))
    return cells


def marked(shots: Sequence[Shot]) -> list[Photo]:
    """The photos with their marked boxes to choose from."""
    return [Photo([crops.garment(shot) for shot in some], some) for some in crops.by_photo(shots)]


def detected(study: Study, shots: Sequence[Shot]) -> list[Photo]:
    """The same photos with the boxes that the detector keeps to choose from."""
    given = marked(shots)
    first = [photo.choices[0] for photo in given]
    sights = study.sights([replace(shot, box=None) for shot in first])
    finder = study.finder
    return [
        Photo(
            photo.marked,
            [replace(shot, box=one.box) for one in (finder.sure(sight) if finder else ())],
        )
        for photo, shot, sight in zip(given, first, sights, strict=True)
    ]


def chosen(study: Study, photos: Sequence[Photo]) -> Mapping[str, Figure | None]:
    """How often the word's nearest box is right, by column that knows words."""
    choices = [shot for photo in photos for shot in photo.choices]
    return {
        key: figure(np.array(_answers(column, photos, study.vectors(key, choices))))
        for key, column in study.columns.items()
        if column.embed_texts is not None and choices
    }


def _answers(column: Column, photos: Sequence[Photo], vectors: Vector) -> list[bool]:
    right: list[bool] = []
    start = 0
    for photo in photos:
        own = vectors[start : start + len(photo.choices)]
        start += len(photo.choices)
        words = crops.asked(photo.marked)
        if words and column.embed_texts is not None:
            texts = column.embed_texts(words)
            right += crops.answers(texts, _boxes(photo), own, photo.marked)
    return right


def _boxes(photo: Photo) -> list[Box]:
    return [shot.box for shot in photo.choices if shot.box is not None]
