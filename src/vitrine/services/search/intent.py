"""What a search looks for: its vectors, and what it wants of a product in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from vitrine.fields import FIELDS
from vitrine.fields.facets import LOOKS, RECOGNISED
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.tokens import LONGEST, phrase, tokens
from vitrine.tables.catalog import Product
from vitrine.vision.tuning import Kind
from vitrine.vision.types import Palette, Vector
from vitrine.vision.vocabulary import vocabulary

T = TypeVar("T")

Wanted = Mapping[str, tuple[str, ...]]
"""By facet the values of which one is wanted."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A query made ready.

    `vector` is what products are compared with; `image`, `text` and `unwanted` are what it was made
    of; `emphasised` is the same with its parts weighed as the query asks, if it asks. `colours` and
    `aspect` are those of the photo or product, unless the words ask for others.
    """

    kind: Kind
    vector: Vector
    image: Vector | None = None
    text: Vector | None = None
    unwanted: Vector | None = None
    colours: Palette = ()
    aspect: float | None = None
    words: tuple[str, ...] = ()
    wanted: Wanted = field(default_factory=dict)
    avoided: Wanted = field(default_factory=dict)
    emphasised: Vector | None = None

    @property
    def ordering(self) -> Vector:
        """What products are ordered by; levels are those of `vector`, for which they were
        measured."""
        return self.vector if self.emphasised is None else self.emphasised

    def as_json(self) -> dict[str, Any]:
        """How the query was understood, as it is recorded."""
        wanted, avoided = (
            {facet: [*values] for facet, values in told.items()}
            for told in (self.wanted, self.avoided)
        )
        return {"kind": self.kind, "wanted": wanted, "avoided": avoided}


def recognised(snapshot: Snapshot, text: str) -> dict[str, tuple[str, ...]]:
    """The values of the catalogue that a text names, by facet; of two that overlap the longer."""
    found: dict[str, tuple[str, ...]] = {}
    for facet, value in _named(text, lambda name: _known(snapshot, name)):
        found[facet] = (*found.get(facet, ()), value)
    return found


def colours_in(text: str) -> tuple[str, ...]:
    """The colours of the vocabulary that a text names, as it names them."""
    return tuple(_named(text, _colours().get))


def of_product(product: Product) -> dict[str, tuple[str, ...]]:
    """What a product's own fields say of how it looks, by facet."""
    return {
        facet: values for facet in (*RECOGNISED, *LOOKS) if (values := values_of(product, facet))
    }


def values_of(product: Product, facet: str) -> tuple[str, ...]:
    """The product's values of one facet; none where nothing is known."""
    given = getattr(product, facet) if facet in FIELDS else product.attributes.get(facet)
    values: Sequence[object] = given if isinstance(given, list) else [given]
    return tuple(value for value in values if isinstance(value, str) and value)


def _spans(count: int) -> Iterator[tuple[int, int]]:
    """Every run of words, the longest first."""
    for length in range(min(LONGEST, count), 0, -1):
        for start in range(count - length + 1):
            yield start, start + length


def _known(snapshot: Snapshot, name: str) -> tuple[str, str] | None:
    """The facet and value of the catalogue that has this name, None where none has."""
    for facet in RECOGNISED:
        column = snapshot.columns.get(facet)
        value = column.words.by_phrase.get(name) if column else None
        if value is not None:
            return facet, str(value)
    return None


@cache
def _colours() -> Mapping[str, str]:
    """The names of every colour of the vocabulary by their phrases."""
    words = vocabulary().facets["colour"].words
    names = (name for word in words for name in (*word.english, *word.names.values()))
    return {phrase(name): name for name in names}


def _named(text: str, meaning: Callable[[str], T | None]) -> Iterator[T]:
    """What the phrases of a text mean, those without meaning left out, the longest first; of two
    that overlap the longer."""
    words = tokens(text)
    free = [True] * len(words)
    for start, end in _spans(len(words)):
        meant = meaning(" ".join(words[start:end])) if all(free[start:end]) else None
        if meant is not None:
            free[start:end] = [False] * (end - start)
            yield meant
