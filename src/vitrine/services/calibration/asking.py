"""Queries that a catalogue can answer itself: its own photos, words, and other colours."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TypeVar

from vitrine.services.evaluation import queries
from vitrine.services.evaluation.gallery import FEWEST, Gallery, Known
from vitrine.services.evaluation.queries import Asked
from vitrine.services.search import understand

MOST = 600
"""So many queries of a kind at most: seconds, and enough for a share to a few points."""

T = TypeVar("T")


def without_own(held: Gallery) -> list[Asked]:
    """Products that ask by their own photo, their own row not counting.

    Right as the very product are others of one design and colour alone.
    """
    twins: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row, photo in enumerate(held.photos):
        twins[photo.of.group, photo.of.facets.get("colour", "")].append(row)
    asked = []
    for row in sample([row for row, photo in enumerate(held.photos) if _categorised(photo.of)]):
        photo = held.photos[row]
        intent = understand.understood(held.lexicon, held.snapshot, photo.alone)
        category, colour = _looks(photo.of)
        same = tuple(each for each in twins[photo.of.group, colour] if colour and each != row)
        asked.append(Asked(intent, photo.of.group, category, colour, also=same, apart=row))
    return asked


def by_words(held: Gallery) -> list[Asked]:
    """Titles, and colour and category as a shopper types them, where enough products are so."""
    known = [photo.of for photo in held.photos if _categorised(photo.of)]
    titled = {one.title: one for one in known if one.title}
    asked = [
        Asked(queries.worded(held, None, one.title), one.title, *_looks(one), title=one.title)
        for one in sample(list(titled.values()), MOST // 2)
    ]
    often = Counter(_looks(one) for one in known)
    for category, colour in sample(
        sorted(pair for pair in often if often[pair] >= FEWEST), MOST // 2
    ):
        typed = f"{colour} {category}".casefold().strip()
        asked.append(Asked(queries.worded(held, None, typed), typed, category, colour))
    return asked


def recoloured(held: Gallery) -> list[Asked]:
    """Products in another colour that their category has."""
    some = sample([photo for photo in held.photos if _categorised(photo.of)])
    return queries.recoloured(held, some)


def sample(everything: Sequence[T], most: int = MOST) -> list[T]:
    """A seeded sample in order."""
    if len(everything) <= most:
        return list(everything)
    chosen = random.Random(0).sample(range(len(everything)), most)  # noqa: S311 - no secret
    return [everything[place] for place in sorted(chosen)]


def _categorised(known: Known) -> bool:
    return bool(known.facets.get("category"))


def _looks(known: Known) -> tuple[str, str]:
    return known.facets.get("category", ""), known.facets.get("colour", "")
