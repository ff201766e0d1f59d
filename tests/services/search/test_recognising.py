"""What words name: prices and sizes that filter, values of the catalogue in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.snapshots import holding
from vitrine.services import search
from vitrine.services.search import Answer, bounds, hues, recognising
from vitrine.services.search.request import SearchRequest
from vitrine.wiring import Runtime

ROWS: tuple[Mapping[str, Any], ...] = (
    {"category": "Dresses", "colour": "Red", "brand": "Acme", "attributes.size": ("S", "M")},
    {"category": "Shirts", "colour": "Navy Blue", "brand": "Rot Front"},
    {"category": "Jackets", "colour": "Rot", "gender": "Women"},
    {"category": "Skirts", "colour": "Multi"},
    {"colour": "Sunset", "labels.colour": "blue"},
    {"colour": "blue/red"},
    {"labels.colour": "blue"},
)


CATALOGUE = holding(*ROWS)


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("dress under 60 euros", None, "60", "EUR"),
        ("Kleid unter 60 Euro", None, "60", "EUR"),
        ("60ユーロ以下のワンピース", None, "60", "EUR"),
        ("dresses under 60 in red", None, "60", ""),
        ("bis 59,90 € Hose", None, "59.90", "EUR"),
        ("under 1.299 €", None, "1299", "EUR"),
        ("coat from 1,299.00 EUR", "1299.00", None, "EUR"),
        ("１万円以下のコート", None, "10000", "JPY"),
        ("5000円から8000円まで", "5000", "8000", "JPY"),
        ("zwischen 20 und 50 €", "20", "50", "EUR"),
        ("red dress $20-$40", "20", "40", "USD"),
        ("80€ oder weniger", None, "80", "EUR"),
    ],
)
def test_prices_are_read_in_three_languages(
    text: str, low: str | None, high: str | None, currency: str
) -> None:
    [found] = bounds.prices(text)
    assert (found.low, found.high) == (low and Decimal(low), high and Decimal(high))
    assert found.currency == currency


@pytest.mark.parametrize(
    "text",
    ["skirt under 60 cm", "levi's 501 from 2020", "over 40", "dress 60 euros", "under the sea"],
)
def test_other_numbers_are_no_prices(text: str) -> None:
    assert bounds.prices(text) == []


def named(text: str, *plain: str) -> list[tuple[str, str, tuple[str, ...]]]:
    reading = recognising.read(CATALOGUE, text, plain)
    for one in reading.named:
        assert text[one.start : one.end].strip() == one.text
    return [(one.text, one.facet, one.values) for one in reading.named]


RED, DRESSES = ("Red", "Rot"), ("Dresses",)
RED_DRESS = [("red", "colour", RED), ("dress", "category", DRESSES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red dress size M", [*RED_DRESS, ("size M", "attributes.size", ("M",))]),
        (
            "rotes Sommerkleid für Damen",
            [
                ("rotes", "colour", RED),
                ("Sommerkleid", "category", DRESSES),
                ("Damen", "gender", ("Women",)),
            ],
        ),
        (
            "赤いワンピース Mサイズ",
            [
                ("赤", "colour", RED),
                ("ワンピース", "category", DRESSES),
                ("Mサイズ", "attributes.size", ("M",)),
            ],
        ),
        (
            "Rot Front Hemden",
            [("Rot Front", "brand", ("Rot Front",)), ("Hemden", "category", ("Shirts",))],
        ),
        ("turquoise kimono", [("turquoise", "colour", ())]),
        ("面白いベストセラー", []),
        ("size XXXL", []),
        ("Barock", []),
    ],
)
def test_values_of_the_catalogue_are_named_in_three_languages(
    text: str, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert named(text) == expected


def test_what_is_plain_words_is_not_recognised_and_stays_among_the_words() -> None:
    text = "red dress under 60 euros"
    assert recognising.read(CATALOGUE, text).text == "red dress"
    plain = recognising.read(CATALOGUE, text, ["under 60 Euros", "RED"])
    assert [one.text for one in plain.named] == ["dress"]
    assert (plain.text, plain.hues) == (text, frozenset())


@pytest.mark.parametrize(
    ("wanted", "others"), [("red", [1, 6]), ("blue", [0, 2]), ("burgundy", [1, 6])]
)
def test_who_states_another_colour_is_of_another_colour(wanted: str, others: list[int]) -> None:
    """What nobody understands, is of many colours or passes for the colour does not differ."""
    assert np.flatnonzero(hues.otherwise(CATALOGUE, {wanted})).tolist() == others


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    given = [
        {"title": "A", "colour": "red", "price": Decimal(50), "attributes": {"size": ["M", "L"]}},
        {"title": "B", "colour": "blue", "price": Decimal(40), "attributes": {"size": ["M"]}},
        {"title": "C", "colour": "burgundy", "price": Decimal(80), "attributes": {"size": ["M"]}},
        {"title": "D", "colour": "", "price": Decimal(30), "attributes": {"size": ["L"]}},
    ]
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        insert_indexed(session, versions, unit_vectors(len(given), versions.dimension), given)
    return runtime


def ask(shop: Runtime, **given: Any) -> Answer:
    return search.search(shop.search_engine, SearchRequest(**given))


def titles(answer: Answer, *, matching: bool = True) -> set[str]:
    return {hit.product.title for hit in answer.hits if hit.matches is matching}


def test_prices_and_sizes_filter_and_are_told_and_can_be_taken_away(shop: Runtime) -> None:
    answer = ask(shop, text="something under 60 euros size M")
    assert titles(answer) == {"A", "B"}
    assert [one["text"] for one in answer.result.query["recognised"]] == [
        "under 60 euros",
        "size M",
    ]
    assert answer.result.query["text"] == "something under 60 euros size M"
    colours = {one["value"] for one in answer.result.summary["facets"]["colour"]}
    assert colours == {"red", "blue"}
    wider = ask(shop, text="something under 60 euros size M", plain_words=["size M"])
    assert titles(wider) == {"A", "B", "D"}


def test_with_no_other_words_it_browses_under_what_they_filter(shop: Runtime) -> None:
    answer = ask(shop, text="unter 60 Euro")
    assert titles(answer) == {"A", "B", "D"}
    assert {hit.score for hit in answer.hits} == {None}


def test_in_red_a_blue_one_never_matches_and_comes_last(shop: Runtime) -> None:
    for given in ({"text": "in red"}, {"text": "rotes"}, {"text": "赤い"}):
        answer = ask(shop, **given)
        assert titles(answer) == {"A", "C", "D"}
        assert answer.hits[-1].product.title == "B"
        assert answer.result.summary["total"] == 3
        assert not any(
            value["value"] == "blue" for value in answer.result.summary["facets"]["colour"]
        )
        assert (answer.hits[-1].score or 0.0) > -1.1, "told as it is, wherever it stands"


def test_taken_as_plain_words_a_colour_keeps_nothing_out(shop: Runtime) -> None:
    assert "B" in titles(ask(shop, text="in red", plain_words=["red"]))
