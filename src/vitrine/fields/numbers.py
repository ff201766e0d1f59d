"""In which attributes shops keep numbers that name one article, beside its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NUMBERED = re.compile(
    r"(variant_)?(sku|gtin(_?\d+)?|ean(_?\d+)?|upc|jan|isbn|barcode|mpn"
    r"|(article|item|model|style|part)_(number|no)|artikelnummer|artikelnr|modellnummer)"
)


def numbers(attributes: Mapping[str, Any]) -> Iterator[str]:
    """The numbers of articles that a product's attributes hold, as they are written."""
    for name, value in attributes.items():
        if _NUMBERED.fullmatch(re.sub(r"[\s-]+", "_", name.casefold())):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, str | int) and not isinstance(each, bool):
                    yield str(each)
