"""What a search asks of the whole catalogue, whichever of its products are at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from vitrine.services.search.cache.columns import Count, Words
from vitrine.services.search.cache.snapshot import Likeness
from vitrine.vision.types import Vector


class Catalogue(Protocol):
    """Its values and words with how often they occur, and how like a vector it is as a whole.

    A Snapshot of all products is one.
    """

    def facets(self) -> Collection[str]:
        """The facets that any product had a value of."""
        ...

    def words_of(self, facet: str) -> Words | None:
        """The values of a facet, also those that no product has any more; None for no facet."""
        ...

    def counted(self, facet: str) -> Sequence[Count]:
        """How many living products have each value of a facet, the most frequent first."""
        ...

    def spoken(self) -> Mapping[str, int]:
        """By word of titles and brands how many living products hold it."""
        ...

    def holds(self, word: str) -> bool:
        """Whether any product's title or brand held the word."""
        ...

    def holds_all(self, words: Iterable[str]) -> bool:
        """Whether one living product holds every word in title and brand."""
        ...

    def likeness(self, vector: Vector, rough: Vector | None = None) -> Likeness:
        """How like the vector the living products are; `rough` are the cosines of the products at
        hand, if known."""
        ...
