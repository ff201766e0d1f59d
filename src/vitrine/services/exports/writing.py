"""Products page by page out of the database and into a file."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO, get_args
from xml.sax.saxutils import escape

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from vitrine.core.errors import invalid
from vitrine.db import Sessions
from vitrine.fields import FIELDS
from vitrine.services import catalog
from vitrine.services.catalog import Filters, Sorting
from vitrine.services.exports import rows
from vitrine.services.exports.pictures import Naming
from vitrine.services.imports.cells import protected
from vitrine.tables.catalog import ACTIVE, Image, Product

PAGE = 200
ALL, OLDEST_FIRST = Filters(), Sorting("created", descending=False)

ExportFormat = Literal["csv", "jsonl", "shopify", "google", "google-xml", "medusa", "woocommerce"]
"""What a catalogue can be written as."""

Write = Callable[[Product, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class _Table:
    """A format of rows: how a product becomes them, its columns, and what stands between."""

    rows: Callable[[Product, Sequence[str]], list[rows.Cells]]
    columns: Callable[[Session], list[str]]
    delimiter: str = ","


def export(
    sessions: Sessions,
    kind: str,
    to: TextIO,
    naming: Naming,
    *,
    filters: Filters = ALL,
    sorting: Sorting = OLDEST_FIRST,
) -> Iterator[Product]:
    """Write the products of a list, every living one if not told otherwise, oldest first.

    Each is given once it is written. A feed for Google holds only what is offered to shoppers. The
    file must be opened with newline="". Raises Invalid for a format that there is not.
    """
    if kind not in FORMATS:
        raise invalid("format", f"is none of {', '.join(FORMATS)}")
    with sessions.read() as session:
        begin, end = _EDGES.get(kind, ("", ""))
        write = _writer(session, kind, to)
    to.write(begin)
    for product in _products(sessions, filters, sorting):
        if not _takes(kind, product.status):
            continue
        write(product, [name for image in product.images if (name := naming(image))])
        yield product
    to.write(end)


def count(sessions: Sessions, kind: str = "csv") -> int:
    """How many products there are to export in this format."""
    with sessions.read() as session:
        found = select(func.count()).select_from(_exported(kind).subquery())
        return session.scalar(found) or 0


def _takes(kind: str, status: str) -> bool:
    return status == ACTIVE or not kind.startswith("google")


def _exported(kind: str) -> Select[Product]:
    every = select(Product)
    return every if _takes(kind, "") else every.where(Product.status == ACTIVE)


def _products(sessions: Sessions, filters: Filters, sorting: Sorting) -> Iterator[Product]:
    cursor: str | None = None
    while True:
        with sessions.read() as session:
            page = catalog.list_products(session, filters, cursor, PAGE, sorting)
        yield from page.products
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


def _writer(session: Session, kind: str, to: TextIO) -> Write:
    if kind == "jsonl":
        return lambda product, images: _write_line(to, product, images)
    if kind == "google-xml":
        return lambda product, images: _write_items(to, product, images)
    table = _TABLES[kind]
    writer = csv.DictWriter(to, table.columns(session), delimiter=table.delimiter)
    writer.writeheader()
    return lambda product, images: writer.writerows(
        {name: protected(cell) for name, cell in row.items()} for row in table.rows(product, images)
    )


def _write_line(to: TextIO, product: Product, images: Sequence[str]) -> None:
    cells = rows.plain(product, images)
    to.write(json.dumps(cells, ensure_ascii=False) + "\n")


def _write_items(to: TextIO, product: Product, images: Sequence[str]) -> None:
    for cells in rows.google_rows(product, images):
        given = {name: value for name, value in cells.items() if value}
        tags = [(f"g:{name}", value) for name, value in given.items() if name not in _MANY]
        tags += [("g:additional_image_link", name) for name in images[1:]]
        inside = "".join(f"<{tag}>{_xml(str(value))}</{tag}>" for tag, value in tags)
        to.write(f"<item>{inside}</item>\n")


def _xml(text: str) -> str:
    """The text as XML can hold it: a blank for each letter that is none."""
    return escape(_NOT_XML.sub(" ", text), {"\r": "&#13;"})


def _plain_columns(_session: Session) -> list[str]:
    names = [name for name in FIELDS if name != "attributes"]
    return [*names, "images", "attributes"]


def _shopify_columns(_session: Session) -> list[str]:
    return [
        "Handle",
        "Title",
        "Body (HTML)",
        "Vendor",
        "Type",
        "Tags",
        "Published",
        *(f"Option{place} {part}" for place in (1, 2, 3) for part in ("Name", "Value")),
        "Variant SKU",
        "Variant Price",
        "Image Src",
        "Image Position",
        "Google Shopping / Gender",
        rows.COLOR,
        "Status",
    ]


def _google_columns(_session: Session) -> list[str]:
    return [
        *("id", "item_group_id", "title", "description", "link"),
        *("image_link", "additional_image_link"),
        *("price", "brand", "color", "gender", "product_type", "size", *rows.GOOGLE_ATTRIBUTES),
    ]


def _medusa_columns(session: Session) -> list[str]:
    """Pictures, tags and currencies have a column each, so the catalogue says how many."""
    per_product = select(func.count(Image.id)).where(Image.product_id.is_not(None))
    images = session.scalars(per_product.group_by(Image.product_id)).all()
    currencies = session.scalars(select(Product.currency).distinct()).all()
    tagged = session.scalars(select(Product.attributes).execution_options(yield_per=PAGE))
    tags = max((_count_tags(attributes) for attributes in tagged), default=0)
    return [
        *("Product Handle", "Product Title", "Product Description", "Product Status"),
        "Product Thumbnail",
        *(f"Product Tag {place}" for place in range(1, tags + 1)),
        *("Variant Title", "Variant SKU"),
        *(f"Variant Price {currency}" for currency in sorted(filter(None, currencies))),
        *(f"Variant Option {place} {part}" for place in (1, 2, 3) for part in ("Name", "Value")),
        *(f"Product Image {place} Url" for place in range(1, max(images, default=0) + 1)),
    ]


def _woocommerce_columns(_session: Session) -> list[str]:
    return [
        *("Type", "SKU", "Name", "Published", "Visibility in catalog", "Description", "In stock?"),
        *("Sale price", "Regular price", "Categories", "Tags", "Images", "Parent", "Brands"),
        "GTIN, UPC, EAN, or ISBN",
        *(f"Attribute {at} {part}" for at in (1, 2, 3, 4) for part in ("name", "value(s)")),
    ]


def _count_tags(attributes: Mapping[str, object]) -> int:
    tags = attributes.get("tags") or []
    return len(tags) if isinstance(tags, list) else 1


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MANY = ("additional_image_link",)
_EDGES = {
    "google-xml": (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
        "<title>Catalogue</title>\n",
        "</channel></rss>\n",
    )
}
_TABLES = {
    "csv": _Table(rows.csv_rows, _plain_columns),
    "shopify": _Table(rows.shopify_rows, _shopify_columns),
    "google": _Table(rows.google_rows, _google_columns, "\t"),
    "medusa": _Table(rows.medusa_rows, _medusa_columns),
    "woocommerce": _Table(rows.woocommerce_rows, _woocommerce_columns),
}
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
