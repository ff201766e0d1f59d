"""What a product says of itself and what it is found by, as Vitrine declares it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel
from vitrine.api.schemas.vocabulary import Names
from vitrine.fields import FACETS, FIELDS
from vitrine.fields import Facet as DeclaredFacet
from vitrine.fields import ProductField as DeclaredField
from vitrine.fields.facets import COUNTED
from vitrine.fields.product import Kind
from vitrine.fields.types import LONGEST_NAME, LONGEST_VALUE, MOST_ATTRIBUTES


class ProductField(AnswerModel):
    """One field of a product."""

    name: str
    names: Names
    kind: Kind = Field(description="How a form asks for it.")
    required: bool
    max_length: int | None = Field(description="Most characters, null where there is no limit.")
    choices: tuple[str, ...] = Field(description="The only values it takes; empty for any.")
    facet: bool = Field(description="Whether products are filtered and counted by it.")
    listed: bool = Field(description="Whether lists of products can be narrowed by it.")
    shared: bool = Field(description="Whether many products can be set to one value of it.")


class Facet(AnswerModel):
    """One facet of search, under the name that filters call it by."""

    name: str
    names: Names
    kind: Literal["values", "range"]
    source: Literal["field", "attribute", "label"]
    counted: bool = Field(description="Whether it is counted unless a search names others.")


class AttributeLimits(AnswerModel):
    """How many attributes a product has, and how many characters a name and a value."""

    most: int
    longest_name: int
    longest_value: int


class Fields(AnswerModel):
    """All fields and facets, in the order in which people are asked for them and shown them."""

    fields: list[ProductField]
    facets: list[Facet]
    attributes: AttributeLimits


def fields_told() -> Fields:
    """The declaration in the API's words."""
    return Fields(
        fields=[_field(each) for each in FIELDS.values()],
        facets=[_facet(each) for each in FACETS.values()],
        attributes=AttributeLimits(
            most=MOST_ATTRIBUTES, longest_name=LONGEST_NAME, longest_value=LONGEST_VALUE
        ),
    )


def _field(declared: DeclaredField) -> ProductField:
    return ProductField(
        name=declared.name,
        names=Names.model_validate(declared.names),
        kind=declared.traits.kind,
        required=declared.required,
        max_length=declared.max_length,
        choices=declared.choices,
        facet=declared.traits.facet is not None,
        listed=declared.traits.listed,
        shared=declared.traits.shared,
    )


def _facet(declared: DeclaredFacet) -> Facet:
    return Facet(
        name=declared.name,
        names=Names.model_validate(declared.names),
        kind=declared.kind,
        source=declared.source,
        counted=declared.name in COUNTED,
    )
