"""The rows of one product made one Record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from vitrine.core.errors import Invalid, VitrineError, invalid
from vitrine.fields.types import is_link
from vitrine.services.catalog import prices
from vitrine.services.catalog.prices import Usage
from vitrine.services.imports import markup, words
from vitrine.services.imports.columns import Use
from vitrine.services.imports.formats import (
    ATTRIBUTES,
    CSV,
    IGNORED,
    IMAGES,
    JSONL,
    PUBLISHED,
    WOOCOMMERCE,
    Format,
)
from vitrine.services.imports.names import picture_names
from vitrine.services.imports.records import Cells, Record, Row
from vitrine.services.imports.variants import plain

AS_WRITTEN = (CSV, JSONL)
"""Formats whose descriptions are meant as they stand, where others may hold HTML."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prices:
    """Whose prices a file holds: `currency` is the file's, `usual` the shop's where a price and
    the product say none; `decimals` are the separators its columns use, as far as they tell."""

    currency: str = ""
    usual: str = ""
    country: str = ""
    decimals: Mapping[str, str] = field(default_factory=dict)


def join(
    kind: Format, rows: Sequence[Row], cells: Sequence[Cells], uses: Sequence[Use], money: Prices
) -> Record:
    """One product of its rows and their spread cells: each field's first text, all of variants."""
    line = rows[0].line
    external_id = next(_texts(cells, _column(uses, "external_id")), "")
    notes = {column: told for row in rows for column, told in row.notes.items()}
    refused: dict[str, str] = {}
    try:
        values = _values(kind, cells, uses)
        if "price" in values:
            refused |= _settle_price(values, _usage(values, cells, uses, money), money, notes)
        _leave_out_no_link(values, notes)
        attributes = _attributes(kind, cells, uses)
        colours = _distinct(kind, cells, _column(uses, "colour"))
        if len(colours) > 1:  # variants of several colours: no one of them is the product's
            values["colour"], attributes["colours"] = "", [str(colour) for colour in colours]
        images = tuple(dict.fromkeys(_images(cells, uses)))
    except VitrineError as error:
        return Record(line, external_id, error=error)
    usual = money.usual if values.get("price") is not None and "price" not in notes else ""
    return Record(line, external_id, values, attributes, images, None, notes, usual, refused)


def _values(kind: Format, cells: Sequence[Cells], uses: Sequence[Use]) -> Values:
    values: Values = {}
    for use in uses:
        if use.field in (IGNORED, IMAGES, ATTRIBUTES, PUBLISHED) or use.attribute is not None:
            continue
        name, _, unit = use.field.partition(":")
        value = _first(cells, use.column)
        value = value[0] if isinstance(value, list) and value and kind is not JSONL else value
        if value is None or (unit and (values.get(name) or not value)):
            continue  # not in these rows; or a price in a second currency
        if name in values and not value:
            continue
        values[name] = _settled(kind, use, value) if name != "price" else value
        if unit:
            values["currency"] = unit.upper()
    if status := _status(cells, uses):
        values["status"] = status
    return values


def _settled(kind: Format, use: Use, value: Any) -> Any:
    """A value as text, in the shops' common vocabulary."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    if not isinstance(value, str) or use.field in ("external_id", "status"):
        return value
    if use.field == "currency":
        return prices.code_of(value)
    if use.field == "url":  # &copy= is a part of an address, and no letter
        return value.strip().replace("&amp;", "&")
    if use.field == "description" and kind not in AS_WRITTEN:
        return markup.without_html(value)
    return _worded(kind, use, value)


def _worded(kind: Format, use: Use, text: str) -> str:
    text = text if kind is JSONL else markup.unescaped(text)
    is_google = plain(use.column).endswith("google_product_category")
    if use.field == "category":
        return words.category(text) if is_google else text
    return words.word(use.attribute or use.field, text)


def _status(cells: Sequence[Cells], uses: Sequence[Use]) -> str:
    """What shoppers are to see of it; empty where no column says it."""
    said = [
        words.status(text)
        for name in ("status", PUBLISHED)
        for use in uses
        if use.field == name
        for text in list(_texts(cells, use.column))[:1]
    ]
    if any(use.field in ("status", PUBLISHED) for use in uses):
        return next((status for status in said if status != "active"), "active")
    return ""


def _leave_out_no_link(values: Values, notes: dict[str, str]) -> None:
    """A product is worth more than the address of its page, which some feeds write in part."""
    url = values.get("url")
    if isinstance(url, str) and url and not is_link(url):
        notes["url"] = f"{url[:100]!r} is no address of the web, and was left out"
        del values["url"]


def _usage(values: Values, cells: Sequence[Cells], uses: Sequence[Use], money: Prices) -> Usage:
    currency = str(values.get("currency") or money.currency or money.usual)
    text = values["price"]
    priced = (use for use in uses if use.field.partition(":")[0] == "price")
    column = next((use.column for use in priced if _first(cells, use.column) == text), "")
    return Usage(currency, money.decimals.get(column, ""), money.country)


def _settle_price(
    values: Values, usage: Usage, money: Prices, notes: dict[str, str]
) -> dict[str, str]:
    """Put the amount and its currency in the place of what was written; why not, by field."""
    price, found = values["price"], None
    try:
        found = prices.read(price, usage) if isinstance(price, str) and price.strip() else None
    except Invalid as error:
        del values["price"]
        return dict(error.fields)
    if isinstance(price, str):
        values["price"] = found and f"{found.value:f}"
    elif isinstance(price, float):
        values["price"] = _exact(price)
    if found and found.note:
        notes["price"] = found.note
    said, named = str(values.get("currency") or ""), found.currency if found else ""
    if said and named and said != named:
        return {"currency": f"is {said}, but the price says {named}"}
    unsaid = money.currency if not (found and found.symbol) else ""
    if values["price"] is not None and not said and (named or unsaid):
        values["currency"] = named or unsaid
    return {}


def _exact(price: float) -> Decimal | float:
    """The amount that was meant: 19.990000000000002 is what adding floats makes of 19.99."""
    near = round(price, 4)
    return Decimal(repr(near)) if abs(near - price) < 1e-9 * max(1.0, abs(price)) else price


def _attributes(kind: Format, cells: Sequence[Cells], uses: Sequence[Use]) -> Values:
    found: Values = {}
    for use in uses:
        if use.field == ATTRIBUTES:
            for each in cells:
                found |= _object(each.get(use.column))
        elif use.attribute and any(each.get(use.column) is not None for each in cells):
            known = found.get(use.attribute)
            more = _words(kind, cells, use)
            found[use.attribute] = _one_or_many([*_as_list(known), *more])
    return found


def _words(kind: Format, cells: Sequence[Cells], use: Use) -> list[Any]:
    found = [
        _worded(kind, use, word) if isinstance(word, str) else word
        for word in _distinct(kind, cells, use.column)
    ]
    if use.attribute != "tags" or kind is WOOCOMMERCE or re.search(r"tag_\d+$", plain(use.column)):
        return list(dict.fromkeys(found)) if all(isinstance(each, str) for each in found) else found
    parts = (part.strip() for word in found if isinstance(word, str) for part in word.split(","))
    return list(dict.fromkeys(part for part in parts if part))


def _images(cells: Sequence[Cells], uses: Sequence[Use]) -> Iterator[str]:
    for use in (use for use in uses if use.field == IMAGES):
        for each in cells:
            value = each.get(use.column) or []
            names = [value] if isinstance(value, str) else value
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise invalid("images", "must be file names or addresses")
            for name in names:
                yield from picture_names(name)


def _object(value: Any) -> Values:
    try:
        value = json.loads(value) if isinstance(value, str) and value else value or {}
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise invalid(ATTRIBUTES, "must be a JSON object")
    return {
        name: words.word(name, each) if isinstance(each, str) else each
        for name, each in value.items()
    }


def _column(uses: Sequence[Use], name: str) -> str:
    return next((use.column for use in uses if use.field == name), "")


def _first(cells: Sequence[Cells], column: str) -> Any:
    """The first value that is not blank; else blank if the column is there; else None."""
    given = [each[column] for each in cells if each.get(column) is not None]
    return next((value for value in given if value not in ("", [])), given[0] if given else None)


def _texts(cells: Sequence[Cells], column: str) -> Iterator[str]:
    return (text for each in cells if (text := str(each.get(column) or "").strip()))


def _distinct(kind: Format, cells: Sequence[Cells], column: str) -> list[Any]:
    """Every value once; what the format knows as a list is its values."""
    values: list[Any] = []
    for each in cells:
        value = each.get(column)
        for one in value if isinstance(value, list) and kind is not JSONL else [value]:
            if one not in (None, "", []) and one not in values:
                values.append(one)
    return values


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _one_or_many(values: list[Any]) -> Any:
    """None to take away, one value as it is, several as a list of words."""
    if len(values) < 2:
        return values[0] if values else None
    return [str(value) for value in values]
