"""What a picture shows, in the catalogue's own words: the value whose words lie nearest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vitrine.services.search.cache.columns import Column
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.engine import SearchEngine
from vitrine.tables.models import Collection
from vitrine.vision.types import Vector

FACETS = ("category", "colour", "gender")
MOST = 200
"""So many values of a facet are offered, the most frequent ones."""

SHARP, SURE = 20.0, 0.4
"""Cosines are multiplied by SHARP; a name is told if its share among all then is at least SURE."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vectors of values' words, remembered by value, and how to get more."""

    embed: Callable[[Sequence[str]], Vector]
    known: dict[str, Vector] = field(default_factory=dict)

    def vectors(self, values: Sequence[str]) -> list[Vector]:
        """One vector for each value; those that are new are embedded in one run."""
        fresh = sorted(set(values) - self.known.keys())
        if fresh:
            read = self.embed([value.casefold() for value in fresh])
            self.known.update(zip(fresh, read, strict=True))
        return [self.known[value] for value in values]


def lexicon(engine: SearchEngine, collection: Collection) -> Lexicon:
    """The words of a collection's space, as this process remembers them."""
    known = engine.cache.names.setdefault(collection.name, {})
    return Lexicon(engine.ports.vision.embed_texts, known)


def names(words: Lexicon, snapshot: Snapshot, picture: Vector) -> Mapping[str, tuple[str, ...]]:
    """By facet the value that the picture most likely shows; unsure facets are left out."""
    offered = {facet: _offered(snapshot, facet) for facet in FACETS}
    words.vectors([value for values in offered.values() for value in values])
    told = {
        facet: _nearest(picture, values, np.array(words.vectors(values)))
        for facet, values in offered.items()
        if values
    }
    return {facet: (name,) for facet, name in told.items() if name is not None}


def _nearest(picture: Vector, values: Sequence[str], vectors: Vector) -> str | None:
    cosines = vectors @ picture
    best = int(cosines.argmax())
    share = 1 / np.exp(SHARP * (cosines - cosines[best])).sum()
    return values[best] if share >= SURE else None


def _offered(snapshot: Snapshot, facet: str) -> list[str]:
    column: Column | None = snapshot.columns.get(facet)
    if column is None:
        return []
    if len(column.words.values) <= MOST:  # also those that no product has any more: no harm
        return [str(value) for value in column.words.values]
    return [str(each.value) for each in column.counts(snapshot.alive)[:MOST]]
