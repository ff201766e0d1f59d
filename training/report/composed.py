"""The same sort of thing in another colour: a product and a few words."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from training.tune import shelf_of
from vitrine.services.evaluation.figures import figure
from vitrine.services.evaluation.gallery import Gallery, changes
from vitrine.services.search import understand
from vitrine.services.search.understand import Words
from vitrine.vision.types import Vector

TEXT = """Every dev product asks for up to two other colours that its category has, among all dev
and train products but its own group; right is the same category in the wanted colour. *R@10* is
whether one of the first ten is right, *P@10* how many of them are. The words are "in red" alone,
unless the row says otherwise. The rule that ships completes the words with the category, takes a
quarter of the old colour's word away, and counts the picture a third of words of equal share; it
was chosen on held-back train products. Where vectors have a part for colour, that of the wanted
colour's word takes the place of what so came out; *without exchanging parts* it does not. *As a
photo* means that nothing is known but the picture,
and category and colour are named by words."""
COLUMNS = {"r1": "R@1", "r10": "R@10", "p10": "P@10"}

AT_ONCE = 256

Hits = NDArray[np.bool_]


def measure(study: Study) -> Section:
    """R@1, R@10 and P@10 of the shipped rule and of what it has to beat."""
    if study.columns[SHIPPED].embed_texts is None or not study.shots.dev:
        return Section("The same in another colour", TEXT, columns=COLUMNS)
    held = shelf_of(study)
    dice = random.Random(0)  # noqa: S311 - no secret
    asked = changes(held, study.shots.dev, 2, dice)
    found = {
        key: (name, _hits(held, asked, vectors))
        for key, (name, vectors) in _ways(held, asked).items()
    }
    rows = [
        Row(
            f"composed_{key}",
            name,
            {
                "r1": figure(hits[:, 0]),
                "r10": figure(np.asarray(hits.any(axis=1))),
                "p10": figure(hits.mean(axis=1)),
            },
        )
        for key, (name, hits) in found.items()
    ]
    return Section("The same in another colour", TEXT, rows, columns=COLUMNS)


def _ways(held: Gallery, asked: Sequence[tuple[int, str]]) -> Mapping[str, tuple[str, Vector]]:
    images = held.snapshot.vectors[[row for row, _ in asked]]
    words = _embedded(held, [f"in {colour.lower()}" for _, colour in asked])
    full = _embedded(
        held,
        [f"{colour} {held.photos[row].of.facets['category']}".lower() for row, colour in asked],
    )
    return {
        "image": ("the picture only", images),
        "text": ("the words only", words),
        "full": ("colour and category as words only", full),
        "mean": ("the plain mean of picture and words", images + words),
        "shipped": ("the rule that ships, more like a product", _composed(held, asked, True)),
        "photo": ("the rule that ships, as a photo", _composed(held, asked, False)),
        **_whole(held, asked),
    }


def _whole(held: Gallery, asked: Sequence[tuple[int, str]]) -> Mapping[str, tuple[str, Vector]]:
    """The same as if vectors had no parts, where they have some."""
    if not held.lexicon.parts:
        return {}
    whole = replace(held, lexicon=replace(held.lexicon, parts=()))
    return {
        "whole": (
            "the same, like a product, without exchanging parts",
            _composed(whole, asked, True),
        ),
        "whole_photo": ("as a photo, without exchanging parts", _composed(whole, asked, False)),
    }


def _composed(held: Gallery, asked: Sequence[tuple[int, str]], known: bool) -> Vector:
    made = []
    texts = {colour: f"in {colour.lower()}" for _, colour in asked}
    read = dict(zip(texts, _embedded(held, list(texts.values())), strict=True))
    for row, colour in asked:
        photo = held.photos[row]
        subject = photo.as_product if known else photo.alone
        words = Words(texts[colour], "", {texts[colour]: read[colour]})
        looked_for = understand.understood(held.lexicon, held.snapshot, subject, words)
        made.append(looked_for.vector)
    return np.stack(made)


def _hits(held: Gallery, asked: Sequence[tuple[int, str]], vectors: Vector) -> Hits:
    """For each query which of its ten nearest are right."""
    found = []
    gallery, most = held.snapshot.vectors[: len(held.photos)], min(10, len(held.photos))
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        for (row, colour), scores in zip(some, vectors[start:][:AT_ONCE] @ gallery.T, strict=True):
            product = held.photos[row].of
            scores[held.values["group"].is_at(product.group)] = -np.inf
            ten = np.argpartition(-scores, most - 1)[:most]
            ten = ten[np.argsort(-scores[ten], kind="stable")]
            right = held.values["category"].is_at(product.facets["category"])
            found.append((right & held.values["colour"].is_at(colour))[ten])
    return np.stack(found)


def _embedded(held: Gallery, texts: Sequence[str]) -> Vector:
    known = sorted(set(texts))
    parts = [held.lexicon.embed(known[at : at + 256]) for at in range(0, len(known), 256)]
    by_text = dict(zip(known, np.concatenate(parts), strict=True))
    return np.stack([by_text[text] for text in texts])
