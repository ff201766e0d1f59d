"""What a picture shows, in the catalogue's own words: the value whose words lie nearest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vitrine.fields.facets import ATTRIBUTE, DEPICTED, LABEL
from vitrine.services.search.cache.columns import Words
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.tokens import phrase
from vitrine.vision.card import Part
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import vocabulary

MOST = 200
"""So many values of a facet are offered, the most frequent ones."""

SHARP, SURE = 20.0, 0.4
"""Cosines are multiplied by SHARP; a name is told if its share among all then is at least SURE."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vectors of values' words, remembered by value, how to get more, and their parts."""

    embed: Callable[[Sequence[str]], Vector]
    known: dict[str, Vector] = field(default_factory=dict)
    parts: Sequence[Part] = ()

    def vectors(self, values: Sequence[str]) -> list[Vector]:
        """One vector for each value; those that are new are embedded in one run."""
        fresh = sorted(set(values) - self.known.keys())
        if fresh:
            read = self.embed([value.casefold() for value in fresh])
            self.known.update(zip(fresh, read, strict=True))
        return [self.known[value] for value in values]


def names(
    words: Lexicon, catalogue: Catalogue, picture: Vector, known: Collection[str] = ()
) -> Mapping[str, tuple[str, ...]]:
    """By facet the value that the picture most likely shows; unsure and known facets are left
    out."""
    offered = {facet: _offered(catalogue, facet) for facet in DEPICTED if facet not in known}
    words.vectors([value for values in offered.values() for value in values])
    told = {
        facet: _nearest(picture, values, np.array(words.vectors(values)))
        for facet, values in offered.items()
        if values
    }
    return {facet: (name,) for facet, name in told.items() if name is not None}


def spelled(
    catalogue: Catalogue, labels: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """The labels as the catalogue writes them; those that no product has are left out.

    A label means a value of the catalogue that is one of its names in the vocabulary.
    """
    found: dict[str, tuple[str, ...]] = {}
    for facet, values in labels.items():
        words, known = _words(catalogue, facet), vocabulary().facets.get(facet)
        if words is None or known is None:
            continue
        own = words.by_phrase
        names = [name for word in known.words if word.value in values for name in word.spellings]
        meant = next((own[name] for name in map(phrase, names) if name in own), None)
        if meant is not None:
            found[facet] = (str(meant),)
    return found


def _words(catalogue: Catalogue, facet: str) -> Words | None:
    """The shop's own values of a facet, else those of labels."""
    held = (catalogue.words_of(name) for name in (facet, f"{ATTRIBUTE}{facet}", f"{LABEL}{facet}"))
    return next((words for words in held if words is not None), None)


def _nearest(picture: Vector, values: Sequence[str], vectors: Vector) -> str | None:
    cosines = vectors @ picture
    best = int(cosines.argmax())
    share = 1 / np.exp(SHARP * (cosines - cosines[best])).sum()
    return values[best] if share >= SURE else None


def _offered(catalogue: Catalogue, facet: str) -> list[str]:
    words = catalogue.words_of(facet)
    if words is None:
        return []
    if len(words.values) <= MOST:  # also those that no product has any more: no harm
        return [str(value) for value in words.values]
    return [str(each.value) for each in catalogue.counted(facet)[:MOST]]
