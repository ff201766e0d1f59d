"""The types of a product's values: texts without control characters, exact amounts, flat values."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

MOST_ATTRIBUTES, LONGEST_NAME, LONGEST_VALUE = 100, 100, 4_000
"""Of a product's attributes: how many, and how many characters of a name and of a value as JSON."""

CURRENCY = "^([A-Z]{3})?$"


def as_amount(value: Decimal) -> Decimal:
    """The same amount written the usual way: two decimals, or as many as it needs."""
    cents = value.quantize(Decimal("0.01"))
    return cents if cents == value else value.normalize()


def _plain(text: str) -> str:
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t\r" for letter in text):
        raise ValueError("holds control characters")
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueError("is not valid Unicode; a file must be saved as UTF-8")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip()


def _as_currency(text: str) -> str:
    if not re.fullmatch(CURRENCY, text):
        raise ValueError("must be three capital letters, such as EUR")
    return text


def is_link(text: str) -> bool:
    """Whether it is an address of the web that a page may link to: absolute, and no script."""
    try:
        parts = urlsplit(text)
        named = parts.hostname and parts.port != 0
    except ValueError:
        return False
    inside = parts.username is None and not any(letter.isspace() for letter in text)
    return bool(named and inside and parts.scheme in ("http", "https"))


def _as_link(text: str) -> str:
    if text and not is_link(text):
        raise ValueError("must be an address of the web, beginning with https:// or http://")
    return text


def _flat(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:  # one reason, where there is one for each of the types
        raise ValueError("is neither text, a number, true, false nor a list of texts") from None


def _bounded(attributes: dict[str, AttributeValue]) -> dict[str, AttributeValue]:
    if len(attributes) > MOST_ATTRIBUTES:
        raise ValueError(f"holds more than {MOST_ATTRIBUTES} attributes")
    for name, value in attributes.items():
        _plain(name)
        if not 1 <= len(name) <= LONGEST_NAME:
            raise ValueError(f"has a name that is empty or over {LONGEST_NAME} characters")
        if len(json.dumps(value)) > LONGEST_VALUE:
            raise ValueError(f"{name!r} is over {LONGEST_VALUE:,} characters")
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                _plain(text)
    return attributes


Text = Annotated[str, AfterValidator(_plain)]
Price = Annotated[
    Decimal,
    Field(ge=0, lt=Decimal(10) ** 12, decimal_places=4, allow_inf_nan=False),
    AfterValidator(as_amount),
]
Currency = Annotated[
    str, AfterValidator(_as_currency), Field(json_schema_extra={"pattern": CURRENCY})
]
Link = Annotated[Text, AfterValidator(_as_link), Field(json_schema_extra={"format": "uri"})]
Status = Literal["active", "draft", "archived", "private"]
AttributeValue = Annotated[str | int | float | bool | list[str], WrapValidator(_flat)]
AttributesPatch = Annotated[
    dict[str, Annotated[str | int | float | bool | list[str] | None, WrapValidator(_flat)]],
    Field(max_length=2 * MOST_ATTRIBUTES),
]
"""Attributes to put beside those there are, or in their place; None takes one away."""

Attributes = Annotated[dict[str, AttributeValue], AfterValidator(_bounded)]
