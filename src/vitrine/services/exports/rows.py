"""One product as the rows of each format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from vitrine.fields import FIELDS
from vitrine.services.imports import markup, words
from vitrine.services.imports.variants import NUMBERLESS
from vitrine.tables.catalog import Product

Cells = dict[str, Any]

GOOGLE_ATTRIBUTES = (
    "availability",
    "condition",
    "gtin",
    "mpn",
    "age_group",
    "material",
    "pattern",
)
GOOGLE_GENDER = {"men": "male", "women": "female"}
MEDUSA_STATUS = {
    "active": "published",
    "draft": "draft",
    "private": "draft",
    "archived": "rejected",
}
WOO_PUBLISHED = {"active": 1, "draft": -1, "private": 0, "archived": 0}
WOO_STOCK = {"in_stock": "1", "out_of_stock": "0"}
COLOR = "Color (product.metafields.shopify.color-pattern)"


class Variant(NamedTuple):
    """What is bought: its own number, and the value of each option it differs by."""

    sku: str
    options: Mapping[str, str]


def plain(product: Product, images: Sequence[str]) -> Cells:
    """Every field as it is; pictures as a list."""
    fields = {name: getattr(product, name) for name in FIELDS}
    return {**fields, "price": _price(product.price), "images": list(images)}


def csv_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """One row; attributes as JSON, so that they come back as they were."""
    cells = plain(product, images)
    texts = {
        name: markup.escaped(value)
        for name, value in cells.items()
        if isinstance(value, str) and name not in ("external_id", "url")
    }
    attributes = json.dumps(cells["attributes"], ensure_ascii=False, sort_keys=True)
    return [{**cells, **texts, "images": ";".join(images), "attributes": attributes}]


def shopify_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """A row per variant or picture, whichever are more; the product's own words in the first."""
    variants = variants_of(product)
    rows: list[Cells] = [
        {"Handle": product.external_id} for _ in range(max(len(variants), len(images)))
    ]
    for row, variant in zip(rows, variants, strict=False):
        row["Variant SKU"], row["Variant Price"] = variant.sku, _price(product.price)
        for place, value in enumerate(variant.options.values(), 1):
            row[f"Option{place} Value"] = value
    for place, (row, name) in enumerate(zip(rows, images, strict=False), 1):
        row["Image Src"], row["Image Position"] = name, place
    rows[0] |= {
        "Title": markup.escaped(product.title),
        "Body (HTML)": markup.as_html(product.description),
        "Vendor": markup.escaped(product.brand),
        "Type": markup.escaped(product.category),
        "Tags": ", ".join(_words(product.attributes.get("tags"))),
        "Google Shopping / Gender": _google_gender(product),
        COLOR: markup.escaped(product.colour),
        "Status": "active" if product.status == "private" else product.status,
        "Published": "FALSE" if product.status == "private" else "TRUE",
        **{f"Option{place} Name": name for place, name in enumerate(variants[0].options, 1)},
    }
    return rows


def google_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """An item per variant, of one group where there are several or they have numbers."""
    variants = variants_of(product)
    grouped = len(variants) > 1 or bool(variants[0].sku)
    first, *more = images or [""]
    shared = {
        "item_group_id": product.external_id if grouped else "",
        "title": markup.escaped(product.title),
        "description": markup.inert(product.description),
        "link": product.url,
        "image_link": first,
        "additional_image_link": _between(more).join(more),
        "price": f"{_price(product.price)} {product.currency}" if product.price is not None else "",
        "brand": markup.escaped(product.brand),
        "color": markup.escaped(product.colour),
        "gender": _google_gender(product),
        "product_type": markup.escaped(product.category),
        **{name: _told(product, name) for name in GOOGLE_ATTRIBUTES},
    }
    numberless = f"{product.external_id}{NUMBERLESS}" if grouped else product.external_id
    return [
        shared
        | {
            "id": each.sku or f"{numberless}{place if grouped else ''}",
            "size": each.options.get("Size", ""),
            "color": each.options.get("Color", shared["color"]),
        }
        for place, each in enumerate(variants, 1)
    ]


def medusa_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """A row per variant, each with all of the product's words."""
    price = f"Variant Price {product.currency}"
    tags = enumerate(_words(product.attributes.get("tags")), 1)
    shared = {
        "Product Handle": product.external_id,
        "Product Title": markup.escaped(product.title),
        "Product Description": markup.inert(product.description),
        "Product Status": MEDUSA_STATUS[product.status],
        "Product Thumbnail": images[0] if images else "",
        **{f"Product Image {place} Url": name for place, name in enumerate(images, 1)},
        **{f"Product Tag {place}": tag for place, tag in tags},
        **({price: _price(product.price)} if product.currency else {}),
    }
    return [
        {
            **shared,
            "Variant Title": next(iter(each.options.values())),
            "Variant SKU": each.sku,
            **{f"Variant Option {at} Name": name for at, name in enumerate(each.options, 1)},
            **{
                f"Variant Option {at} Value": value
                for at, value in enumerate(each.options.values(), 1)
            },
        }
        for each in variants_of(product, colour=True)
    ]


def woocommerce_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """A simple product, or a variable one and its variations."""
    variants = variants_of(product, colour=True)
    simple = len(variants) == 1 and not variants[0].sku
    options = {name: _each(variants, name) for name in variants[0].options if name != "Title"}
    if product.gender:
        options["Gender"] = [product.gender]
    stock = words.word("availability", _told(product, "availability"))
    parent = {
        "Type": "simple" if simple else "variable",
        "SKU": product.external_id,
        "Name": markup.escaped(product.title),
        "Published": WOO_PUBLISHED[product.status],
        "Visibility in catalog": "visible",
        "Description": markup.as_html(product.description),
        "In stock?": WOO_STOCK.get(stock, stock),
        "Sale price": _told(product, "sale_price"),
        "Regular price": _price(product.price) if simple else "",
        "Categories": _listed([markup.escaped(product.category)]),
        "Tags": _listed(_words(product.attributes.get("tags"))),
        "Images": _between(images).join(images),
        "Brands": markup.escaped(product.brand),
        "GTIN, UPC, EAN, or ISBN": _told(product, "gtin"),
    }
    parts = [] if simple else [_variation(product, variant) for variant in variants]
    return [parent | _woo_attributes(options), *parts]


def _variation(product: Product, variant: Variant) -> Cells:
    options = {name: [value] for name, value in variant.options.items() if name != "Title"}
    return {
        "Type": "variation",
        "SKU": variant.sku,
        "Name": markup.escaped(product.title),
        "Parent": product.external_id,
        "Regular price": _price(product.price),
    } | _woo_attributes(options)


def _woo_attributes(options: Mapping[str, Sequence[str]]) -> Cells:
    cells: Cells = {}
    for place, (name, values) in enumerate(options.items(), 1):
        cells[f"Attribute {place} name"] = name
        cells[f"Attribute {place} value(s)"] = _listed(list(values))
    return cells


def _each(variants: Sequence[Variant], name: str) -> list[str]:
    return list(dict.fromkeys(variant.options[name] for variant in variants))


def _listed(values: Sequence[str]) -> str:
    """The words of a list as WooCommerce writes it: a comma within a word after a backslash."""
    return ", ".join(value.replace(",", "\\,") for value in values if value)


def variants_of(product: Product, *, colour: bool = False) -> list[Variant]:
    """The variants an import put together, at least one; with `colour` its one colour as well."""
    skus, sizes, colours = (
        _words(product.attributes.get(name)) for name in ("sku", "size", "colours")
    )
    if product.colour or len(colours) < 2:
        colours = [product.colour] if colour and product.colour else []
    options = {name: values for name, values in (("Size", sizes), ("Color", colours)) if values}
    count = max(1, len(skus), *(len(values) for values in options.values()), 1)
    if len(skus) > max(1, *(len(values) for values in options.values()), 1):
        options = {"Variant": skus, **options}
    options = options or {"Title": ["Default Title"]}
    return [
        Variant(
            skus[place] if place < len(skus) else "",
            {
                name: markup.escaped(values[min(place, len(values) - 1)])
                for name, values in options.items()
            },
        )
        for place in range(count)
    ]


def _between(names: Sequence[str]) -> str:
    """What separates addresses; the names of files, which only Vitrine reads, may hold commas."""
    return ", " if all("://" in name for name in names) else ";"


def _words(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _told(product: Product, name: str) -> str:
    attributes: Mapping[str, Any] = product.attributes
    return markup.escaped("/".join(_words(attributes.get(name))))


def _google_gender(product: Product) -> str:
    word = words.word("gender", product.gender)
    return GOOGLE_GENDER.get(word, markup.escaped(word))


def _price(price: Decimal | None) -> str:
    """Digits that nobody takes for thousands: two decimals, or four where it has more."""
    if price is None:
        return ""
    exponent = price.as_tuple().exponent
    return f"{price:.4f}" if isinstance(exponent, int) and exponent < -2 else f"{price:f}"
