"""How well category, colour and other facets are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training import lexicon
from training.data import Shot, is_validation
from training.report import naming
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import Figure, Ints, macro_f1, resampled

FACETS = ("category", "colour", "pattern", "sleeve", "neck", "gender")
FEWEST = 10
CONFUSED = 20
TEXT = f"""Macro-F1 over the values with {FEWEST} or more dev products; offered are all values with
{FEWEST} or more train products, or those the shipped heads know. *By words* means: the value whose
lines ("a photo of a red garment") lie nearest. *By heads* means linear heads on the vector: those
that ship with the encoder (`heads.npz`) or, where it has none and for the baselines, class-balanced
ridge heads fitted here on train, their penalty chosen on a tenth of train."""


@dataclass(frozen=True, slots=True)
class Named:
    """True and said values by their place in `values`; `scored` are the places that count."""

    values: Sequence[str]
    truth: Ints
    said: Ints
    scored: Ints

    def figure(self) -> Figure | None:
        """Macro-F1 with its interval; None where no value has enough products."""
        if not len(self.scored):
            return None
        return resampled(
            lambda rows: macro_f1(self.truth[rows], self.said[rows], self.scored), len(self.truth)
        )


def measure(study: Study) -> Section:
    """Macro-F1 of every facet by words and by heads, and which categories are taken for others."""
    rows = []
    for facet in FACETS:
        words = {key: _by_words(study, facet, key) for key in study.columns}
        heads = {key: _by_heads(study, facet, key) for key in study.columns}
        rows.append(Row(f"{facet}_words", f"{facet} by words", _figures(words)))
        rows.append(Row(f"{facet}_heads", f"{facet} by heads", _figures(heads)))
    shown = _by_heads(study, "category", SHIPPED)
    extras = {"confusion": confusion(shown)} if shown else {}
    return Section("Naming", TEXT, rows, extras=extras)


def confusion(named: Named) -> dict[str, list[str] | list[list[int]]]:
    """Counts of (true, said) for the most frequent values, the rest summed up as "other"."""
    often = np.bincount(named.truth, minlength=len(named.values))
    top = [int(place) for place in np.argsort(-often, kind="stable")[:CONFUSED] if often[place]]
    other = len(top)
    place = np.full(len(named.values), other)
    place[top] = np.arange(other)
    table = np.zeros((other + 1, other + 1), dtype=np.int64)
    np.add.at(table, (place[named.truth], place[named.said]), 1)
    return {"values": [named.values[at] for at in top] + ["other"], "counts": table.tolist()}


def _by_words(study: Study, facet: str, column: str) -> Named | None:
    embed_texts = study.columns[column].embed_texts
    offered = _offered(study.shots.train, facet)
    asked = _known(study.shots.dev, facet)
    if embed_texts is None or not offered or not asked:
        return None
    scores = study.vectors(column, study.shots.dev) @ naming.names_of(embed_texts, facet, offered).T
    return _named(study.shots.dev, facet, offered, scores.argmax(axis=1))


def _by_heads(study: Study, facet: str, column: str) -> Named | None:
    heads = naming.shipped_heads(study.columns[column].folder, facet) or _fit(study, facet, column)
    if heads is None or not _known(study.shots.dev, facet):
        return None
    weight, bias, values = heads
    scores = study.vectors(column, study.shots.dev) @ weight.T + bias
    return _named(study.shots.dev, facet, values, scores.argmax(axis=1))


def _fit(
    study: Study, facet: str, column: str
) -> tuple[naming.Floats, naming.Floats, Sequence[str]] | None:
    train = study.shots.train
    values = _offered(train, facet)
    if not values:
        return None
    labels = numbered([_value(shot, facet) for shot in train], values)
    held = np.array([is_validation(shot, 0.1) for shot in train])
    known = labels >= 0
    vectors = study.vectors(column, train)[known]
    return (*naming.fitted_heads(vectors, labels[known], held[known]), values)


def _named(shots: Sequence[Shot], facet: str, offered: Sequence[str], said: Ints) -> Named:
    true = [_value(shot, facet) for shot in shots]
    # What is true but was not offered is a value too, and counts as missed.
    values = [*offered, *sorted(set(true) - set(offered) - {""})]
    truth = numbered(true, values)
    often = np.bincount(truth[truth >= 0], minlength=len(values))
    return Named(values, truth[truth >= 0], said[truth >= 0], np.flatnonzero(often >= FEWEST))


def _offered(train: Sequence[Shot], facet: str) -> list[str]:
    values = [_value(shot, facet) for shot in train]
    return [value for value in sorted(set(values) - {""}) if values.count(value) >= FEWEST]


def _value(shot: Shot, facet: str) -> str:
    """What the shot has, values that mean the same made one; empty = unknown."""
    value = shot.facets.get(facet, "")
    return lexicon.canonical(facet, value) if value else ""


def _known(shots: Sequence[Shot], facet: str) -> bool:
    return any(shot.facets.get(facet) for shot in shots)


def _figures(named: dict[str, Named | None]) -> dict[str, Figure | None]:
    return {key: one.figure() if one else None for key, one in named.items()}
