"""How well a picture and words find the same sort of thing in another colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.gallery import Gallery
from vitrine.services.evaluation.neighbours import CLOSE, nearest
from vitrine.services.evaluation.queries import Asked
from vitrine.vision.types import Vector

FIRST = 10


def measure(gallery: Gallery, asked: Sequence[Asked]) -> dict[str, Figure | None]:
    """Whether one of the first ten is of the category and the wanted colour.

    As search composes picture and words, by the picture alone, and by the words alone; the queries
    are those of `queries.recoloured`, and where there are none there are no figures.
    """
    if not asked:
        return {}
    return {
        "recolour_r10": _found(gallery, asked, [one.intent.vector for one in asked]),
        "recolour_image_r10": _found(gallery, asked, [one.intent.image for one in asked]),
        "recolour_text_r10": _found(gallery, asked, [one.intent.text for one in asked]),
    }


def _found(
    gallery: Gallery, asked: Sequence[Asked], vectors: Sequence[Vector | None]
) -> Figure | None:
    """The share of the queries that find something right by these vectors."""
    by = [
        replace(one, intent=replace(one.intent, vector=vector))
        for one, vector in zip(asked, vectors, strict=True)
        if vector is not None
    ]
    right = nearest(gallery, by, FIRST, heard=()).grades >= CLOSE
    return figure(np.asarray(right.any(axis=1)))
