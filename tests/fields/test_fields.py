from __future__ import annotations

import pytest
from pydantic import ValidationError
from sqlalchemy import String, inspect

from vitrine.core.errors import Invalid
from vitrine.fields import FACETS, FIELDS, Facet, ProductField, ProductFields, longest
from vitrine.fields.facets import ATTRIBUTES, COUNTED, LABEL, LOOKS, RANGES, SHAPES, VALUES
from vitrine.services.search import filters
from vitrine.tables.catalog import Product
from vitrine.vision.vocabulary import vocabulary


@pytest.mark.parametrize("declared", [*FIELDS.values(), *FACETS.values()], ids=lambda one: one.name)
def test_whatever_people_see_has_a_name_in_every_language(declared: ProductField | Facet) -> None:
    assert all(declared.names)


@pytest.mark.parametrize("declared", FIELDS.values(), ids=lambda one: one.name)
def test_every_field_is_a_column_that_holds_what_it_allows(declared: ProductField) -> None:
    column = inspect(Product).columns[declared.name]
    assert column.nullable is (declared.name == "price")
    if declared.max_length and declared.traits.kind in ("text", "address"):
        assert isinstance(column.type, String)
        assert column.type.length == declared.max_length == longest(declared.name)


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "//shop.example/a", "/a", "shop.example/a"),
        *("https://", "https://user:word@shop.example/", "https://shop.example/a b", "ftp://a/b"),
        *("https://[a/", "https://shop.example:99999/", f"https://shop.example/{'a' * 2000}"),
    ],
)
def test_a_page_of_the_shop_is_an_address_that_is_safe_to_link_to(address: str) -> None:
    with pytest.raises(ValidationError):
        ProductFields(external_id="A", title="T", url=address)
    assert ProductFields(external_id="A", title="T", url="http://shop.example:8080/ä?b=1#c").url


def test_no_limit_is_made_up() -> None:
    with pytest.raises(KeyError):
        longest("price")


def test_no_two_fields_are_called_the_same_in_files() -> None:
    columns = [column for name, each in FIELDS.items() for column in (name, *each.traits.columns)]
    assert len(columns) == len(set(columns))


def test_facets_come_from_fields_attributes_and_labels() -> None:
    assert [*VALUES, *RANGES] == [*COUNTED] == [name for name in FACETS if LABEL not in name]
    assert {name.removeprefix(LABEL) for name in FACETS if LABEL in name} == {*vocabulary().facets}
    of_fields = {name for name, each in FIELDS.items() if each.traits.facet}
    assert {*COUNTED} == of_fields | {each.name for each in ATTRIBUTES}


def test_looks_have_the_names_of_the_vocabulary_and_of_training() -> None:
    assert {"pattern", "neckline", "neck", "material", "fabric", "fit"} <= {*LOOKS}
    assert {*SHAPES} == {"sleeve", "neckline", "neck", "length"}
    assert len(LOOKS) == len(set(LOOKS))
    assert not {*LOOKS} & {*FIELDS}


@pytest.mark.parametrize("name", FACETS)
def test_every_facet_can_be_filtered_by_what_it_is_and_nothing_else(name: str) -> None:
    bounds, value = {name: {"min": 1}}, {name: "x"}
    right, wrong = (bounds, value) if FACETS[name].kind == "range" else (value, bounds)
    [condition] = filters.parse(right).conditions
    assert condition.facet == name
    with pytest.raises(Invalid) as refused:
        filters.parse(wrong)
    assert set(refused.value.fields) == {f"filters.{name}"}
