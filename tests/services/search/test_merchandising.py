"""Rules move products within their level, hide them, and are seen before they are live."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
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
        {"title": f"Thing {number}", "brand": "Acme" if number % 3 == 0 else "Other"}
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
        [(name, added)] = merchandising.moved(snapshot, rules, "", scores, bars).items()
        assert name == action
        assert not added[::2].any()
        level, moved = np.searchsorted(bars, scores), np.searchsorted(bars, scores + added)
        far = np.abs(scores[:, None] - np.array(bars)).min(axis=1) > UNDER
        assert np.array_equal(level[far], moved[far])
        assert ((added >= 0) if action != "bury" else (added <= 0)).all()
