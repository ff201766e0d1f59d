"""Photos taken with a phone, at home: what kind of garment is it, and what lies near?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from training.data import PHONE_MAIN, PHONE_WORDS, Shot
from training.report import naming
from training.report.rows import Row, Section
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, figure, precisions
from vitrine.vision import geometry

TEXT = """Dev phone photos, one garment each. *Kind named by words* is the share of the photos of
the ten main labels whose label's lines lie nearest among the ten; no head is used, and no
photo of these senders was trained on. *Same label P@10* is over all dev phone photos among
themselves. "In the detector's box" means: embedded in the largest detection kept, the whole photo
where none is."""


def measure(study: Study) -> Section:
    """Kind accuracy and P@10, on whole photos and on the detector's boxes."""
    whole = study.shots.phone
    looks: dict[str, tuple[str, Sequence[Shot]]] = {"": ("", whole)}
    if study.finder is not None:
        looks["_box"] = (", in the detector's box", boxed(study, whole))
    rows = []
    for mark, (words, shots) in looks.items():
        rows.append(Row(f"phone_kind{mark}", f"kind named by words{words}", kinds(study, shots)))
        rows.append(Row(f"phone_p10{mark}", f"same label P@10{words}", neighbours(study, shots)))
    return Section("Phone photos", TEXT, rows if whole else ())


def boxed(study: Study, shots: Sequence[Shot]) -> list[Shot]:
    """The shots with the largest box that the detector keeps, where it keeps one."""
    finder = study.finder
    if finder is None:
        return list(shots)
    kept = [finder.sure(sight) for sight in study.sights(shots)]
    best = [max((one.box for one in some), key=lambda box: box.area, default=None) for some in kept]
    return [replace(shot, box=box) for shot, box in zip(shots, best, strict=True)]


def kinds(study: Study, shots: Sequence[Shot]) -> Mapping[str, Figure | None]:
    """The share of the main kinds' photos that are named right, by column."""
    values = [PHONE_WORDS[label] for label in PHONE_MAIN]
    truth = numbered([shot.facets["category"] for shot in shots], values)
    asked = truth >= 0
    cells = {}
    for key, column in study.columns.items():
        if column.embed_texts is not None:
            names = naming.names_of(column.embed_texts, "category", values)
            said = (study.vectors(key, shots) @ names.T).argmax(axis=1)
            cells[key] = figure((said == truth)[asked])
    return cells


def neighbours(study: Study, shots: Sequence[Shot]) -> Mapping[str, Figure | None]:
    """P@10 of the label among these photos, by column."""
    values = [shot.facets["category"] for shot in shots]
    labels = numbered(values, sorted(set(values)))
    rows = {key: study.rows(key, shots, labels) for key in study.columns}
    return {key: figure(precisions(some, some)) for key, some in rows.items()}


def one_right_box(study: Study) -> Figure | None:
    """The share of photos with exactly one detection kept, large enough and fitting.

    There are no true boxes here: large enough is a fifth of the photo, fitting is a kind that the
    label can be.
    """
    finder = study.finder
    if finder is None or not study.shots.phone:
        return None
    right = []
    for shot, sight in zip(study.shots.phone, study.sights(study.shots.phone), strict=True):
        found = finder.sure(sight)
        share = found[0].box.area / geometry.whole(sight.size).area if found else 0.0
        fits = bool(found) and found[0].kind in KINDS.get(shot.facets["category"], ())
        right.append(len(found) == 1 and share >= 0.2 and fits)
    return figure(np.array(right))


_TOP, _WARM = ("top",), ("top", "outerwear")
KINDS: Mapping[str, tuple[str, ...]] = {
    PHONE_WORDS[label]: kinds_of
    for label, kinds_of in {
        **dict.fromkeys(("T-Shirt", "Undershirt", "Polo", "Top", "Blouse"), _TOP),
        **dict.fromkeys(("Longsleeve", "Shirt", "Outwear", "Hoodie", "Blazer"), _WARM),
        "Body": ("top", "dress"),
        "Pants": ("pants",),
        "Shorts": ("shorts",),
        "Skirt": ("skirt",),
        "Dress": ("dress",),
        "Hat": ("hat",),
        "Shoes": ("shoes",),
    }.items()
}
"""Kinds of the detector that a label of the phone photos can be."""
