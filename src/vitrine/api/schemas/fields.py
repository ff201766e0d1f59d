"""What a product says of itself and what it is found by, as Vitrine declares it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitrine.api.schemas.common import Told
from vitrine.api.schemas.vocabulary import NamesTold
from vitrine.fields import FACETS, FIELDS, Facet, ProductField
from vitrine.fields.facets import COUNTED
from vitrine.fields.product import Kind
from vitrine.fields.types import LONGEST_NAME, LONGEST_VALUE, MOST_ATTRIBUTES


class FieldTold(Told):
    """One field of a product."""

    name: str
    names: NamesTold
    kind: Kind = Field(description="How a form asks for it.")
    required: bool
    max_length: int | None = Field(description="Most characters, null where there is no limit.")
    facet: bool = Field(description="Whether products are filtered and counted by it.")
    listed: bool = Field(description="Whether lists of products can be narrowed by it.")
    shared: bool = Field(description="Whether many products can be set to one value of it.")


class FacetTold(Told):
    """One facet of search, under the name that filters call it by."""

    name: str
    names: NamesTold
    kind: Literal["values", "range"]
    source: Literal["field", "attribute", "label"]
    counted: bool = Field(description="Whether it is counted unless a search names others.")


class AttributeLimits(Told):
    """How many attributes a product has, and how many characters a name and a value."""

    most: int
    longest_name: int
    longest_value: int


class FieldsTold(Told):
    """All fields and facets, in the order in which people are asked for them and shown them."""

    fields: list[FieldTold]
    facets: list[FacetTold]
    attributes: AttributeLimits


def fields_told() -> FieldsTold:
    """The declaration in the API's words."""
    return FieldsTold(
        fields=[_field(each) for each in FIELDS.values()],
        facets=[_facet(each) for each in FACETS.values()],
        attributes=AttributeLimits(
            most=MOST_ATTRIBUTES, longest_name=LONGEST_NAME, longest_value=LONGEST_VALUE
        ),
    )


def _field(declared: ProductField) -> FieldTold:
    return FieldTold(
        name=declared.name,
        names=NamesTold.model_validate(declared.names),
        kind=declared.traits.kind,
        required=declared.required,
        max_length=declared.max_length,
        facet=declared.traits.facet is not None,
        listed=declared.traits.listed,
        shared=declared.traits.shared,
    )


def _facet(declared: Facet) -> FacetTold:
    return FacetTold(
        name=declared.name,
        names=NamesTold.model_validate(declared.names),
        kind=declared.kind,
        source=declared.source,
        counted=declared.name in COUNTED,
    )
