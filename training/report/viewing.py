"""Whether products would be found better by the best of several views than by one crop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.report.finder import Finder
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, Rows, figure, first_ranks, precisions
from vitrine.services.evaluation.gallery import words_of
from vitrine.services.evaluation.primary import Scene, candidates, shipped
from vitrine.vision import geometry, kinds
from vitrine.vision.types import WHOLE, Detection, Vector

TITLE = "One view or several"
ONE, ALL = "one", "all"
COLUMNS = {ONE: "primary crop alone: ships", ALL: "best of all kept crops"}
TEXT = """Dev products by their detected crops, found by synthetic second photos among dev alone. A
product counts by its best view. *Primary crop* is the one that the shipped rule chooses by the
product's words; the other crops that are kept would lie in a second collection, were they to
help."""


def measure(study: Study) -> Section:
    """Photo searches with the primary crop alone and with every kept crop."""
    finder, column = study.finder, study.columns[SHIPPED]
    if finder is None or column.embed_texts is None or not study.shots.views:
        return Section(TITLE, TEXT, columns=COLUMNS)
    views, owners, primary = _views(study, finder)
    found = {ONE: _figures(study, views[primary], owners[primary])}
    found[ALL] = _figures(study, views, owners)
    names = {
        "r1": "same product R@1, synthetic second photo",
        "r10": "same product R@10",
        "category": "same category P@10",
    }
    rows = [
        Row(f"views_{key}", name, {column: some[key] for column, some in found.items()})
        for key, name in names.items()
    ]
    more = len(views) - int(primary.sum())
    return Section(TITLE, f"{TEXT} There are {more:,} of those.", rows, columns=COLUMNS)


def _figures(study: Study, views: Vector, owners: np.ndarray) -> dict[str, Figure | None]:
    dev = np.arange(len(study.shots.dev))
    asked = Rows(study.vectors(SHIPPED, study.shots.views), dev, dev)
    ranks = first_ranks(asked, Rows(views, owners, owners))
    names = [shot.facets.get("category", "") for shot in study.shots.dev]
    labels = numbered(names, sorted(set(names)))
    near = precisions(replace(asked, labels=labels), Rows(views, owners, labels[owners]))
    return {"r1": figure(ranks <= 1), "r10": figure(ranks <= 10), "category": figure(near)}


def _views(study: Study, finder: Finder) -> tuple[Vector, np.ndarray, np.ndarray]:
    """Vectors of all kept crops, the product of each, and which are primary."""
    dev, embed_texts = study.shots.dev, study.columns[SHIPPED].embed_texts
    if embed_texts is None:
        raise ValueError("an encoder with words is needed")
    sights = study.sights(dev)
    kept = [
        finder.sure(sight) or [Detection(geometry.whole(sight.size), WHOLE, 1.0)]
        for sight in sights
    ]
    shots = [
        replace(shot, box=one.box) for shot, some in zip(dev, kept, strict=True) for one in some
    ]
    owners = np.repeat(np.arange(len(dev)), [len(some) for some in kept])
    views, words = study.vectors(SHIPPED, shots), embed_texts([words_of(shot) for shot in dev])
    primary = np.zeros(len(views), dtype=np.bool_)
    starts = np.searchsorted(owners, np.arange(len(dev)))
    for place, some in enumerate(kept):
        here = slice(starts[place], starts[place] + len(some))
        scene = Scene(sights[place].size, some, list(views[here]))
        stated = kinds.stated(dev[place].facets.get("category", ""), dev[place].title)
        chosen = shipped(candidates(scene, words[place]), stated)
        primary[starts[place] + chosen] = True
    return views, owners, primary
