"""Figures of vectors on products held out: the same arithmetic as `vitrine evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vitrine.finetune.lessons import Known
from vitrine.finetune.looking import Ints
from vitrine.vision.figures import Figure, Mask, Rows, Values, figure, first_ranks, precisions
from vitrine.vision.types import Vector

WITHIN = 10
NAMES = {
    "category_p10": "same category P@10",
    "colour_p10": "same colour P@10",
    "both_p10": "same category and colour P@10",
    "design_r10": "same design R@10",
    "other_colour_r10": "same design in another colour R@10",
    "article_r10": "same design and colour R@10",
    "view_r1": "made-up second photo R@1",
    "title_r10": "title to its photo R@10",
}
Told = Mapping[str, Values]
"""By figure, what each of its queries got, 0 to 1; the same queries for every model."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Products as a model sees them: plain vectors (n, d), one made-up view of each (n, d), and the
    vectors of titles by number (t, d), where words are measured."""

    plain: Vector
    views: Vector
    titles: Vector | None = None


def measured(found: Known, asks: Ints, offered: Ints, shown: Shown) -> dict[str, Values]:
    """Every figure's values: products at `asks` ask, those at `offered` answer.

    Figures that nobody can ask for are left out.
    """
    values = {
        **_alike(found, asks, offered, shown),
        **_designs(found, asks, offered, shown.plain),
        "view_r1": _views(asks, offered, shown),
    }
    if shown.titles is not None:
        values["title_r10"] = _titles(found, asks, offered, shown.plain, shown.titles)
    return {name: some for name, some in values.items() if len(some)}


def compared(before: Told, after: Told) -> dict[str, tuple[Figure, Figure, Figure]]:
    """By figure: before, after, and their difference query by query with its interval."""
    rows = {}
    for name, some in before.items():
        each = figure(some), figure(after[name]), figure(after[name] - some)
        if each[0] and each[1] and each[2]:
            rows[name] = (each[0], each[1], each[2])
    return rows


def _alike(found: Known, asks: Ints, offered: Ints, shown: Shown) -> dict[str, Values]:
    both = np.where(
        (found.kinds < 0) | (found.colours < 0), -1, found.kinds * 10_000 + found.colours
    )
    labels = {"category_p10": found.kinds, "colour_p10": found.colours, "both_p10": both}
    values = {}
    for name, label in labels.items():
        queries, gallery = (
            Rows(shown.plain[some], some, label[some]).where(label[some] >= 0)
            for some in (asks, offered)
        )
        told = len(queries.owners) and len(gallery.owners)
        values[name] = precisions(queries, gallery) if told else np.empty(0)
    return values


def _designs(found: Known, asks: Ints, offered: Ints, plain: Vector) -> dict[str, Values]:
    scores = plain[asks] @ plain[offered].T
    other = asks[:, None] != offered[None, :]
    design = (found.designs[asks, None] == found.designs[None, offered]) & other
    own, its = found.colours[asks, None], found.colours[None, offered]
    same = design & (own == its) & (own >= 0)
    recoloured = design & (own != its) & (own >= 0) & (its >= 0)
    return {
        "design_r10": _within(scores, design, other),
        "other_colour_r10": _within(scores, recoloured, other & ~same),
        "article_r10": _within(scores, same, other),
    }


def _within(scores: Vector, right: Mask, offered: Mask) -> Values:
    """Of each query that something is right for, whether it is among the first."""
    asking = right.any(axis=1)
    some, good, shown = scores[asking], right[asking], offered[asking]
    best = np.where(good, some, -np.inf).max(axis=1, keepdims=True, initial=-np.inf)
    ahead = ((some >= best) & shown & ~good).sum(axis=1)
    return (ahead < WITHIN).astype(np.float64)


def _views(asks: Ints, offered: Ints, shown: Shown) -> Values:
    among = np.union1d(asks, offered)
    gallery = Rows(shown.plain[among], among, among)
    return (first_ranks(Rows(shown.views[asks], asks, asks), gallery) <= 1).astype(np.float64)


def _titles(found: Known, asks: Ints, offered: Ints, plain: Vector, titles: Vector) -> Values:
    wanted = np.unique(found.titles[asks])
    wanted = wanted[wanted >= 0]
    among = np.union1d(asks, offered)
    gallery = Rows(plain[among], among, found.titles[among])
    if not len(wanted):
        return np.empty(0)
    ranks = first_ranks(Rows(titles[wanted], wanted, wanted), gallery)
    return (ranks <= WITHIN).astype(np.float64)
