"""The catalogue files that shops have, as data: what their columns are called and mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vitrine.fields import FIELDS
from vitrine.services.imports.records import Cells
from vitrine.services.imports.variants import (
    OPTION,
    WOO_OPTION,
    is_variation,
    items,
    options,
    plain,
    woo,
    woo_row,
)

IGNORED = ""
IMAGES = "images"
ATTRIBUTES = "attributes"
PUBLISHED = "status:published"
"""Whether shoppers see it, in a column beside the status."""


def _as_it_is(cells: Cells) -> Cells:
    return cells


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: what its columns become, and which column holds its variants together.

    `fields` maps column names in plain letters to fields, the best first where several mean the
    same; `patterns` likewise for families of columns. Other columns become attributes, or are
    ignored where the format has many that say nothing of a product's looks. Each row is `prepared`
    alone, and the rows of one product `spread` together. Where `is_part` tells parts from the
    product they are of, there is one row of the latter.
    """

    name: str
    title: str
    fields: Mapping[str, str]
    patterns: tuple[tuple[str, str], ...] = ()
    others: bool = True
    groups: tuple[str, ...] = ()
    spread: Callable[[Sequence[Cells]], list[Cells]] = list
    prepared: Callable[[Cells], Cells] = _as_it_is
    is_part: Callable[[Cells], bool] | None = None
    marks: tuple[frozenset[str], ...] = ()


def key_of(kind: Format, cells: Cells, external_id: str) -> tuple[str, bool]:
    """What the rows of one product share, empty where there is nothing, and whether rows may."""
    for column, value in cells.items():
        if value and plain(column) in kind.groups:
            return str(value).strip(), True
    return str(cells.get(external_id) or "").strip(), False


def told(kind: Format, column: str, field: str) -> str:
    """What becomes of a column, in words where it is no field of its own."""
    spelled = WOO_OPTION if kind.spread is woo else OPTION
    option = spelled.fullmatch(plain(column)) if kind.spread in (options, woo) else None
    if option:
        return "names an option" if option["part"] == "name" else "what its option is called"
    if plain(column) in kind.groups and not field:
        return "joins variants"
    if field == PUBLISHED:
        return "status"
    return field.replace(":", " in ") or "ignored"


_PLAIN = {
    plain(column): name
    for name, each in FIELDS.items()
    for column in (name, *each.traits.columns, *(each.names if name != ATTRIBUTES else ()))
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
    "summary": "description",
    "content": "description",
    "link": "url",
    "image_link": IMAGES,
    "additional_image_link": IMAGES,
    "item_group_id": IGNORED,
}
GOOGLE = Format(
    "google",
    "Google Merchant TSV",
    _GOOGLE,
    groups=("item_group_id",),
    spread=items,
    marks=(frozenset({"id", "title", "image_link"}),),
)
GOOGLE_XML = Format(
    "google-xml", "Google Merchant XML", _GOOGLE, groups=("item_group_id",), spread=items
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
        "google_shopping_google_product_category": "category",
        "google_shopping_gender": "gender",
        "google_shopping_age_group": "attributes.age_group",
        "google_shopping_condition": "attributes.condition",
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
        "published": PUBLISHED,
        "published_on_online_store": PUBLISHED,
    },
    (
        (r"colou?r_product_metafields_.*", "colour"),
        (r"(.*)_product_metafields_.*", r"attributes.\1"),
        (r"option_(?!\d)(.*)", r"attributes.\1"),
    ),
    others=False,
    groups=("handle", "url_handle"),
    spread=options,
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
    spread=options,
    marks=(frozenset({"product_handle", "product_title"}),),
)

WOOCOMMERCE = Format(
    "woocommerce",
    "WooCommerce product CSV",
    {
        "sku": "external_id",
        "name": "title",
        "description": "description",
        "short_description": "description",
        "categories": "category",
        "brands": "brand",
        "brand": "brand",
        "meta_brand": "brand",
        "option_color": "colour",
        "option_colour": "colour",
        "option_farbe": "colour",
        "option_gender": "gender",
        "option_geschlecht": "gender",
        "regular_price": "price",
        "sale_price": "attributes.sale_price",
        "images": IMAGES,
        "variant_sku": "attributes.sku",
        "tags": "attributes.tags",
        "gtin_upc_ean_or_isbn": "attributes.gtin",
        "in_stock": "attributes.availability",
        "published": "status",
        "visibility_in_catalog": PUBLISHED,
    },
    ((r"option_(?!\d)(.*)", r"attributes.\1"),),
    others=False,
    groups=("parent",),
    spread=woo,
    prepared=woo_row,
    is_part=is_variation,
    marks=(
        frozenset({"sku", "name", "regular_price"}),
        frozenset({"type", "sku", "name", "images"}),
    ),
)

FORMATS: Mapping[str, Format] = {
    kind.name: kind for kind in (CSV, JSONL, SHOPIFY, GOOGLE, GOOGLE_XML, MEDUSA, WOOCOMMERCE)
}
