from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vitrine.core.errors import Invalid
from vitrine.services.search.filters import AnyOf, Between, Not, check_facet, key, number, parse


def test_filters_are_read_into_conditions() -> None:
    asked = {
        "category": ["Dress", "SKIRT"],
        "colour": "Rot",
        "price": {"min": 19.99, "max": "80"},
        "attributes.size": [38, "XL", True],
        "attributes.weight": {"max": 2},
        "not": {"brand": "Acme", "price": {"min": 60}},
    }
    filters = parse(asked)
    assert filters.conditions == (
        AnyOf("category", frozenset({"dress", "skirt"})),
        AnyOf("colour", frozenset({"rot"})),
        Between("price", Decimal("19.99"), Decimal(80)),
        AnyOf("attributes.size", frozenset({"38", "xl", "true"})),
        Between("attributes.weight", None, Decimal(2)),
        Not(AnyOf("brand", frozenset({"acme"}))),
        Not(Between("price", Decimal(60), None)),
    )
    assert filters.as_json() == asked
    again = parse(filters.as_json())
    assert (set(again.conditions), again.written) == (set(filters.conditions), filters.written)
    assert not parse({})


@pytest.mark.parametrize(
    ("asked", "field", "reason"),
    [
        ({"colr": "red"}, "filters.colr", "there are category, colour"),
        ({"attributes.": "x"}, "filters.attributes.", "is no facet"),
        ({"attributes": {"fit": "slim"}}, "filters.attributes", "attributes.NAME"),
        ({"category": 5}, "filters.category", "is not text"),
        ({"category": [["dress"]]}, "filters.category", "is not text"),
        ({"category": None}, "filters.category", "is not text"),
        ({"category": []}, "filters.category", "leave it out"),
        ({"category": ""}, "filters.category", "empty"),
        ({"category": "x" * 5_000}, "filters.category", "4,000 characters"),
        ({"category": ["x"] * 501}, "filters.category", "1 to 500 values"),
        ({"category": {"min": 1}}, "filters.category", "is no range"),
        ({"price": 20}, "filters.price", "needs a range"),
        ({"price": [20, 30]}, "filters.price", "needs a range"),
        ({"price": {}}, "filters.price", "min, max or both"),
        ({"price": {"from": 1}}, "filters.price", "min, max or both"),
        ({"price": {"min": "cheap"}}, "filters.price", "no number"),
        ({"price": {"min": True}}, "filters.price", "no number"),
        ({"price": {"min": [1]}}, "filters.price", "no number"),
        ({"price": {"min": math.inf}}, "filters.price", "not finite"),
        ({"price": {"max": math.nan}}, "filters.price", "not finite"),
        ({"price": {"max": "sNaN"}}, "filters.price", "not finite"),
        ({"price": {"max": 10**30}}, "filters.price", "too large"),
        ({"attributes.fit": {"a": 1}}, "filters.attributes.fit", "no range"),
        ({"attributes.fit": None}, "filters.attributes.fit", "a number"),
        ({"not": "red"}, "filters.not", "is no object"),
        ({"not": {"colr": "red"}}, "filters.not.colr", "is no facet"),
        ({"not": {"not": {"colour": "red"}}}, "filters.not.not", "is no facet"),
        ({f"attributes.{n}": 1 for n in range(51)}, "filters", "more than 50"),
        ([], "filters", "is no object"),
        ("x", "filters", "is no object"),
    ],
)
def test_filters_that_cannot_be_read_name_field_and_reason(
    asked: Any, field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parse(asked)
    assert refused.value.code == "invalid_filters"
    assert list(refused.value.fields) == [field]
    assert reason in refused.value.fields[field]


def test_every_wrong_filter_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        parse({"colr": "red", "price": 1, "brand": "fine"})
    assert set(refused.value.fields) == {"filters.colr", "filters.price"}


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)
facets = some.sampled_from(["category", "price", "attributes.x", "not", "wrong"])


@given(some.dictionaries(facets, anything | some.dictionaries(facets, anything)))
def test_whatever_is_sent_is_read_or_refused_by_name(asked: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    try:
        again = parse(parse(asked).as_json())
    except Invalid as refused:
        wrong = refused.fields
    else:
        assert again.written == parse(asked).written
        return
    assert wrong
    assert all(field.startswith("filters") for field in wrong)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ärmel", "ärmel"),
        ("A\u0308rmel", "ärmel"),
        ("STRASSE", "straße"),
        ("ЮБКА", "юбка"),
        ("ΟΔΟΣ", "οδος"),
        (" slim ", "slim"),
        (5, 5.0),
        (5, "5"),
        (2.5, "2.5"),
        (True, "TRUE"),
    ],
)
def test_values_are_compared_without_case_in_any_script(one: Any, other: Any) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [(1, True), ("a", "ä"), ("5", "5.5"), (0, False)])
def test_values_that_differ_stay_apart(one: Any, other: Any) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("value", ["x", "", True, "nan", "inf", 10**400, "1e999"])
def test_what_is_no_finite_number_lies_in_no_range(value: Any) -> None:
    assert math.isnan(number(value))


def test_numbers_written_as_text_lie_in_ranges() -> None:
    assert (number("2.5"), number(3)) == (2.5, 3.0)


@pytest.mark.parametrize("name", ["category", "price", "attributes.fit"])
def test_facets_that_can_be_counted(name: str) -> None:
    assert check_facet(name, "facets") == name


@pytest.mark.parametrize("name", ["colr", "", "attributes.", "not", 5, None])
def test_facets_that_cannot_be_counted_are_refused(name: Any) -> None:
    with pytest.raises(Invalid) as refused:
        check_facet(name, "facets")
    assert list(refused.value.fields) == ["facets"]
