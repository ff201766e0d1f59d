"""What a product says of itself, checked: the same rules for API, import and command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from vitrine.core.reasons import check
from vitrine.fields import FIELDS, ProductFields

MAX_NAME = 200


def changed(known: object, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The values sent, checked as part of the whole product they would make; None clears one."""
    whole = {name: getattr(known, name) for name in FIELDS} | dict(sent)
    checked = check(
        ProductFields, {name: value for name, value in whole.items() if value is not None}
    )
    return {name: getattr(checked, name) for name in FIELDS if name in sent}


def clean_name(name: str) -> str:
    """A client's file name as harmless text: its last part, no control characters, at most 200."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    legal = "".join(
        letter
        for letter in unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode())
        if unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
    return legal.strip(" .")[:MAX_NAME]
