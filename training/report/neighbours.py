"""Whether what lies near a product is of its kind and colour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from training.data import Shot
from training.report.rows import SHIPPED, Row, Section, curve
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, Ints, Rows, figure, precisions
from vitrine.vision.types import Vector

TEXT = """Every dev product asks; all other dev and train products answer. The figure is the share
of the ten nearest with the same value."""
FACETS = ("category", "colour")

Flags = NDArray[np.bool_]


def measure(study: Study) -> Section:
    """P@10 of category and colour by column."""
    rows = [
        Row(
            f"{facet}_p10",
            f"same {facet} P@10",
            {key: near(study, facet, key) for key in study.columns},
        )
        for facet in FACETS
    ]
    extras = {"pairs": pairs(study)} if study.shots.dev else {}
    return Section("Neighbours", TEXT, rows, extras=extras)


def near(study: Study, facet: str, column: str) -> Figure | None:
    """P@10 of one facet; None where no dev product has it."""
    gallery, asking = _gallery(study, facet, column)
    return figure(precisions(gallery.where(asking), gallery.where(gallery.labels >= 0)))


def pairs(study: Study) -> list[dict[str, float]]:
    """Of the pairs of a dev product and any other product by cosine: how many share a category."""
    gallery, asking = _gallery(study, "category", SHIPPED)
    parts = list(_cosines(gallery, np.flatnonzero(asking)))
    cosines, right = (np.concatenate(some) for some in zip(*parts, strict=True))
    return curve(cosines, right, fewest=100)


def _gallery(study: Study, facet: str, column: str) -> tuple[Rows, Flags]:
    shots: list[Shot] = [*study.shots.dev, *study.shots.train]
    values = [shot.facets.get(facet, "") for shot in shots]
    labels = numbered(values, sorted(set(values) - {""}))
    both = [study.vectors(column, some) for some in (study.shots.dev, study.shots.train) if some]
    rows = Rows(np.concatenate(both), np.arange(len(shots)), labels)
    return rows, (np.arange(len(shots)) < len(study.shots.dev)) & (labels >= 0)


def _cosines(gallery: Rows, asking: Ints) -> Iterator[tuple[Vector, Ints]]:
    # Every fifth product is enough for a curve of millions of pairs.
    for place in asking[::5]:
        others = (gallery.owners != place) & (gallery.labels >= 0)
        cosines = gallery.vectors[others] @ gallery.vectors[place]
        yield cosines, gallery.labels[others] == gallery.labels[place]
