"""The figures of an encoder on a snapshot's test part: recall, labels, the worth of levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vitrine.ports import Vision
from vitrine.services.calibration import asking, bars
from vitrine.services.calibration.bars import Hits
from vitrine.services.calibration.fitting import Found
from vitrine.services.evaluation import gallery as galleries
from vitrine.services.evaluation import queries
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.evaluation.neighbours import nearest
from vitrine.services.evaluation.queries import Asked
from vitrine.services.training.gate import Figures
from vitrine.services.training.looking import Seen
from vitrine.services.training.statistics import MacroF1, Share, Statistic
from vitrine.tables.vectors import blended
from vitrine.vision.figures import Ints, Mask, Rows, first_ranks
from vitrine.vision.tuning import Levels
from vitrine.vision.types import Vector

OFTEN = 3
"""A value counts that is true of so many test products."""


def measure(vision: Vision, seen: Seen, k: int) -> Figures:
    """Every figure that the test products allow, recall among the first k of all products."""
    test = seen.of("test")
    if not test.products:
        return {}
    found: dict[str, Statistic] = {
        "photo_recall": _photo_recall(vision, seen, test, k),
        "words_recall": _words_recall(vision, seen, test, k),
        "design_recall": _design_recall(seen, test, k),
        "label_f1": label_f1(test),
    }
    levels = _levels(vision, seen.of("val"), test)
    return found if levels is None else found | {"levels": levels}


def label_f1(test: Seen) -> MacroF1:
    """Macro-F1 of what was said of products of which the facet is known."""
    columns = list(_columns(test))
    shape = (len(test.products), len(columns))
    true, said = np.zeros(shape), np.zeros(shape)
    for row, (one, told) in enumerate(zip(test.products, test.said, strict=True)):
        for column, (facet, value) in enumerate(columns):
            if facet in one.labels:
                true[row, column] = value in one.labels[facet]
                said[row, column] = told.get(facet) == value
    names = sorted({facet for facet, _ in columns})
    facets = np.array([names.index(facet) for facet, _ in columns], dtype=np.int64)
    known = sum(any(facet in one.labels for facet in names) for one in test.products)
    return MacroF1(true * said, true + said, facets, known)


def _columns(test: Seen) -> Iterator[tuple[str, str]]:
    """Facets and values that are true OFTEN enough."""
    told = [(facet, value) for one in test.products for facet in one.labels
            for value in one.labels[facet]]  # fmt: skip
    for pair in sorted(set(told)):
        if told.count(pair) >= OFTEN:
            yield pair


def _photo_recall(vision: Vision, seen: Seen, test: Seen, k: int) -> Share:
    """Another view of a product finds it among all."""
    place = {one.key: row for row, one in enumerate(seen.products)}
    rows = np.array([place[one.key] for one in test.products], dtype=np.int64)
    asked = Rows(_vectors(test.second), rows, rows)
    every = np.arange(len(seen.products), dtype=np.int64)
    ranks = first_ranks(asked, Rows(_held(vision, seen), every, every))
    return _share(ranks <= k)


def _words_recall(vision: Vision, seen: Seen, test: Seen, k: int) -> Share:
    """A title finds a product that has it."""
    titles = {title: n for n, title in enumerate(sorted({one.title for one in seen.products}))}
    own = np.array([titles[one.title] for one in test.products], dtype=np.int64)
    words = vision.embed_texts([one.title for one in test.products])
    labels = np.array([titles[one.title] for one in seen.products], dtype=np.int64)
    every = np.arange(len(labels), dtype=np.int64)
    ranks = first_ranks(Rows(words, own, own), Rows(_held(vision, seen), every, labels))
    return _share(ranks <= k, np.array([bool(one.title) for one in test.products]))


def _design_recall(seen: Seen, test: Seen, k: int) -> Share:
    """A product finds another one of its group."""
    groups = np.array([one.group for one in seen.products])
    keys = np.array([one.key for one in seen.products])
    scores = _vectors(test.first) @ _vectors(seen.first).T
    hit, asks = np.zeros(len(test.products), dtype=bool), np.zeros(len(test.products), dtype=bool)
    for row, one in enumerate(test.products):
        own = keys == one.key
        right = (groups == one.group) & ~own
        asks[row] = right.any()
        if asks[row]:
            best = scores[row][right].max()
            hit[row] = ((scores[row] >= best) & ~right & ~own).sum() < k
    return _share(hit, asks)


def _levels(vision: Vision, val: Seen, test: Seen) -> Share | None:
    """Of the hits that are called a level, how many are so or better, by bars of the val part."""
    levels = _fitted(vision, val)
    if levels is None:
        return None
    held = _gallery(vision, test)
    right, asked = np.zeros(len(test.products)), np.zeros(len(test.products))
    for some, rows in _queries(held, test):
        hits = Hits.of(nearest(held, some, heard=()), {})
        grades = bars.grades_of(hits, levels.others)
        called = grades > 0
        owners = rows[hits.queries[called]]
        np.add.at(asked, owners, 1)
        np.add.at(right, owners, hits.grades[called] >= grades[called])
    return Share(right, asked)


def _fitted(vision: Vision, val: Seen) -> Levels | None:
    if not val.products:
        return None
    held = _gallery(vision, val)
    near = [nearest(held, some, heard=()) if some else None for some, _ in _queries(held, val)]
    return Found(near[0], near[1], {}).levels(None)


def _queries(held: Gallery, seen: Seen) -> list[tuple[Sequence[Asked], Ints]]:
    """Products that leave themselves out, and other views; with the row of the product of each."""
    without, own = asking.without_own(held), queries.by_photo(held, seen.second)
    return [
        (without, np.array([one.apart for one in without], dtype=np.int64)),
        (own, np.array([one.own for one in own], dtype=np.int64)),
    ]


def _gallery(vision: Vision, seen: Seen) -> Gallery:
    share = vision.versions.text_share
    return galleries.build(list(seen.first), vision.embed_texts, share, vision.parts)


def _held(vision: Vision, seen: Seen) -> Vector:
    """Products' vectors as a search finds them: with their share of words."""
    share, photos = vision.versions.text_share, _vectors(seen.first)
    if not share:
        return photos
    words = vision.embed_texts([galleries.words_of(one) for one in seen.products])
    return blended(photos, words, share)


def _vectors(photos: Sequence[Photo]) -> Vector:
    return np.stack([photo.vector for photo in photos])


def _share(right: Mask, asked: Mask | None = None) -> Share:
    those = np.ones(len(right)) if asked is None else asked.astype(np.float64)
    return Share(right * those, those)
