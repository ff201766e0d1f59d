"""Re-ranking: what besides the cosine speaks for a product, each a number by row, 0 to 1.

A score is the cosine and the weighted sum of these over every product alike, never over one page,
so that order, filters and pages stay exact. What is not known of a product counts in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vitrine.fields.facets import ATTRIBUTE, LABEL, SHAPES
from vitrine.services.search.cache.columns import Column, Mask
from vitrine.services.search.cache.snapshot import Scores, Snapshot
from vitrine.services.search.intent import Intent, Wanted
from vitrine.services.search.meaning import FILLING
from vitrine.services.search.tokens import UNSEEN, WORDS, phrase, tokens
from vitrine.vision.tuning import SIGNALS, Signal, Weights
from vitrine.vision.types import Vector

UNKNOWN = 0.5
FAR = 40.0
"""Colours so far apart (CIEDE2000) or more count as nothing alike."""

PLACES = 6
"""Digits that a sum of signals keeps: what a processor rounds differently must not change order."""

GONE = frozenset(
    ("out of stock", "outofstock", "sold out", "soldout", "unavailable", "discontinued", "false")
)
"""What shops write where a thing cannot be had, in the form of `phrase`."""

Signals = Mapping[str, Scores]


def weighted(snapshot: Snapshot, intent: Intent, weights: Weights) -> dict[Signal, Scores]:
    """By signal what it adds to each row's cosine; those without weight or say are left out."""
    found: dict[Signal, Scores] = {}
    for name in SIGNALS:
        weight = weights.get(name, 0.0)
        scores = _MEASURES[name](snapshot, intent) if weight else None
        if scores is not None:
            found[name] = np.round(weight * scores, PLACES)
    return found


def total(found: Signals) -> Scores | None:
    """What all signals add to each row's cosine; None where there are none."""
    return np.sum(list(found.values()), axis=0) if found else None


def colour(snapshot: Snapshot, intent: Intent) -> Scores | None:
    """How alike the main colours look."""
    if not intent.colours:
        return None
    apart, known = snapshot.traits.colour_distances(intent.colours)
    near = 1 - np.minimum(apart.astype(np.float64), FAR) / FAR
    return np.where(known, near, UNKNOWN)


def category(snapshot: Snapshot, intent: Intent) -> Scores | None:
    """Whether the product is of a wanted category."""
    return _agreement(snapshot, "category", intent.wanted.get("category", ()))


def shape(snapshot: Snapshot, intent: Intent) -> Scores | None:
    """How alike width over height are, and whether sleeve, length and neck agree."""
    told = [_aspect(snapshot, intent), *_labels(snapshot, intent.wanted)]
    known = [scores for scores in told if scores is not None]
    return np.mean(known, axis=0) if known else None


def words(snapshot: Snapshot, intent: Intent) -> Scores | None:
    """The share of the query's words that title or brand hold."""
    wanted = tuple(dict.fromkeys(intent.words))
    if not wanted:
        return None
    column = snapshot.columns.get(WORDS)
    if column is None:
        return np.zeros(snapshot.size)
    meant = (one for each in wanted for one in (each, *intent.instead.get(each, ())))
    codes = {code for word in meant for code in column.words.by_key.get(word, ())}
    held = np.bincount(column.having(codes), minlength=snapshot.size)
    return np.minimum(1.0, held / len(wanted))


def unseen(snapshot: Snapshot, intent: Intent, rough: Vector) -> Scores | None:
    """What stands for the cosine of products without a photo: the share of the query's words that
    their title, brand or recognised values hold, of the best cosine there is."""
    rows = snapshot.rows_with(UNSEEN)
    asked = tuple(word for word in intent.words if word not in FILLING)
    held = words(snapshot, replace(intent, words=asked)) if len(rows) else None
    if held is None:
        return None
    for facet, values in intent.wanted.items():
        share = sum(len(tokens(value)) for value in values) / len(set(asked))
        column = snapshot.columns.get(facet)
        if column is not None:
            fits = _having(column, snapshot.size, {phrase(value) for value in values})
            held = np.maximum(held, np.minimum(1.0, held + share * fits))
    scores = np.zeros(snapshot.size)
    best = float(rough[snapshot.alive].max(initial=0.0))
    # Up, so that who holds every word is not behind the best photo by a rounding.
    scores[rows] = np.ceil(held[rows] * best * 10**PLACES) / 10**PLACES
    return scores


def stock(snapshot: Snapshot, intent: Intent) -> Scores | None:  # noqa: ARG001 - one signature
    """Whether it can be had, as far as the attribute `availability` tells."""
    column = snapshot.columns.get("availability")
    if column is None:
        return None
    return 1 - _having(column, snapshot.size, GONE).astype(np.float64)


_MEASURES: Mapping[Signal, Callable[[Snapshot, Intent], Scores | None]] = {
    "colour": colour,
    "category": category,
    "shape": shape,
    "words": words,
    "stock": stock,
}


def _aspect(snapshot: Snapshot, intent: Intent) -> Scores | None:
    if not intent.aspect:
        return None
    aspects = snapshot.traits.aspects.astype(np.float64)
    apart = np.abs(np.log2(np.where(aspects > 0, aspects, 1.0) / intent.aspect))
    return np.where(aspects > 0, 1 - np.minimum(apart, 1.0), UNKNOWN)


def _labels(snapshot: Snapshot, wanted: Wanted) -> list[Scores | None]:
    """Agreement in what shapes a garment: by the shop's attributes, else by labels of vision."""
    return [_shape(snapshot, facet, wanted.get(facet, ())) for facet in SHAPES]


def _shape(snapshot: Snapshot, facet: str, values: Sequence[str]) -> Scores | None:
    stated = _agreement(snapshot, f"{ATTRIBUTE}{facet}", values)
    seen = _agreement(snapshot, f"{LABEL}{facet}", values)
    if stated is None or seen is None:
        return seen if stated is None else stated
    return np.where(stated == UNKNOWN, seen, stated)


def _agreement(snapshot: Snapshot, facet: str, values: Sequence[str]) -> Scores | None:
    """1 where a row has one of the values, 0 where it has others, between where it has none."""
    column = snapshot.columns.get(facet)
    if not values or column is None:
        return None
    told = column.marked(np.ones(column.known, dtype=np.bool_), snapshot.size)
    fits = _having(column, snapshot.size, {phrase(value) for value in values})
    return np.where(told, fits.astype(np.float64), UNKNOWN)


def _having(column: Column, size: int, phrases: frozenset[str] | set[str]) -> Mask:
    known = column.known
    fits = np.fromiter(
        (each in phrases for each in column.words.phrases[:known]), dtype=np.bool_, count=known
    )
    return column.marked(fits, size)
