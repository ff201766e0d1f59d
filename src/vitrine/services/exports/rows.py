"""One product as the rows of each format."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from vitrine.fields import FIELDS
from vitrine.services.catalog import prices
from vitrine.tables.catalog import Product

Cells = dict[str, Any]

GOOGLE_ATTRIBUTES = (
    "link",
    "availability",
    "condition",
    "gtin",
    "mpn",
    "age_group",
    "material",
    "pattern",
)
MEDUSA_STATUS = {
    "active": "published",
    "draft": "draft",
    "private": "draft",
    "archived": "rejected",
}
COLOR = "Color (product.metafields.shopify.color-pattern)"


class Variant(NamedTuple):
    """What is bought: its own number, and the name and value of the option it differs by."""

    sku: str
    option: str
    value: str


def plain(product: Product, images: Sequence[str]) -> Cells:
    """Every field as it is; pictures as a list."""
    fields = {name: getattr(product, name) for name in FIELDS}
    return {**fields, "price": _price(product.price), "images": list(images)}


def csv_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """One row; attributes as JSON, so that they come back as they were."""
    cells = plain(product, images)
    attributes = json.dumps(cells["attributes"], ensure_ascii=False, sort_keys=True)
    return [cells | {"images": ";".join(images), "attributes": attributes}]


def shopify_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """A row per variant or picture, whichever are more; the product's own words in the first."""
    variants = variants_of(product)
    rows: list[Cells] = [
        {"Handle": product.external_id} for _ in range(max(len(variants), len(images)))
    ]
    for row, variant in zip(rows, variants, strict=False):
        row["Option1 Value"], row["Variant SKU"] = variant.value, variant.sku
        row["Variant Price"] = _price(product.price)
    for place, (row, name) in enumerate(zip(rows, images, strict=False), 1):
        row["Image Src"], row["Image Position"] = name, place
    rows[0] |= {
        "Title": product.title,
        "Body (HTML)": html.escape(product.description, quote=False).replace("\n", "<br>\n"),
        "Vendor": product.brand,
        "Type": product.category,
        "Tags": ", ".join(_words(product.attributes.get("tags"))),
        "Option1 Name": variants[0].option,
        "Google Shopping / Gender": product.gender,
        COLOR: product.colour,
        "Status": product.status,
    }
    return rows


def google_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """An item per variant, of one group where there are several or they have numbers."""
    variants = variants_of(product)
    grouped = len(variants) > 1 or bool(variants[0].sku)
    first, *more = images or [""]
    shared = {
        "item_group_id": product.external_id if grouped else "",
        "title": product.title,
        "description": _inert(product.description),
        "image_link": first,
        "additional_image_link": (",", ";")[any("://" not in name for name in more)].join(more),
        "price": " ".join(filter(None, (_price(product.price), product.currency))),
        "brand": product.brand,
        "color": product.colour,
        "gender": product.gender,
        "product_type": product.category,
        **{name: _told(product, name) for name in GOOGLE_ATTRIBUTES},
    }
    return [
        {
            "id": each.sku
            or (f"{product.external_id}-{each.value}" if grouped else product.external_id),
            "size": each.value if each.option == "Size" else "",
            **shared,
        }
        for each in variants
    ]


def medusa_rows(product: Product, images: Sequence[str]) -> list[Cells]:
    """A row per variant, each with all of the product's words."""
    price = f"Variant Price {product.currency}"
    tags = enumerate(_words(product.attributes.get("tags")), 1)
    shared = {
        "Product Handle": product.external_id,
        "Product Title": product.title,
        "Product Description": _inert(product.description),
        "Product Status": MEDUSA_STATUS[product.status],
        "Product Thumbnail": images[0] if images else "",
        **{f"Product Image {place} Url": name for place, name in enumerate(images, 1)},
        **{f"Product Tag {place}": tag for place, tag in tags},
        **({price: _price(product.price)} if product.currency else {}),
    }
    return [
        {
            **shared,
            "Variant Title": each.value,
            "Variant SKU": each.sku,
            "Variant Option 1 Name": each.option,
            "Variant Option 1 Value": each.value,
        }
        for each in variants_of(product)
    ]


def variants_of(product: Product) -> list[Variant]:
    """The variants an import put together, at least one; by size where each has its own."""
    skus, sizes = (_words(product.attributes.get(name)) for name in ("sku", "size"))
    if sizes and len(skus) in (0, len(sizes)):
        numbers = skus or [""] * len(sizes)
        return [Variant(sku, "Size", size) for sku, size in zip(numbers, sizes, strict=True)]
    if len(skus) > 1:
        return [Variant(sku, "Variant", sku) for sku in skus]
    return [Variant(skus[0] if skus else "", "Title", "Default Title")]


def _words(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _told(product: Product, name: str) -> str:
    attributes: Mapping[str, Any] = product.attributes
    return "/".join(_words(attributes.get(name)))


def _price(price: Decimal | None) -> str:
    return "" if price is None else f"{price:f}"


def _inert(text: str) -> str:
    """Text that reads the same to who takes it for HTML."""
    return text if prices.without_html(text) == text else html.escape(text, quote=False)
