"""Single cells: letters that no text holds, what spreadsheets make of texts, and numbers as ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vitrine.core.errors import invalid

_NO_LETTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef]|[\ufffe\uffff]")
_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROLS = ("\t", "\r", "\n")
_UNSEEN = " \t\r\n\u00a0\u200b\u2060\u3000\ufeff"
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_SHORTENED = re.compile(r"[+-]?\d[.,]?\d*[eE]\+?\d{1,3}")


def cleaned(value: Any) -> Any:
    """The value with a blank for every control letter and every letter that is none in Unicode."""
    if isinstance(value, str):
        return _NO_LETTERS.sub(" ", value)
    if isinstance(value, list):
        return [cleaned(each) for each in value]
    if isinstance(value, dict):
        return {cleaned(name): cleaned(each) for name, each in value.items()}
    return value


def protected(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: a text that looks like one after a `'`."""
    if isinstance(value, str) and (value.startswith("'") or _is_formula(value)):
        return f"'{value}"
    return value


def _is_formula(text: str) -> bool:
    """Whether any spreadsheet might compute it; some pass over what cannot be seen before it."""
    return text.startswith(_CONTROLS) or text.lstrip(_UNSEEN).startswith(_SIGNS)


def unprotected(text: str) -> str:
    """What was protected as it was, and a text that a spreadsheet was kept from changing."""
    if text.startswith("'") and (text[1:].startswith("'") or _is_formula(text[1:])):
        return text[1:]
    formula = _TEXT_FORMULA.fullmatch(text.strip())
    return formula[1].replace('""', '"') if formula else text


def number_text(text: str) -> str:
    """A number that is a name, such as an article number, as `unprotected` and without its `'`."""
    plain = unprotected(text)
    if plain == text and re.match(r"'\d", text):
        return text[1:].strip()
    return plain.strip()


def as_id(value: Any, field: str = "external_id") -> str:
    """An id of text or a whole number; raises Invalid where a spreadsheet has shortened it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid(field, "is neither text nor a number")
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= 2**53:
            raise invalid(field, f"{value!r} is not a whole number")
        return str(int(value))
    text = str(value).strip()
    if _SHORTENED.fullmatch(text):
        told = f"{text} was shortened by a spreadsheet and its digits are lost: format it as text"
        raise invalid(field, told)
    return text


def told_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """What became of cells that held letters which are none, by column."""
    return {
        name: "held control letters, now blanks"
        for name, value in after.items()
        if value != before.get(name)
    }
