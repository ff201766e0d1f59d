"""Rules move products within their level, hide them, and are seen before they are live."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.snapshots import holding
from vitrine.core.clock import now
from vitrine.core.errors import Invalid
from vitrine.services import search
from vitrine.services.search import Answer, filters, merchandising
from vitrine.services.search.merchandising import ACTIONS, UNDER, Action, Asked, Rule
from vitrine.services.search.request import SearchRequest
from vitrine.vision.tuning import Bars, Levels, Matches, Tuning, Tunings
from vitrine.wiring import Runtime

pytestmark = pytest.mark.engines

COUNT = 12
EVERY = filters.parse({"brand": "Acme"})


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    given = [
        {
            "title": f"Thing {number}",
            "brand": "Acme" if number % 3 == 0 else "Other",
            "category": "Dresses" if number % 2 else "Skirts",
            "price": Decimal(10 * number),
        }
        for number in range(COUNT)
    ]
    versions = runtime.ports.vision.versions
    with runtime.sessions.write() as session:
        insert_indexed(session, versions, unit_vectors(COUNT, versions.dimension), given)
    return runtime


def ruled(shop: Runtime, action: Action, **given: Any) -> None:
    asked = {"name": action, "filters": EVERY, "live": True} | given
    with shop.sessions.write() as session:
        merchandising.add(session, Asked(action=action, **asked), None)


def ask(shop: Runtime, text: str = "greenish", **given: Any) -> Answer:
    return search.search(shop.search_engine, SearchRequest(text=text, limit=COUNT, **given))


def brands(answer: Answer) -> list[str]:
    return [hit.product.brand for hit in answer.hits]


def levelled(shop: Runtime) -> Runtime:
    """The shop with a line and bars in the middle of what a search scores."""
    scores = [hit.score or 0.0 for hit in ask(shop).hits]
    model = shop.ports.vision.versions.encoder
    tuning = Tuning(
        model_version=model,
        levels={"words": Levels(others=Bars(close=scores[3], similar=scores[7]))},
        matches={"words": Matches(line=scores[7])},
    )
    return replace(shop, tunings=Tunings({(model, 0.0): tuning}))


@pytest.mark.parametrize("action", ["pin", "boost", "bury"])
def test_products_move_within_their_level_only(shop: Runtime, action: Action) -> None:
    tuned = levelled(shop)
    before = ask(tuned)
    ruled(shop, action)
    after = ask(tuned)
    assert [hit.level for hit in after.hits] == [hit.level for hit in before.hits]
    assert [hit.matches for hit in after.hits] == [hit.matches for hit in before.hits]
    assert after.result.summary["total"] == before.result.summary["total"]
    levels = {hit.product.id: hit.level for hit in before.hits}
    assert {hit.product.id: hit.level for hit in after.hits} == levels
    for hit in after.hits:
        told = hit.reasons.parts if hit.reasons else {}
        assert (action in told) <= (hit.product.brand == "Acme")
    if action == "pin":
        for level in ("close", "similar", "none"):
            own = [hit.product.brand for hit in after.hits if hit.level == level]
            assert own == sorted(own), "Acme comes first of its level"


def test_what_is_hidden_is_neither_found_nor_counted(shop: Runtime) -> None:
    ruled(shop, "hide", words="Greenish")
    assert set(brands(ask(shop))) == {"Other"}
    assert ask(shop).result.summary["total"] == COUNT - 4
    assert set(brands(ask(shop, "blueish"))) == {"Other", "Acme"}
    browsed = search.search(shop.search_engine, SearchRequest())
    assert len(browsed.hits) == COUNT
    ruled(shop, "hide")
    browsed = search.search(shop.search_engine, SearchRequest())
    assert (len(browsed.hits), browsed.result.summary["total"]) == (COUNT - 4, COUNT - 4)


def test_a_draft_counts_in_previews_and_a_rule_in_its_time_only(shop: Runtime) -> None:
    ruled(shop, "hide", live=False)
    assert "Acme" in brands(ask(shop))
    assert "Acme" not in brands(ask(shop, preview_rules=True))
    ruled(shop, "hide", starts_at=now() + timedelta(hours=1))
    ruled(shop, "hide", ends_at=now() - timedelta(hours=1))
    assert "Acme" in brands(ask(shop))


DRESSES = {"category": ["Dresses"]}


@pytest.mark.parametrize(
    ("bound", "asked", "holds"),
    [
        (DRESSES, DRESSES, True),
        (DRESSES, {"category": "dresses", "price": {"max": 500}}, True),
        (DRESSES, {}, False),
        (DRESSES, {"category": ["Dresses", "Skirts"]}, False),
        (DRESSES, {"not": {"category": ["Skirts"]}}, False),
        ({"category": ["Dresses", "Skirts"]}, DRESSES, True),
        ({"price": {"max": 80}}, {"price": {"max": 50}}, True),
        ({"price": {"max": 80}}, {"price": {"min": 10, "max": 80}}, True),
        ({"price": {"max": 80}}, {"price": {"max": 81}}, False),
        ({"price": {"max": 80}}, {"price": {"min": 10}}, False),
        ({"price": {"min": 20}}, {"price": {"min": 20, "max": 30}}, True),
        ({"not": {"brand": ["Other"]}}, {"not": {"brand": ["Other", "Third"]}}, True),
        ({"not": {"brand": ["Other", "Third"]}}, {"not": {"brand": ["Other"]}}, False),
        ({**DRESSES, "price": {"max": 80}}, DRESSES, False),
    ],
)
def test_a_rule_is_about_searches_that_keep_to_its_filters(
    bound: dict[str, Any], asked: dict[str, Any], holds: bool
) -> None:
    snapshot = holding({"category": "Dresses", "brand": "Acme"}, {"category": "Skirts"})
    rule = Rule("hide", "", EVERY, filters.parse(bound))
    given = filters.parse(asked)
    assert merchandising.about(snapshot, [rule], "any", given) == ((rule,) if holds else ())


def test_filters_that_the_words_name_count_and_values_have_many_names(shop: Runtime) -> None:
    ruled(shop, "hide", query_filters=filters.parse({"price": {"max": 100}}))
    assert "Acme" in brands(ask(shop, "greenish"))
    assert "Acme" not in brands(ask(shop, "greenish under 90 euros"))
    snapshot = holding({"category": "Skirts"}, aliases={"category": {"skirts": ("Röcke",)}})
    rule = Rule("hide", "", EVERY, filters.parse({"category": "Röcke"}))
    assert rule.holds(snapshot, "", filters.parse({"category": "Skirts"}))


def test_words_and_filters_of_a_rule_both_have_to_hold(shop: Runtime) -> None:
    ruled(shop, "hide", words="greenish", query_filters=filters.parse({"category": "Dresses"}))
    asked = {"filters": {"category": ["Dresses"]}}
    assert "Acme" not in brands(ask(shop, "greenish", **asked))
    assert "Acme" in brands(ask(shop, "blueish", **asked))
    assert "Acme" in brands(ask(shop, "greenish"))


@pytest.mark.parametrize("one_per_design", [False, True])
def test_where_nothing_is_compared_rules_put_first_and_last(
    shop: Runtime, one_per_design: bool
) -> None:
    bound = filters.parse({"category": "Dresses"})
    ruled(
        shop, "pin", filters=filters.parse({"price": {"min": 70, "max": 70}}), query_filters=bound
    )
    ruled(shop, "bury", query_filters=bound)

    def titles(**given: Any) -> list[str]:
        """Page by page, as far as it goes."""
        found, cursor = list[str](), None
        while True:
            asked = SearchRequest(limit=2, cursor=cursor, one_per_design=one_per_design, **given)
            answer = search.search(shop.search_engine, asked)
            found += [hit.product.title.removeprefix("Thing ") for hit in answer.hits]
            told = [dict(hit.reasons.parts) if hit.reasons else {} for hit in answer.hits]
            for hit, parts in zip(answer.hits, told, strict=True):
                moved = "pin" if hit.product.price == 70 else "bury"
                acted = hit.product.price == 70 or hit.product.brand == "Acme"
                assert set(parts) == ({moved} if acted and given.get("filters") else set())
            cursor = answer.result.summary["next_cursor"]
            if cursor is None:
                return found

    dresses = {"filters": {"category": ["Dresses"]}}
    assert titles(**dresses) == ["7", "11", "5", "1", "9", "3"]
    assert titles() == [str(number) for number in reversed(range(COUNT))]
    by_age = SearchRequest(sort="newest", **dresses)
    found = search.search(shop.search_engine, by_age)
    assert found.hits[0].product.title == "Thing 11", "who asks for an order gets it"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"filters": filters.EVERYTHING}, "filters"),
        ({"words": "…"}, "words"),
        ({"starts_at": now(), "ends_at": now() - timedelta(1)}, "ends_at"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_name(
    shop: Runtime, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ruled(shop, "boost", **given)
    assert field in refused.value.fields


def test_no_score_crosses_a_bar() -> None:
    snapshot = holding(*({"brand": "Acme" if row % 2 else "Other"} for row in range(200)))
    bars = (0.2, 0.5, 0.8)
    scores = np.random.default_rng(1).uniform(0, 1, 200)
    for action in ACTIONS[:3]:
        rules = (Rule(action, "", EVERY),)
        [(name, added)] = merchandising.moved(snapshot, rules, scores, bars).items()
        assert name == action
        assert not added[::2].any()
        level, moved = np.searchsorted(bars, scores), np.searchsorted(bars, scores + added)
        far = np.abs(scores[:, None] - np.array(bars)).min(axis=1) > UNDER
        assert np.array_equal(level[far], moved[far])
        assert ((added >= 0) if action != "bury" else (added <= 0)).all()
