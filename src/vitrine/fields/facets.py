"""The facets that products are filtered, counted, recognised and compared by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from vitrine.fields.product import FIELDS, named
from vitrine.vision.vocabulary import Names, vocabulary

PRICE = "price"
ATTRIBUTE, LABEL = "attributes.", "labels."
"""What stands before an attribute's or a label's name where it is used as a facet."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet, under the name that filters call it by.

    `source` says what of a product it reads. Only those of fields and attributes are counted
    unless a search names others; labels are counted where some product has one.
    """

    name: str
    names: Names
    source: Literal["field", "attribute", "label"]
    kind: Literal["values", "range"] = "values"


ATTRIBUTES: tuple[Facet, ...] = (
    Facet(
        "availability",
        Names("Availability", "Verfügbarkeit", "在庫"),
        source="attribute",
    ),
)
"""Attributes that are facets by their own name; any other is `attributes.NAME`."""


def _facets() -> Iterator[Facet]:
    fields = [(each, each.traits.facet) for each in FIELDS.values()]
    for kind in ("values", "range"):
        yield from (
            Facet(each.name, each.names, "field", own) for each, own in fields if own == kind
        )
        yield from (each for each in ATTRIBUTES if each.kind == kind)
    for label in vocabulary().facets.values():
        yield Facet(f"{LABEL}{label.name}", label.names, "label")


FACETS: Mapping[str, Facet] = {facet.name: facet for facet in _facets()}
"""Every facet by name, in the order in which they are shown."""

COUNTED = tuple(each.name for each in FACETS.values() if each.source != "label")
"""The facets that are counted unless a search names others."""

RANGES = tuple(name for name in COUNTED if FACETS[name].kind == "range")
VALUES = tuple(name for name in COUNTED if FACETS[name].kind == "values")
"""The facets that are filtered by bounds, and by values, under their own names."""

COLUMNS = named(lambda traits: traits.facet == "values")
"""The fields that are filtered by value."""

RECOGNISED = named(lambda traits: traits.recognised)
"""The facets whose values are recognised in words."""

DEPICTED = named(lambda traits: traits.depicted)
"""The facets whose values are recognised in pictures."""


def _looks(*, shape: bool = False) -> Iterator[str]:
    for facet in vocabulary().facets.values():
        if facet.name not in FIELDS and (facet.shape or not shape):
            yield from dict.fromkeys((facet.name, facet.head))


LOOKS = (*_looks(), "fit")
"""Attributes that say how a product looks: the vocabulary's facets, by either name, and the fit."""

SHAPES = tuple(_looks(shape=True))
"""Those of them that tell of its shape."""
