"""The gate lets through what is surely better, and nothing that is surely worse anywhere."""

from __future__ import annotations

import numpy as np
import pytest

from vitrine.services.training import gate
from vitrine.services.training.gate import Outcome, Policy
from vitrine.services.training.statistics import Share

PRODUCTS = 200
POLICY = Policy(main=("recall", "label_f1"), bars={"label_f1": 0.02, "levels": 0.05})


def rated(rate: float, seed: int, products: int = PRODUCTS) -> Share:
    """A figure of this rate: the same seed is the same luck."""
    luck = np.random.default_rng(seed).random(products)
    return Share((luck < rate).astype(float), np.ones(products))


def judged(*, recall: float = 0.7, label_f1: float = 0.6, levels: float = 0.8) -> Outcome:
    now = {"recall": rated(recall, 1), "label_f1": rated(label_f1, 2), "levels": rated(levels, 3)}
    before = {"recall": rated(0.6, 1), "label_f1": rated(0.6, 2), "levels": rated(0.8, 3)}
    return gate.judge(now, before, PRODUCTS, POLICY)


def test_what_is_better_and_loses_nothing_passes() -> None:
    outcome = judged()
    main = outcome.figures[0]
    assert outcome.passed
    assert (main.name, main.role, main.verdict, main.n) == ("recall", "main", "better", PRODUCTS)
    assert main.low is not None
    assert main.low > 0
    assert main.candidate == pytest.approx((main.active or 0) + (main.difference or 0), abs=1e-4)
    assert {one.verdict for one in outcome.figures[1:]} == {"same"}
    assert outcome.says.startswith("Passed: recall: 0.")


def test_what_is_as_good_as_before_is_refused() -> None:
    outcome = judged(recall=0.6)
    assert not outcome.passed
    assert "main figure is not surely better" in outcome.says


def test_a_gain_that_may_be_luck_is_refused() -> None:
    lucky = {"recall": Share(rated(0.6, 1).right.copy(), np.ones(PRODUCTS))}
    lucky["recall"].right[np.flatnonzero(lucky["recall"].right == 0)[:2]] = 1.0
    outcome = gate.judge(lucky, {"recall": rated(0.6, 1)}, PRODUCTS, POLICY)
    assert (outcome.figures[0].difference or 0) > 0
    assert outcome.figures[0].verdict == "same"
    assert not outcome.passed


def test_a_guarded_figure_that_falls_beyond_its_bar_refuses_a_better_one() -> None:
    outcome = judged(label_f1=0.5)
    assert not outcome.passed
    fallen = next(one for one in outcome.figures if one.name == "label_f1")
    assert (fallen.verdict, fallen.bar) == ("fallen", 0.02)
    assert fallen.says in outcome.says


def test_a_sure_fall_within_the_bar_is_borne_and_told() -> None:
    outcome = judged(levels=0.765)
    levels = next(one for one in outcome.figures if one.name == "levels")
    assert levels.verdict == "worse"
    assert outcome.passed


def test_a_figure_that_nobody_guards_never_refuses() -> None:
    now, before = ({"recall": rated(rate, 1), "ms": rated(1 - rate, 4)} for rate in (0.7, 0.6))
    outcome = gate.judge(now, before, PRODUCTS, POLICY)
    assert outcome.passed
    assert [one.role for one in outcome.figures] == ["main", "told"]


def test_too_little_held_out_is_refused_with_what_to_do() -> None:
    now, before = ({"recall": rated(rate, 1, products=5)} for rate in (0.9, 0.1))
    outcome = gate.judge(now, before, 5, POLICY)
    assert not outcome.passed
    assert "Verify more products" in outcome.says
    assert outcome.figures[0].verdict == "unknown"
    nothing = gate.judge({}, {}, 0, POLICY)
    assert not nothing.passed


def test_the_next_figure_decides_where_the_first_is_not_known() -> None:
    asked = np.array([1.0] * 3 + [0.0] * (PRODUCTS - 3))
    few = Share(asked, asked)
    now, before = ({"recall": few, "label_f1": rated(rate, 2)} for rate in (0.8, 0.6))
    outcome = gate.judge(now, before, PRODUCTS, POLICY)
    assert outcome.figures[0].name == "label_f1"
    assert outcome.figures[0].role == "main"


def test_an_outcome_is_the_same_every_time_and_goes_into_json() -> None:
    assert judged() == judged()
    told = judged().as_json()
    assert told["figures"][0]["says"] == judged().figures[0].says


def test_the_interval_is_one_of_differences_of_the_same_products() -> None:
    """Both models fail on the same hard products: unpaired, luck would drown the gain."""
    before = rated(0.5, 1)
    now = Share(before.right.copy(), before.asked)
    now.right[np.flatnonzero(before.right == 0)[:8]] = 1.0
    one = gate.judge({"recall": now}, {"recall": before}, PRODUCTS, POLICY).figures[0]
    assert one.verdict == "better"
    assert (one.high or 0) - (one.low or 0) < 0.06
