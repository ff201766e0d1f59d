"""What shoppers type, in their languages and with their misspellings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.data import Shot
from training.queries import Query, queries
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from vitrine.services.evaluation.figures import Figure, Mask, Values, figure
from vitrine.vision.types import Vector

TEXT = """Lines as a shopper types them (`training/queries.py`), asked of all dev and train
products; the figure is the share of the ten nearest that are of the category and colour meant, by
language. Lines that nothing in the gallery fits are left out. They were written for looking, never
for training."""
NEAREST = 10


def measure(study: Study) -> Section:
    """P@10 by language, then over all."""
    shots = [*study.shots.dev, *study.shots.train]
    lines = [line for line in (_fitted(query, shots) for query in queries()) if line[1].any()]
    languages = sorted({query.language for query, _ in lines})
    cells: dict[str, dict[str, Figure | None]] = {name: {} for name in [*languages, "all"]}
    for key, column in study.columns.items():
        if column.embed_texts is None or not lines:
            continue
        both = [study.vectors(key, some) for some in (study.shots.dev, study.shots.train) if some]
        words = column.embed_texts([query.text for query, _ in lines])
        shares = _shares(words @ np.concatenate(both).T, [fits for _, fits in lines])
        spoken = np.array([query.language for query, _ in lines])
        cells["all"][key] = figure(shares)
        for name in languages:
            cells[name][key] = figure(shares[spoken == name])
    rows = [Row(f"shopper_{name}", f"P@10, {name}", some) for name, some in cells.items()]
    return Section("What shoppers type", TEXT, rows if lines else ())


def precision(study: Study, gallery: Vector, shots: Sequence[Shot]) -> Figure | None:
    """P@10 of all lines in a gallery of these shots' vectors; None without words or lines."""
    embed_texts = study.columns[SHIPPED].embed_texts
    lines = [line for line in (_fitted(query, shots) for query in queries()) if line[1].any()]
    if embed_texts is None or not lines:
        return None
    words = embed_texts([query.text for query, _ in lines])
    return figure(_shares(words @ gallery.T, [fits for _, fits in lines]))


def _fitted(query: Query, shots: Sequence[Shot]) -> tuple[Query, Mask]:
    return query, np.array([query.fits(shot.facets) for shot in shots], dtype=np.bool_)


def _shares(cosines: Vector, fits: Sequence[Mask]) -> Values:
    near = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]
    return np.array([some[row].mean() for some, row in zip(fits, near, strict=True)])
