"""What a file says of a product that is known, where it says the same in other words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrine.core.errors import Invalid
from vitrine.core.reasons import check
from vitrine.fields import FIELDS, ProductFields
from vitrine.services.imports import words
from vitrine.services.imports.cells import cleaned
from vitrine.services.imports.records import Record

_BETWEEN = (", ", ",", "/", ";")
"""What formats without lists write between the words of one."""


def values(known: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """The record's values, as the product has them where they mean the same.

    A price that names no currency keeps the product's; only without one it is the shop's own.
    """
    said = {
        name: known[name] if _is_same(name, known.get(name), value) else value
        for name, value in record.values.items()
        if name not in ("external_id", "price")
    } | {name: record.values[name] for name in ("external_id", "price") if name in record.values}
    if record.usual_currency and not said.get("currency") and not known.get("currency"):
        said["currency"] = record.usual_currency
    return said


def attributes(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of attributes, as the product has it where it means the same."""
    return {
        name: known[name] if _is_same(name, known.get(name), value) else value
        for name, value in said.items()
    }


def checked(record: Record, whole: Mapping[str, Any]) -> ProductFields:
    """The fields of the whole product; raises Invalid naming every bad one and unread ones."""
    try:
        fields = check(ProductFields, whole)
    except Invalid as error:
        found = {**error.fields, **record.refused}
        known_first = [name for name in FIELDS if name in found]
        told = {name: found[name] for name in (*known_first, *found)}
        raise Invalid(error.code, error.message, fields=told) from None
    if record.refused:
        raise Invalid("invalid_request", "; ".join(record.refused.values()), fields=record.refused)
    return fields


def _is_same(name: str, known: Any, said: Any) -> bool:
    """Whether both are the same words: as one text or as a list, and in the common vocabulary."""
    if known in (None, "", []) or said in (None, "", []):
        return False
    if isinstance(known, list) and isinstance(said, str):
        return any(said == between.join(known) for between in _BETWEEN)
    return _words(name, known) == _words(name, said)


def _words(name: str, value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    return ", ".join(words.word(name, cleaned(str(each)).strip()) for each in listed)
