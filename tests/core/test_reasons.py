from __future__ import annotations

import importlib
import math
import pkgutil
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from vitrine.api import schemas
from vitrine.api.schemas.common import RequestModel
from vitrine.core.errors import Invalid
from vitrine.core.reasons import UNKNOWN, check, reason
from vitrine.fields import ProductFields

GOOD = {"external_id": "A", "title": "Shirt"}
TEXTS = {
    "external_id": 200,
    "title": 500,
    "description": 20_000,
    "category": 200,
    "colour": 100,
    "brand": 200,
    "gender": 50,
}
NOT_FLAT = "is neither text, a number, true, false nor a list of texts"
ODD: list[Any] = [
    *(None, True, -1, 10**30, 1.5, math.nan, math.inf, b"\xff", object()),
    *("", "x", "x" * 30_000, "nan", "1e999", "9" * 5_000, "2030-01-31T12:00:00"),
    *([], {}, ["x"] * 2_000, [None] * 4, {"a": {"b": 1}}, {str(n): "x" for n in range(2_000)}),
]


def why(**wrong: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        check(ProductFields, GOOD | wrong)
    for field, told in refused.value.fields.items():
        assert f"{field}: {told}" in refused.value.message
    return refused.value.fields


@pytest.mark.parametrize(("field", "most"), TEXTS.items())
def test_every_text_of_a_product_says_what_is_wrong(field: str, most: int) -> None:
    assert why(**{field: "x" * (most + 1)}) == {field: f"has more than {most:,} characters"}
    assert why(**{field: 5}) == {field: "is not text"}
    assert why(**{field: None}) == {field: "is not text"}
    assert why(**{field: "a\x07b"}) == {field: "holds control characters"}
    assert "UTF-8" in why(**{field: "a\udc80b"})[field]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("external_id", " ", "is empty"),
        ("title", "", "is empty"),
        ("price", "cheap", "is not a number"),
        ("price", [], "is not a number"),
        ("price", "NaN", "is not a finite number"),
        ("price", "-0.01", "must be at least 0"),
        ("price", 10**12, "must be below 1,000,000,000,000"),
        ("price", "1.00001", "has more than 4 decimals"),
        ("currency", "EURO", "must be three capital letters, such as EUR"),
        ("currency", "eur", "must be three capital letters, such as EUR"),
        ("currency", "EUR\n", "must be three capital letters, such as EUR"),
        ("currency", 978, "is not text"),
        ("attributes", [], "is not an object of names and values"),
        ("attributes", {"": 1}, "has a name that is empty or over 100 characters"),
        ("attributes", {"fit": "x" * 4_001}, "'fit' is over 4,000 characters"),
        ("attributes", {str(n): 1 for n in range(101)}, "holds more than 100 attributes"),
        ("weight", 1, "is not known here"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_every_other_field_of_a_product_does_so_too(field: str, value: object, told: str) -> None:
    assert why(**{field: value}) == {field: told}


@pytest.mark.parametrize("value", [None, {"a": 1}, [1], math.nan])
def test_an_attribute_has_one_reason_whatever_it_might_have_been(value: object) -> None:
    assert why(attributes={"fit": value}) == {"attributes.fit": NOT_FLAT}


def test_a_product_without_its_fields() -> None:
    with pytest.raises(Invalid) as refused:
        check(ProductFields, {})
    assert refused.value.fields == {"external_id": "is missing", "title": "is missing"}
    with pytest.raises(Invalid) as refused:
        check(ProductFields, [])
    assert refused.value.fields == {"body": "is not an object of names and values"}


def issues(model: type[BaseModel], data: object) -> list[Any]:
    try:
        model.model_validate(data)
    except ValidationError as error:
        return list(error.errors())
    return []


def test_whatever_a_request_may_hold_is_refused_in_our_words() -> None:
    for found in pkgutil.iter_modules(schemas.__path__):
        importlib.import_module(f"{schemas.__name__}.{found.name}")
    models: list[type[BaseModel]] = [ProductFields, *RequestModel.__subclasses__()]
    assert len(models) > 15
    told = [
        (issue["type"], issue["msg"], reason(issue))
        for model in models
        for name in model.model_fields
        for odd in ODD
        for issue in issues(model, {name: odd})
    ]
    assert {kind for kind, _, why in told if why == UNKNOWN} == set()
    assert {why for _, msg, why in told if why == msg or "should" in why} == set()


def test_what_is_wrong_in_a_way_we_did_not_foresee() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(complex).validate_python("no number")
    assert [reason(issue) for issue in refused.value.errors()] == [UNKNOWN]
