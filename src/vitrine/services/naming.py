"""What a picture shows, in the catalogue's own words: the value whose words lie nearest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vitrine.ports import Ports
from vitrine.resident.columns import Column
from vitrine.resident.snapshot import Snapshot
from vitrine.tables.models import Collection
from vitrine.vision.types import Vector

FACETS = ("category", "colour", "gender")
MOST = 200
"""So many values of a facet are offered, the most frequent ones."""

SHARP, SURE = 20.0, 0.4
"""Cosines are multiplied by SHARP; a name is told if its share among all then is at least SURE."""


def learn(ports: Ports, collection: Collection, snapshot: Snapshot) -> None:
    """Have the words of the catalogue's values embedded, those that are new, in one run."""
    known = ports.resident.names.setdefault(collection.name, {})
    fresh = sorted({value for _, value in _offered(snapshot)} - known.keys())
    if fresh:
        vectors = ports.vision.embed_texts([value.casefold() for value in fresh])
        known.update(zip(fresh, vectors, strict=True))


def names(
    ports: Ports, collection: Collection, snapshot: Snapshot, picture: Vector
) -> dict[str, tuple[str, ...]]:
    """By facet the value that the picture most likely shows; unsure facets are left out."""
    known = ports.resident.names.get(collection.name, {})
    found: dict[str, tuple[str, ...]] = {}
    for facet in FACETS:
        values = [value for each, value in _offered(snapshot) if each == facet and value in known]
        name = _nearest(picture, values, np.array([known[value] for value in values]))
        if name is not None:
            found[facet] = (name,)
    return found


def _nearest(picture: Vector, values: list[str], vectors: Vector) -> str | None:
    if not values:
        return None
    cosines = vectors @ picture
    best = int(cosines.argmax())
    share = 1 / np.exp(SHARP * (cosines - cosines[best])).sum()
    return values[best] if share >= SURE else None


def _offered(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for facet in FACETS:
        column: Column | None = snapshot.columns.get(facet)
        for each in column.counts(snapshot.alive)[:MOST] if column else ():
            yield facet, str(each.value)
