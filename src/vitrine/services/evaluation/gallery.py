"""Products as search holds them in memory, so that the product's own code is what is measured."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vitrine.fields.facets import ATTRIBUTE, LOOKS, RECOGNISED
from vitrine.services.indexing.product_words import text_of
from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.cache.traits import UNMEASURED, Trait
from vitrine.services.search.filters import Value
from vitrine.services.search.naming import Lexicon
from vitrine.services.search.tokens import WORDS, tokens
from vitrine.services.search.understand import Subject
from vitrine.tables.vectors import blended
from vitrine.vision.card import Part
from vitrine.vision.types import Vector

FEWEST = 3
"""A colour can be asked for if so many products of the category have it."""


class Known(Protocol):
    """What is known of a product: its key, its group, its words, and its facets by name.

    Products of one group are too much alike to be right answers to one another.
    """

    @property
    def key(self) -> str: ...  # noqa: D102 - as the class says
    @property
    def group(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def facets(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo's vector and measures, and the product that it shows."""

    of: Known
    vector: Vector
    trait: Trait = UNMEASURED

    @property
    def alone(self) -> Subject:
        """The photo as what is asked with, nothing else being known."""
        return Subject(self.vector, self.trait.colours, self.trait.aspect)

    @property
    def as_product(self) -> Subject:
        """The product as what is asked with."""
        facets = self.of.facets
        labels = {name: (facets[name],) for name in (*RECOGNISED, *LOOKS) if facets.get(name)}
        return Subject(self.vector, self.trait.colours, self.trait.aspect, labels)


@dataclass(frozen=True, slots=True)
class Numbered:
    """One facet by row, as places in its names: much faster compared than text."""

    names: Mapping[str, int]
    rows: NDArray[np.int64]

    def is_at(self, name: str) -> NDArray[np.bool_]:
        """Which rows have the name; none has the empty one."""
        return np.asarray(self.rows == (self.names.get(name, -2) if name else -2))


@dataclass(frozen=True, slots=True)
class Gallery:
    """Products by row, one photo each, and the snapshot of them.

    `values` number each facet's values by row. Vectors of `photos` are those of the photos alone,
    which the snapshot's may not be.
    """

    photos: Sequence[Photo]
    snapshot: Snapshot
    lexicon: Lexicon
    values: Mapping[str, Numbered]


def build(
    photos: Sequence[Photo],
    embed_texts: Callable[[Sequence[str]], Vector],
    text_share: float = 0.0,
    parts: Sequence[Part] = (),
) -> Gallery:
    """A gallery of these, row by row, each product's vector holding that share of its words.

    `parts` are those of every vector.
    """
    held = vectors = np.stack([photo.vector for photo in photos])
    if text_share:
        words = embed_texts([words_of(photo.of) for photo in photos])
        held = blended(vectors, words, text_share)
    store, nothing = stores.empty(vectors.shape[1], len(photos), 2**40)
    entries = (
        Entry(f"{row:06d}", vector, _facets(photo.of), None, photo.trait)
        for row, (photo, vector) in enumerate(zip(photos, held, strict=True))
    )
    snapshot = stores.changed(store, nothing, entries)
    products = [photo.of for photo in photos]
    values = {
        "category": [one.facets.get("category", "") for one in products],
        "colour": [one.facets.get("colour", "") for one in products],
        "title": [one.title for one in products],
        "group": [one.group for one in products],
    }
    numbered = {facet: _numbered(names) for facet, names in values.items()}
    return Gallery(photos, snapshot, Lexicon(embed_texts, parts=parts), numbered)


def words_of(known: Known) -> str:
    """A product's own words, as the product reads them."""
    return text_of(known.title, known.facets.get("category", ""), known.facets.get("colour", ""))


def changes(
    gallery: Gallery, asking: Sequence[Known], each: int, dice: random.Random
) -> list[tuple[int, str]]:
    """Place and wanted colour: `each` of them a product, if its category has so many others."""
    often = Counter(
        (one.of.facets.get("category", ""), one.of.facets.get("colour", ""))
        for one in gallery.photos
    )
    found = []
    for place, known in enumerate(asking):
        category, own = known.facets.get("category"), known.facets.get("colour")
        offered = sorted(
            colour
            for (of, colour), count in often.items()
            if of == category and colour not in ("", own) and count >= FEWEST
        )
        if category and own and offered:
            found += [(place, colour) for colour in dice.sample(offered, min(each, len(offered)))]
    return found


def _numbered(names: Sequence[str]) -> Numbered:
    known = {name: number for number, name in enumerate(sorted(set(names)))}
    return Numbered(known, np.array([known[name] for name in names], dtype=np.int64))


def _facets(known: Known) -> dict[str, tuple[Value, ...]]:
    facets = known.facets
    named = {name: (facets[name],) for name in RECOGNISED if facets.get(name)}
    looks = {f"{ATTRIBUTE}{name}": (facets[name],) for name in LOOKS if facets.get(name)}
    words = tuple(dict.fromkeys(tokens(f"{known.title} {facets.get('brand', '')}")))
    return {**named, **looks, WORDS: words}
