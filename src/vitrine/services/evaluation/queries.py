"""Queries whose right answers on a gallery are known: photos, words, and products and words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from vitrine.services.evaluation.gallery import Gallery, Known, Photo, changes
from vitrine.services.search import understand
from vitrine.services.search.intent import Intent
from vitrine.services.search.understand import Subject, Words


@dataclass(frozen=True, slots=True)
class Asked:
    """One query, which rows it must not find and what is right for it.

    `own` is the row of the very product, or -1, and `also` are rows of the same one in other sizes;
    `title` is right word for word if there is one; products of the group `without`, and the row
    `apart`, do not count.
    """

    intent: Intent
    group: str
    category: str
    colour: str
    own: int = -1
    title: str = ""
    without: str = ""
    also: tuple[int, ...] = ()
    apart: int = -1


def by_photo(gallery: Gallery, photos: Sequence[Photo]) -> list[Asked]:
    """Second photos asking for their products, which lie at the rows of the same key."""
    rows = {photo.of.key: row for row, photo in enumerate(gallery.photos)}
    asked = []
    for photo in photos:
        intent = understand.understood(gallery.lexicon, gallery.snapshot, photo.alone)
        asked.append(Asked(intent, *_values(photo.of), own=rows[photo.of.key]))
    return asked


def by_words(gallery: Gallery, products: Sequence[Known]) -> list[Asked]:
    """Every title, and of every product with one its colour and category as a shopper types."""
    asked = []
    for known in {known.title: known for known in products if known.title}.values():
        group, category, colour = _values(known)
        typed = f"{colour} {category}".lower().strip() if category else ""
        for text, title in ((known.title, known.title), (typed, "")):
            if text:
                intent = worded(gallery, None, text)
                asked.append(Asked(intent, group, category, colour, title=title))
    return asked


def recoloured(gallery: Gallery, photos: Sequence[Photo], each: int = 1) -> list[Asked]:
    """Products in another colour that their category has on the gallery."""
    dice = random.Random(0)  # noqa: S311 - no secret
    asked = []
    for place, colour in changes(gallery, [photo.of for photo in photos], each, dice):
        photo = photos[place]
        intent = worded(gallery, photo.as_product, f"in {colour.lower()}")
        group, category, _ = _values(photo.of)
        asked.append(Asked(intent, group, category, colour, without=group))
    return asked


def _values(known: Known) -> tuple[str, str, str]:
    """The group, the category and the colour."""
    return known.group, known.facets.get("category", ""), known.facets.get("colour", "")


def worded(gallery: Gallery, subject: Subject | None, text: str) -> Intent:
    """What words look for, alone or beside a picture."""
    words = Words(text, "", {text: gallery.lexicon.embed([text])[0]})
    return understand.understood(gallery.lexicon, gallery.snapshot, subject, words)
