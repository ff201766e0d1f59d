"""What a share of the product's own words in its vector would do to searches: the text branch."""

from __future__ import annotations

import numpy as np

from training.report import shoppers
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, Rows, figure, first_ranks, precisions
from vitrine.services.evaluation.gallery import words_of
from vitrine.tables.vectors import blended
from vitrine.vision.types import Vector

WEIGHTS = (0.0, 0.1, 0.2, 0.3)
TEXT = """Off unless `VITRINE_VISION__TEXT_SHARE` says otherwise: the vector of a product can hold a
share of its own words, that many parts the vector of title, category and colour, and the rest its
photo's. All dev and train products are blended so; photos and words that ask are not. Categories
and colours are among the words, so that those two figures say less than they seem to; titles that
ask are the very words that were blended in, as when a shopper types what the shop wrote; the lines
of "What shoppers type" are not. Titles here are well kept: where a shop's are poor, expect less."""


def measure(study: Study) -> Section:
    """Photo and word searches at every share of words."""
    words = _words(study)
    if words is None:
        return Section("A share of words", TEXT)
    columns = {f"{weight:g}": f"share {weight:g}" for weight in WEIGHTS}
    found = {f"{weight:g}": _figures(study, words, weight) for weight in WEIGHTS}
    names = {
        "photo_r1": "synthetic second photo R@1",
        "photo_r10": "synthetic second photo R@10",
        "category": "same category P@10, photo asking",
        "colour": "same colour P@10, photo asking",
        "title_r1": "title to product R@1",
        "title_r10": "title to product R@10",
        "typed": "what shoppers type P@10",
    }
    rows = [
        Row(f"blend_{key}", name, {column: some[key] for column, some in found.items()})
        for key, name in names.items()
    ]
    return Section("A share of words", TEXT, rows, columns=columns)


def _figures(study: Study, words: Vector, share: float) -> dict[str, Figure | None]:
    shots = study.shots
    everything = [*shots.dev, *shots.train]
    photos = np.concatenate([study.vectors(SHIPPED, some) for some in (shots.dev, shots.train)])
    gallery = blended(photos, words, share)
    owners, dev = np.arange(len(everything)), np.arange(len(shots.dev))
    found: dict[str, Figure | None] = {}
    second = first_ranks(
        Rows(study.vectors(SHIPPED, shots.views), dev, dev), Rows(gallery, owners, owners)
    )
    found |= {f"photo_r{k}": figure(second <= k) for k in (1, 10)}
    for facet in ("category", "colour"):
        values = [shot.facets.get(facet, "") for shot in everything]
        labels = numbered(values, sorted(set(values) - {""}))
        known, asking = labels >= 0, labels[dev] >= 0
        asked = Rows(photos[dev][asking], dev[asking], labels[dev][asking])
        others = Rows(gallery[known], owners[known], labels[known])
        found[facet] = figure(precisions(asked, others))
    names = sorted({shot.title for shot in shots.dev})
    titled = numbered([shot.title for shot in shots.dev], names)
    wanted = np.arange(len(names))
    ranks = first_ranks(
        Rows(_embedded(study, names), wanted, wanted), Rows(gallery[dev], dev, titled)
    )
    found |= {f"title_r{k}": figure(ranks <= k) for k in (1, 10)}
    found["typed"] = shoppers.precision(study, gallery, everything)
    return found


def _words(study: Study) -> Vector | None:
    shots = [*study.shots.dev, *study.shots.train]
    if study.columns[SHIPPED].embed_texts is None or not study.shots.views:
        return None
    return _embedded(study, [words_of(shot) for shot in shots])


def _embedded(study: Study, texts: list[str]) -> Vector:
    embed_texts = study.columns[SHIPPED].embed_texts
    if embed_texts is None:
        raise ValueError("an encoder without words")
    return embed_texts(texts)
