from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vitrine.services.review import accuracy, agreement
from vitrine.services.review.accuracy import wilson
from vitrine.tables.review import ReviewAnswer

START = datetime(2026, 11, 30, tzinfo=UTC)


def answer(item: str, by: str, labels: dict[str, list[str]], **given: Any) -> ReviewAnswer:
    said = {"labels": given.pop("model", {}), "primary": given.pop("chosen", None)}
    made = ReviewAnswer(
        id=f"{item}{by}",
        item_id=item,
        created_by=by,
        created_at=START + timedelta(seconds=len(item)),
        outcome="correct",
        second=False,
        before={"said": said},
        after={},
        versions={"encoder": "e1", "detector": "d1"},
        verified={"labels": labels, "primary": given.pop("primary", None)},
    )
    for name, value in given.items():
        setattr(made, name, value)
    return made


def test_wilson_is_as_published() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_alpha_is_that_of_the_library_on_krippendorffs_own_example() -> None:
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section B: two observers,
    # nominal data, twelve units, alpha 0.692.
    meg, owen = (
        ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"],
        ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"],
    )
    told = [
        answer(f"item-{place}", who, {"colour": [value]})
        for who, values in (("meg", meg), ("owen", owen))
        for place, value in enumerate(values)
    ]
    found = agreement.by_facet(told)["colour"]
    assert found.doubly == 12
    assert found.alpha == pytest.approx(0.692, abs=5e-4)
    assert agreement.by_reviewer(told) == {"meg": (9, 12), "owen": (9, 12)}


def test_alpha_says_nothing_where_nothing_varies_or_nobody_was_asked_twice() -> None:
    same = [answer("i", who, {"colour": ["red"]}) for who in ("a", "b")]
    assert agreement.by_facet(same)["colour"] == agreement.Agreement(None, 1)
    assert agreement.by_facet(same[:1]) == {}


def test_models_are_measured_by_what_they_said_before_the_first_answer() -> None:
    answers = [
        answer("i", "a", {"colour": ["red"]}, model={"colour": ["red"]}, chosen="c", primary="c"),
        answer("ii", "a", {"colour": ["blue"]}, model={"colour": ["red"]}, chosen="c", primary="d"),
        answer("ii", "b", {"colour": ["red"]}, model={"colour": ["red"]}, second=True),
        answer("iii", "a", {}, model={"colour": ["red"]}, chosen="c", outcome="reject"),
        answer("iiii", "a", {"style": []}, chosen="c", primary="n", after={"moved": {"c": "n"}}),
    ]
    found = accuracy.judged(answers)
    models = accuracy.by_model(found)
    colour, primary = models["colour"]["e1"], models["primary"]["d1 e1"]
    assert (colour.n, colour.right, colour.accuracy) == (2, 1, 0.5)
    assert colour.interval[0] < 0.5 < colour.interval[1]
    assert (primary.n, primary.right) == (4, 2), "a box that was only moved was right"
    assert list(accuracy.by_day(found)["colour"]) == [START.date()]
