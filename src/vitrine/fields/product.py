"""A product's fields: one line each says its type, its limits and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field

from vitrine.fields.types import Attributes, Currency, Link, Price, Status, Text
from vitrine.vision.vocabulary import Names, vocabulary

Kind = Literal["text", "long_text", "amount", "currency", "address", "attributes"]
"""How a form asks for it."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is done with a field.

    `names` are for people, by language; the vocabulary's where it has a facet of that name.
    `columns` are what files call it, beside its own name. It may be a facet of search, by value or
    by range; its values may be recognised in a searcher's words, and in pictures. Its text may be
    part of the words that stand for the product. Lists are narrowed by it, and many products can be
    set to one value of it at once.
    """

    names: Names | None = None
    columns: tuple[str, ...] = ()
    kind: Kind = "text"
    facet: Literal["values", "range"] | None = None
    recognised: bool = False
    depicted: bool = False
    worded: bool = False
    listed: bool = False
    shared: bool = True


class ProductFields(BaseModel):
    """A new product: everything but the external id and the title may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    external_id: Annotated[
        Text,
        Field(min_length=1, max_length=200),
        Traits(
            names=Names("Article number", "Artikelnummer", "商品番号"),
            columns=("sku", "id", "product_id", "article_number", "artikelnummer", "handle"),
            listed=True,
            shared=False,
        ),
    ]
    title: Annotated[
        Text,
        Field(min_length=1, max_length=500),
        Traits(
            names=Names("Title", "Titel", "タイトル"),
            columns=("name", "product_name", "titel", "bezeichnung", "商品名"),
            worded=True,
            shared=False,
        ),
    ]
    description: Annotated[
        Text,
        Field(max_length=20_000),
        Traits(
            names=Names("Description", "Beschreibung", "説明"),
            columns=("beschreibung",),
            kind="long_text",
        ),
    ] = ""
    category: Annotated[
        Text,
        Field(max_length=200),
        Traits(
            columns=("product_type", "kategorie"),
            facet="values",
            recognised=True,
            depicted=True,
            worded=True,
            listed=True,
        ),
    ] = ""
    colour: Annotated[
        Text,
        Field(max_length=100),
        Traits(
            columns=("color", "farbe"),
            facet="values",
            recognised=True,
            depicted=True,
            worded=True,
            listed=True,
        ),
    ] = ""
    gender: Annotated[
        Text,
        Field(max_length=50),
        Traits(columns=("geschlecht",), facet="values", recognised=True, depicted=True),
    ] = ""
    brand: Annotated[
        Text,
        Field(max_length=200),
        Traits(
            names=Names("Brand", "Marke", "ブランド"),
            columns=("vendor", "manufacturer", "marke"),
            facet="values",
            recognised=True,
            listed=True,
        ),
    ] = ""
    price: Annotated[
        Price | None,
        Field(description="Exact, told as text.", examples=["59.90"]),
        Traits(
            names=Names("Price", "Preis", "価格"),
            columns=("preis",),
            kind="amount",
            facet="range",
        ),
    ] = None
    currency: Annotated[
        Currency,
        Traits(
            names=Names("Currency", "Währung", "通貨"),
            columns=("waehrung", "währung"),
            kind="currency",
        ),
    ] = ""
    status: Annotated[
        Status,
        Field(
            description="Only active products are offered to shoppers, unless a setting says so."
        ),
        Traits(names=Names("Status", "Status", "公開状態"), listed=True),
    ] = "active"
    url: Annotated[
        Link,
        Field(max_length=2000, description="The product's page in the shop."),
        Traits(
            names=Names("Product page", "Produktseite", "商品ページ"),
            columns=("link", "product_url", "product_link", "permalink"),
            kind="address",
            shared=False,
        ),
    ] = ""
    attributes: Annotated[
        Attributes,
        Traits(names=Names("Attributes", "Attribute", "属性"), kind="attributes"),
    ] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductField:
    """One field as it was declared; `annotation` is its type with all its limits.

    `choices` are the only values it takes; any where there are none.
    """

    name: str
    names: Names
    annotation: Any
    required: bool
    max_length: int | None
    choices: tuple[str, ...]
    traits: Traits


def _declared() -> dict[str, ProductField]:
    hints = get_type_hints(ProductFields, include_extras=True)
    return {name: _field(name, hints[name]) for name in ProductFields.model_fields}


def _field(name: str, annotation: Any) -> ProductField:
    info = ProductFields.model_fields[name]
    [traits] = [each for each in info.metadata if isinstance(each, Traits)]
    return ProductField(
        name=name,
        names=traits.names or vocabulary().facets[name].names,
        annotation=annotation,
        required=info.is_required(),
        max_length=next(
            (each.max_length for each in info.metadata if isinstance(each, MaxLen)), None
        ),
        choices=get_args(info.annotation) if get_origin(info.annotation) is Literal else (),
        traits=traits,
    )


FIELDS: Mapping[str, ProductField] = _declared()
"""Every field by name, in the order in which people are asked for them."""


def named(fits: Callable[[Traits], object]) -> tuple[str, ...]:
    """The names of the fields whose traits fit, in order."""
    return tuple(name for name, each in FIELDS.items() if fits(each.traits))


def longest(name: str) -> int:
    """The most characters that a text field holds; KeyError for one that is no field."""
    most = FIELDS[name].max_length
    if most is None:
        raise KeyError(f"{name} has no limit")
    return most
