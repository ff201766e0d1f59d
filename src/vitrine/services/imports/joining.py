"""The rows of one product made one Record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from vitrine.core.errors import VitrineError, invalid
from vitrine.services.catalog import prices
from vitrine.services.imports import words
from vitrine.services.imports.columns import Use
from vitrine.services.imports.formats import ATTRIBUTES, CSV, IGNORED, IMAGES, JSONL, Format
from vitrine.services.imports.names import picture_names
from vitrine.services.imports.records import Cells, Record

AS_WRITTEN = (CSV, JSONL)
"""Formats whose texts are meant as they stand, where others may hold HTML."""

Values = dict[str, Any]


def join(
    kind: Format, line: int, cells: Sequence[Cells], uses: Sequence[Use], currency: str
) -> Record:
    """One product of its rows: each field's first text, every picture, all words of variants."""
    external_id = next(_texts(cells, _column(uses, "external_id")), "")
    try:
        values = _values(kind, cells, uses, currency)
        attributes = _attributes(cells, uses)
        colours = _distinct(cells, _column(uses, "colour"))
        if len(colours) > 1:  # variants of several colours: no one of them is the product's
            values["colour"], attributes["colours"] = "", colours
        images = tuple(dict.fromkeys(_images(cells, uses)))
    except VitrineError as error:
        return Record(line, external_id, error=error)
    return Record(line, external_id, values, attributes, images)


def _values(kind: Format, cells: Sequence[Cells], uses: Sequence[Use], currency: str) -> Values:
    values: Values = {}
    for use in uses:
        if use.field in (IGNORED, IMAGES, ATTRIBUTES) or use.attribute is not None:
            continue
        field, _, unit = use.field.partition(":")
        value = _first(cells, use.column)
        if value is None or (unit and (values.get(field) or not value)):
            continue  # not in these rows; or a price in a second currency
        values[field] = value
        if unit:
            values["currency"] = unit.upper()
    _settle_price(values, currency)
    if "status" in values:
        values["status"] = words.status(str(values["status"] or ""))
    if kind not in AS_WRITTEN and "description" in values:
        values["description"] = prices.without_html(str(values["description"]))
    return values


def _settle_price(values: Values, currency: str) -> None:
    price = values.get("price")
    if isinstance(price, str):
        amount, named = prices.amount(price)
        values["price"] = amount or None
        if named and not values.get("currency"):
            values["currency"] = named
    if currency and values.get("price") is not None and not values.get("currency"):
        values["currency"] = currency


def _attributes(cells: Sequence[Cells], uses: Sequence[Use]) -> Values:
    found: Values = {}
    for use in uses:
        if use.field == ATTRIBUTES:
            for each in cells:
                found |= _object(each.get(use.column))
        elif use.attribute and any(each.get(use.column) is not None for each in cells):
            known = found.get(use.attribute)
            more = _words(cells, use)
            found[use.attribute] = _one_or_many([*_as_list(known), *more])
    return found


def _words(cells: Sequence[Cells], use: Use) -> list[Any]:
    words = _distinct(cells, use.column)
    if use.attribute != "tags":
        return words
    parts = (part.strip() for word in words if isinstance(word, str) for part in word.split(","))
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
    return value


def _column(uses: Sequence[Use], field: str) -> str:
    return next((use.column for use in uses if use.field == field), "")


def _first(cells: Sequence[Cells], column: str) -> Any:
    """The first value that is not blank; else blank if the column is there; else None."""
    given = [each[column] for each in cells if each.get(column) is not None]
    return next((value for value in given if value != ""), given[0] if given else None)


def _texts(cells: Sequence[Cells], column: str) -> Iterator[str]:
    return (text for each in cells if (text := str(each.get(column) or "").strip()))


def _distinct(cells: Sequence[Cells], column: str) -> list[Any]:
    values: list[Any] = []
    for each in cells:
        value = each.get(column)
        if value not in (None, "", []) and value not in values:
            values.append(value)
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
