"""A made-up second photo finds its product among all others."""

from __future__ import annotations

import numpy as np

from training.report.rows import SHIPPED, Row, Section, curve
from training.report.study import Study
from vitrine.services.evaluation.figures import Rows, Values, figure, first_ranks

TEXT = """There are no two photos of one product in the data, so the second is made from the first
by cropping, turning, tilting, colour cast, blur, JPEG and, for half of them, a stranger's floor
(`training/views.py`, seeded). It asks for its product among all dev products and, as distractors,
all train products. It says how robust search is, not how it does on real second photos."""


def measure(study: Study) -> Section:
    """R@1 and R@10 of synthetic second photos."""
    ranks: dict[str, Values] = {}
    extras = {}
    for key in study.columns if study.shots.views else ():
        asked, gallery = sides(study, key)
        ranks[key] = first_ranks(asked, gallery)
        if key == SHIPPED:
            cosines = asked.vectors @ gallery.vectors.T
            right = cosines.argmax(axis=1) == asked.owners
            extras["first_hit"] = curve(cosines.max(axis=1), right)
    rows = [
        Row(
            f"view_r{k}",
            f"same product R@{k}, synthetic second photo",
            {key: figure(values <= k) for key, values in ranks.items()},
        )
        for k in (1, 10)
    ]
    return Section("The same product", TEXT, rows, extras=extras)


def sides(study: Study, column: str) -> tuple[Rows, Rows]:
    """The second photos and the gallery, dev products first; owners are places in the gallery."""
    shots = study.shots
    both = [study.vectors(column, some) for some in (shots.dev, shots.train) if some]
    gallery = np.concatenate(both)
    places = np.arange(len(gallery))
    asked = places[: len(shots.views)]
    return Rows(study.vectors(column, shots.views), asked, asked), Rows(gallery, places, places)
