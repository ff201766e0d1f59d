"""Real second photos: the front of a product finds its back, its side or a close-up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.data import Shot
from training.report.rows import Row, Section
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, Ints, Values, figure
from vitrine.vision.types import Vector

TITLE = "Real second photos"
TEXT = """The first photo of every product with several asks for another of the same product in the
same colour, among all other photos of its store. Recolourings of it, digital in luma and venia, are
wrong. What ships was trained on luma, venia and madison too; what a store gains that training left
out is in [experiments.md](experiments.md). Nothing was trained on sportshop."""


def measure(study: Study) -> Section:
    """R@1 and R@10 by store and column."""
    rows = []
    for name in sorted({shot.source for shot in study.shots.stores}):
        shots = [shot for shot in study.shots.stores if shot.source == name]
        ranks = {key: ranked(shots, study.vectors(key, shots)) for key in study.columns}
        for k in (1, 10):
            cells: dict[str, Figure | None] = {key: figure(r <= k) for key, r in ranks.items()}
            if any(cells.values()):
                rows.append(Row(f"pair_{name}_r{k}", f"{name}: second photo R@{k}", cells))
    return Section(TITLE, TEXT, rows)


def ranked(shots: Sequence[Shot], vectors: Vector) -> Values:
    """The rank of the first other photo of its product for each product's first of several."""
    names = [shot.product for shot in shots]
    products: Ints = numbered(names, sorted(set(names)))
    _, first = np.unique(products, return_index=True)
    asking = first[np.bincount(products)[products[first]] > 1]
    scores = vectors[asking] @ vectors.T
    scores[np.arange(len(asking)), asking] = -np.inf
    right = products[asking][:, None] == products[None, :]
    right[np.arange(len(asking)), asking] = False
    best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)
    return 1.0 + ((scores >= best) & ~right).sum(axis=1)
