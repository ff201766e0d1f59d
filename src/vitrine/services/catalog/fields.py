"""What a product may say of itself: one set of rules for API, import and command line."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from vitrine.core.reasons import check
from vitrine.tables.base import as_amount

MAX_ATTRIBUTES = 100
MAX_NAME = 200
CURRENCY = "^([A-Z]{3})?$"


def _plain(text: str) -> str:
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t\r" for letter in text):
        raise ValueError("holds control characters")
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueError("is not valid Unicode; a file must be saved as UTF-8")
    return unicodedata.normalize("NFC", text).strip()


def _as_currency(text: str) -> str:
    if not re.fullmatch(CURRENCY, text):
        raise ValueError("must be three capital letters, such as EUR")
    return text


def _flat(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:  # one reason, where there is one for each of the types
        raise ValueError("is neither text, a number, true, false nor a list of texts") from None


def _bounded(attributes: dict[str, AttributeValue]) -> dict[str, AttributeValue]:
    if len(attributes) > MAX_ATTRIBUTES:
        raise ValueError(f"holds more than {MAX_ATTRIBUTES} attributes")
    for name, value in attributes.items():
        _plain(name)
        if not 1 <= len(name) <= 100:
            raise ValueError("has a name that is empty or over 100 characters")
        if len(json.dumps(value)) > 4_000:
            raise ValueError(f"{name!r} is over 4,000 characters")
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
AttributeValue = Annotated[str | int | float | bool | list[str], WrapValidator(_flat)]
Attributes = Annotated[dict[str, AttributeValue], AfterValidator(_bounded)]


class ProductFields(BaseModel):
    """A new product: everything but the external id and the title may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    external_id: Annotated[Text, Field(min_length=1, max_length=200)]
    title: Annotated[Text, Field(min_length=1, max_length=500)]
    description: Annotated[Text, Field(max_length=20_000)] = ""
    category: Annotated[Text, Field(max_length=200)] = ""
    colour: Annotated[Text, Field(max_length=100)] = ""
    brand: Annotated[Text, Field(max_length=200)] = ""
    gender: Annotated[Text, Field(max_length=50)] = ""
    price: Price | None = None
    currency: Currency = ""
    attributes: Attributes = Field(default_factory=dict)


def changed(known: object, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The values sent, checked as part of the whole product they would make; None clears one."""
    whole = {name: getattr(known, name) for name in ProductFields.model_fields} | dict(sent)
    checked = check(
        ProductFields, {name: value for name, value in whole.items() if value is not None}
    )
    return {name: getattr(checked, name) for name in ProductFields.model_fields if name in sent}


def clean_name(name: str) -> str:
    """A client's file name as harmless text: its last part, no control characters, at most 200."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    legal = "".join(
        letter
        for letter in unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode())
        if unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
    return legal.strip(" .")[:MAX_NAME]
