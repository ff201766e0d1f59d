"""Why a value was refused, in words for the people who sent it: pydantic's are for programmers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from vitrine.core.errors import Invalid

Model = TypeVar("Model", bound=BaseModel)

UNKNOWN = "is not valid"
"""The reason for whatever has no sentence of its own."""

_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "is not valid JSON",
    "string_type": "is not text",
    "string_unicode": "is not valid Unicode",
    "string_pattern_mismatch": "is not written as it must be",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "int_type": "is not a whole number",
    "int_parsing": "is not a whole number",
    "int_parsing_size": "is not a whole number of a size that can be read",
    "int_from_float": "is not a whole number",
    "float_type": "is not a number",
    "float_parsing": "is not a number",
    "decimal_type": "is not a number",
    "decimal_parsing": "is not a number",
    "decimal_max_places": "has more than {decimal_places} decimals",
    "finite_number": "is not a finite number",
    "greater_than": "must be over {gt:,}",
    "greater_than_equal": "must be at least {ge:,}",
    "less_than": "must be below {lt:,}",
    "less_than_equal": "must be at most {le:,}",
    "string_too_short": "has fewer than {min_length:,} characters",
    "string_too_long": "has more than {max_length:,} characters",
    "too_short": "has fewer than {min_length:,} {things}",
    "too_long": "has more than {max_length:,} {things}",
    "list_type": "is not a list",
    "tuple_type": "is not a list",
    "dict_type": "is not an object of names and values",
    "model_type": "is not an object of names and values",
    "model_attributes_type": "is not an object of names and values",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "datetime_type": "is not a time such as 2030-01-31T12:00:00Z",
    "datetime_parsing": "is not a time such as 2030-01-31T12:00:00Z",
    "datetime_from_date_parsing": "is not a time such as 2030-01-31T12:00:00Z",
    "datetime_object_invalid": "is not a time such as 2030-01-31T12:00:00Z",
    "timezone_aware": "does not say its time zone, as 2030-01-31T12:00:00Z does",
}


def reason(issue: Mapping[str, Any]) -> str:
    """Why one of pydantic's issues refused its field, such as `is empty`; never the value itself.

    A ValueError of our own validators is told as it stands.
    """
    kind, facts = issue["type"], issue.get("ctx", {})
    if kind == "value_error":
        return str(facts["error"])
    if facts.get("min_length") == 1:
        return "is empty"
    # Texts that were cleaned before they were measured are called a Value.
    things = "characters" if facts.get("field_type") == "Value" else "entries"
    return _SENTENCES.get(kind, UNKNOWN).format(**facts, things=things)


def check(model: type[Model], data: object) -> Model:
    """The model made of `data`; raises Invalid naming every bad field and why."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fields = {
            ".".join(str(part) for part in issue["loc"]) or "body": reason(issue)
            for issue in error.errors(include_url=False, include_input=False)
        }
        reasons = "; ".join(f"{name}: {why}" for name, why in fields.items())
        raise Invalid("invalid_request", reasons, fields=fields) from None
