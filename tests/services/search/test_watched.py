"""What is counted of searches."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client import REGISTRY

from vitrine.services.search import watched

HIT = {"score": 0.8, "level": "close", "matches": True, "reasons": {"moved": -3}}


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"vitrine_search{name}", labels) or 0.0


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ({}, "browse"),
        ({"text": "a red coat"}, "words"),
        ({"box": [0, 0, 9, 9]}, "photo"),
        ({"product_id": "some"}, "product"),
        ({"product_id": "some", "text": "in red"}, "composed"),
        ({"box": [0, 0, 9, 9], "not_text": "stripes"}, "composed"),
        ({"items": []}, "look"),
    ],
)
def test_a_search_is_named_by_what_it_asks_with(query: dict[str, Any], kind: str) -> None:
    assert watched.kind_of(query) == kind


def test_level_order_and_likeness_of_hits_are_counted() -> None:
    before = count("_levels_total", query="words", level="close")
    moved = count("_moved_places_sum", query="words")
    best = count("_best_score_sum", query="words")
    watched.observe({"text": "a coat"}, [HIT, HIT], {"fits": True}, 0.1)
    assert count("_levels_total", query="words", level="close") == before + 2
    assert count("_moved_places_sum", query="words") == moved + 6
    assert count("_best_score_sum", query="words") == pytest.approx(best + 0.8)


@pytest.mark.parametrize(
    ("hits", "summary", "answer"),
    [
        ([HIT], {"fits": True}, "found"),
        ([HIT | {"matches": False}], {"fits": False}, "no match"),
        ([HIT | {"matches": False}], {"fits": True}, "nothing"),
        ([], {}, "nothing"),
    ],
)
def test_searches_without_a_match_are_told_apart(
    hits: list[dict[str, Any]], summary: dict[str, Any], answer: str
) -> None:
    before = count("es_total", query="words", answer=answer)
    watched.observe({"text": "a coat"}, hits, summary, 0.1)
    assert count("es_total", query="words", answer=answer) == before + 1


def test_attributes_are_one_filter_however_many_a_shop_has() -> None:
    before = count("_filters_total", facet="attribute"), count("_filters_total", facet="colour")
    filters = {"colour": "red", "attributes.season": "summer", "not": {"attributes.fit": "slim"}}
    watched.observe({"text": "a coat", "filters": filters}, [], {}, 0.1)
    after = count("_filters_total", facet="attribute"), count("_filters_total", facet="colour")
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)
