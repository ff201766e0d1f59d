from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vitrine.core.errors import Invalid
from vitrine.services.search import cursors
from vitrine.services.search.cache.snapshot import Place
from vitrine.services.search.cursors import Stop

SEARCH = cursors.fingerprint({"text": "dress"})


@given(some.floats(-1.1, 1.1), some.uuids().map(str), some.integers(1, 10**6))
def test_a_cursor_says_again_exactly_where_the_page_stopped(
    score: float, product_id: str, rank: int
) -> None:
    stop = Stop(Place(score, product_id), rank)
    assert cursors.read(cursors.write(stop, SEARCH), SEARCH) == stop


def test_a_cursor_belongs_to_its_search_alone() -> None:
    cursor = cursors.write(Stop(Place(0.5, "a"), 20), SEARCH)
    with pytest.raises(Invalid, match="another search"):
        cursors.read(cursor, cursors.fingerprint({"text": "skirt"}))


def written(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!",
        "é",
        "{}",
        "A" * 5_000,
        written({}),
        written([]),
        written([SEARCH, 0.5, "a"]),
        written([SEARCH, "high", "a", 1]),
        written([SEARCH, 0.5, "a", "one"]),
        written([SEARCH, float("nan"), "a", 1]),
        written([SEARCH, float("inf"), "a", 1]),
        written([SEARCH, 0.5, "a", -1]),
        written([SEARCH, 0.5, "a", 10**12]),
        written([SEARCH, [], "a", 1]),
    ],
)
def test_what_is_no_cursor_is_refused_by_name(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        cursors.read(cursor, SEARCH)
    assert refused.value.fields == {"cursor": "is no cursor of ours"}


@given(some.text(max_size=200))
def test_any_text_is_a_cursor_or_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        cursors.read(cursor, SEARCH)
