"""What a search looks for: its vectors, and what it wants of a product in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vitrine.fields import FIELDS
from vitrine.fields.facets import LOOKS, RECOGNISED
from vitrine.services.search.recognising import Recognised
from vitrine.tables.catalog import Product
from vitrine.vision.tuning import Kind
from vitrine.vision.types import Palette, Vector

Wanted = Mapping[str, tuple[str, ...]]
"""By facet the values of which one is wanted."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A query made ready.

    `vector` is what products are compared with; `image`, `text` and `unwanted` are what it was made
    of; `emphasised` is the same with its parts weighed as the query asks, if it asks. `colours` and
    `aspect` are those of the photo or product, unless the words ask for others. `seen` is how
    surely the picture shows a garment at all. `instead` are by word others that say as much.
    `named` is what the words name, `hues` the colours of the vocabulary among it.
    """

    kind: Kind
    vector: Vector
    image: Vector | None = None
    text: Vector | None = None
    unwanted: Vector | None = None
    colours: Palette = ()
    aspect: float | None = None
    words: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wanted: Wanted = field(default_factory=dict)
    avoided: Wanted = field(default_factory=dict)
    emphasised: Vector | None = None
    seen: float = 1.0
    named: tuple[Recognised, ...] = ()
    hues: frozenset[str] = frozenset()

    @property
    def ordering(self) -> Vector:
        """What products are ordered by; levels and the line of matches are those of `vector`, for
        which they were measured."""
        return self.vector if self.emphasised is None else self.emphasised

    def as_json(self) -> dict[str, Any]:
        """How the query was understood, as it is recorded."""
        wanted, avoided = (
            {facet: [*values] for facet, values in told.items()}
            for told in (self.wanted, self.avoided)
        )
        return {"kind": self.kind, "wanted": wanted, "avoided": avoided}


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
