"""Words find photos, and photos find words."""

from __future__ import annotations

import numpy as np

from training.report.rows import SHIPPED, Row, Section, curve
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, Rows, Values, figure, first_ranks
from vitrine.vision.types import Vector

TEXT = """The gallery is all dev products. Three ways to ask: every distinct title for a product
with that very title; every product's own title for that product or one with the same title; and
every product, as a photo, for its title among all distinct ones. ImageNet features and colours know
no words."""
ASKED = {
    "text": "title to photo",
    "own": "title to photo, every product asking",
    "image": "photo to title",
}


def measure(study: Study) -> Section:
    """R@1, R@5 and R@10 in both directions, and how far a cosine can be trusted."""
    shots = [shot for shot in study.shots.dev if shot.title]
    names = sorted({shot.title for shot in shots})
    labels = numbered([shot.title for shot in shots], names)
    wanted = np.arange(len(names))
    ranks: dict[str, dict[str, Values]] = {kind: {} for kind in ASKED}
    extras = {}
    for key, column in study.columns.items():
        if column.embed_texts is None or not shots:
            continue
        words = Rows(column.embed_texts(names), wanted, wanted)
        photos = study.rows(key, shots, labels)
        ranks["text"][key] = first_ranks(words, photos)
        ranks["own"][key] = ranks["text"][key][labels]
        ranks["image"][key] = first_ranks(Rows(photos.vectors, labels, labels), words)
        if key == SHIPPED:
            extras["first_hit"] = _first_hits(words.vectors, photos)
    rows = [
        Row(f"{kind}_r{k}", f"{name} R@{k}", _within(ranks[kind], k))
        for kind, name in ASKED.items()
        for k in (1, 5, 10)
    ]
    return Section("Words and photos", TEXT, rows, extras=extras)


def _within(ranks: dict[str, Values], k: int) -> dict[str, Figure | None]:
    return {key: figure(values <= k) for key, values in ranks.items()}


def _first_hits(words: Vector, photos: Rows) -> list[dict[str, float]]:
    cosines = words @ photos.vectors.T
    first = cosines.argmax(axis=1)
    return curve(cosines.max(axis=1), photos.labels[first] == np.arange(len(words)))
