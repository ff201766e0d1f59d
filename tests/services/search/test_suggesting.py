"""What is suggested while somebody types: values and words that they can find."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.worlds.snapshots import holding
from vitrine.api.schemas.suggestions import named_in
from vitrine.services.search import suggesting
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.retrieval import InSnapshot

CLOTHES: tuple[dict[str, Any], ...] = (
    {
        "category": "Dresses",
        "colour": "red",
        "brand": "Drossel",
        "words": ("polka", "dot", "dress"),
    },
    {"category": "Dresses", "colour": "blue", "brand": "Acme", "words": ("maxi", "dress")},
    {"category": "Skirts", "colour": "red", "brand": "Acme", "words": ("pleated", "skirt")},
    {"category": "Sneakers", "colour": "white", "brand": "Acme", "words": ("canvas",)},
)


@pytest.fixture
def snapshot() -> Snapshot:
    return holding(*CLOTHES)


def texts(snapshot: Snapshot, typed: str, language: Any = "en", rows: Any = None) -> list[str]:
    mask = snapshot.alive if rows is None else np.isin(np.arange(snapshot.size), rows)
    return [
        one.text
        for one in suggesting.suggest(
            snapshot, InSnapshot(snapshot, mask), typed, named_in(language)
        )
    ]


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("dr", ["dress", "Drossel"]),
        ("Dresse", ["Dresses"]),
        ("ple", ["pleated"]),
        ("red sk", ["red skirt"]),
        ("red sn", []),
        ("in red dr", ["in red dress", "in red Drossel"]),
        ("sneekers", ["sneakers"]),
        ("pleeted", ["pleated"]),
        ("zzz", []),
        ("dress", []),
        ("", []),
        ("  ", []),
        ("red ", []),
        ("!?", []),
    ],
)
def test_values_come_before_words_and_fit_the_words_before(
    snapshot: Snapshot, typed: str, suggested: list[str]
) -> None:
    assert texts(snapshot, typed) == suggested


@pytest.mark.parametrize(
    ("language", "typed", "suggested"),
    [
        ("de", "klei", ["Kleid"]),
        ("de", "rotes kl", ["rotes Kleid"]),
        ("de", "dre", ["Dresses"]),
        ("ja", "ワン", ["ワンピース"]),
        ("ja", "赤いワン", ["赤いワンピース"]),
        ("ja", "スニ", ["スニーカー"]),
    ],
)
def test_values_are_called_as_the_reader_types_them(
    snapshot: Snapshot, language: str, typed: str, suggested: list[str]
) -> None:
    assert texts(snapshot, typed, language)[:1] == suggested


def test_nothing_is_told_of_rows_that_are_left_out(snapshot: Snapshot) -> None:
    assert texts(snapshot, "dr", rows=[2, 3]) == []
    assert texts(snapshot, "ple", rows=[0]) == []
    [one] = suggesting.suggest(
        snapshot, InSnapshot(snapshot, snapshot.alive), "acm", named_in("en")
    )
    assert (one.text, one.facet, one.count) == ("Acme", "brand", 3)


def test_what_is_there_more_often_comes_first(snapshot: Snapshot) -> None:
    found = suggesting.suggest(
        snapshot, InSnapshot(snapshot, snapshot.alive), "s", named_in("en"), limit=2
    )
    assert [one.text for one in found] == ["skirt", "sneakers"]
    many = holding({"category": "Skirts"}, {"category": "Sneakers"}, {"category": "Sneakers"})
    assert texts(many, "s") == ["sneakers", "skirt"]
