"""The catalogue files that shops have, as data: what their columns are called and mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vitrine.fields import FIELDS
from vitrine.services.imports.records import Cells

IGNORED = ""
IMAGES = "images"
ATTRIBUTES = "attributes"

_OPTION = re.compile(r"(variant_)?option_?(\d)_(name|value)")
_NO_OPTIONS = ("", "title", "variant")


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: what its columns become, and which column holds its variants together.

    `fields` maps column names in plain letters to fields, the best first where several mean the
    same; `patterns` likewise for families of columns. Other columns become attributes, or are
    ignored where the format has many that say nothing of a product's looks.
    """

    name: str
    title: str
    fields: Mapping[str, str]
    patterns: tuple[tuple[str, str], ...] = ()
    others: bool = True
    groups: tuple[str, ...] = ()
    spread: Callable[[Sequence[Cells]], list[Cells]] = list
    marks: tuple[frozenset[str], ...] = ()


@lru_cache(maxsize=4096)
def plain(column: str) -> str:
    """A column's name in plain letters: lower case, one `_` for all that is no letter or digit."""
    return re.sub(r"[\W_]+", "_", column.casefold().removeprefix("g:")).strip("_")


def key_of(kind: Format, cells: Cells, external_id: str) -> tuple[str, bool]:
    """What the rows of one product share, empty where there is nothing, and whether rows may."""
    for column, value in cells.items():
        if value and plain(column) in kind.groups:
            return str(value).strip(), True
    return str(cells.get(external_id) or "").strip(), False


def told(kind: Format, column: str, field: str) -> str:
    """What becomes of a column, in words where it is no field of its own."""
    option = _OPTION.fullmatch(plain(column))
    if option and kind.spread is _options:
        return "names an option" if option[3] == "name" else "what its option is called"
    if plain(column) in kind.groups and not field:
        return "joins variants"
    return field.replace(":", " in ") or "ignored"


def _options(rows: Sequence[Cells]) -> list[Cells]:
    """Rows with a column per option, such as size: the option's name may stand in one row only."""
    names: dict[str, str] = {}
    spread: list[Cells] = []
    for cells in rows:
        found: dict[str, Any] = {}
        for column, value in cells.items():
            option = _OPTION.fullmatch(plain(column))
            if option and option[3] == "name" and value:
                names[option[2]] = plain(value)
        for column, value in cells.items():
            option = _OPTION.fullmatch(plain(column))
            name = names.get(option[2], "") if option and option[3] == "value" else ""
            if name not in _NO_OPTIONS:
                found[f"option:{name}"] = value
        spread.append({**cells, **found})
    return spread


def _items(rows: Sequence[Cells]) -> list[Cells]:
    """Items of a group under the group's id; their own ids are what Google calls them by."""
    spread: list[Cells] = []
    for cells in rows:
        names = {plain(column): column for column in cells}
        group, own = (cells.get(names.get(name, "")) for name in ("item_group_id", "id"))
        spread.append({**cells, names.get("id", "id"): group, "sku": own} if group else cells)
    return spread


_PLAIN = {
    column: name for name, each in FIELDS.items() for column in (name, *each.traits.columns)
} | {IMAGES: IMAGES}
_IMAGE_COLUMNS = (
    r"(main_|additional_)?(image|photo|picture|bild)s?(_?\d+)?(_(src|link|url|file))?s?"
)

CSV = Format("csv", "CSV", _PLAIN, ((_IMAGE_COLUMNS, IMAGES),))
JSONL = Format("jsonl", "JSON lines", _PLAIN, ((_IMAGE_COLUMNS, IMAGES),))

_GOOGLE = {
    "id": "external_id",
    "title": "title",
    "description": "description",
    "product_type": "category",
    "google_product_category": "category",
    "color": "colour",
    "colour": "colour",
    "brand": "brand",
    "gender": "gender",
    "price": "price",
    "image_link": IMAGES,
    "additional_image_link": IMAGES,
    "item_group_id": IGNORED,
}
GOOGLE = Format(
    "google",
    "Google Merchant TSV",
    _GOOGLE,
    groups=("item_group_id",),
    spread=_items,
    marks=(frozenset({"id", "title", "image_link"}),),
)
GOOGLE_XML = Format(
    "google-xml", "Google Merchant XML", _GOOGLE, groups=("item_group_id",), spread=_items
)

SHOPIFY = Format(
    "shopify",
    "Shopify product CSV",
    {
        "handle": "external_id",
        "url_handle": "external_id",
        "title": "title",
        "body_html": "description",
        "description": "description",
        "vendor": "brand",
        "type": "category",
        "product_category": "category",
        "google_shopping_gender": "gender",
        "option_color": "colour",
        "option_colour": "colour",
        "option_farbe": "colour",
        "variant_price": "price",
        "price": "price",
        "image_src": IMAGES,
        "product_image_url": IMAGES,
        "variant_image": IMAGES,
        "variant_image_url": IMAGES,
        "variant_sku": "attributes.sku",
        "sku": "attributes.sku",
        "tags": "attributes.tags",
        "status": "status",
    },
    (
        (r"colou?r_product_metafields_.*", "colour"),
        (r"(.*)_product_metafields_.*", r"attributes.\1"),
        (r"option_(?!\d)(.*)", r"attributes.\1"),
    ),
    others=False,
    groups=("handle", "url_handle"),
    spread=_options,
    marks=(
        frozenset({"handle", "image_src"}),
        frozenset({"handle", "body_html"}),
        frozenset({"handle", "variant_price"}),
        frozenset({"url_handle", "title"}),
    ),
)

MEDUSA = Format(
    "medusa",
    "Medusa product CSV",
    {
        "product_handle": "external_id",
        "product_title": "title",
        "product_description": "description",
        "product_type": "category",
        "product_category_1": "category",
        "product_collection_title": "category",
        "option_color": "colour",
        "option_colour": "colour",
        "option_farbe": "colour",
        "product_thumbnail": IMAGES,
        "variant_sku": "attributes.sku",
        "product_tags": "attributes.tags",
        "product_material": "attributes.material",
        "product_status": "status",
    },
    (
        (r"(product_)?image_\d+(_url)?", IMAGES),
        (r"(?:variant_)?price_(?:.*_)?([a-z]{3})", r"price:\1"),
        (r"product_tag_\d+", "attributes.tags"),
        (r"option_(?!\d)(.*)", r"attributes.\1"),
    ),
    others=False,
    groups=("product_handle",),
    spread=_options,
    marks=(frozenset({"product_handle", "product_title"}),),
)

FORMATS: Mapping[str, Format] = {
    kind.name: kind for kind in (CSV, JSONL, SHOPIFY, GOOGLE, GOOGLE_XML, MEDUSA)
}
