from __future__ import annotations

from datetime import timedelta

import pytest

from tests.worlds.desk import RIGHT, Desk, halves
from vitrine.core.clock import now
from vitrine.services import catalog, review
from vitrine.services.review import items, quality, queue, seconds
from vitrine.services.review.changes import Changes, NewBox
from vitrine.services.review.items import FacetShown, Shown
from vitrine.tables.review import DISPUTE, DONE, SECOND
from vitrine.vision.types import Box


@pytest.fixture
def product(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(seconds, "SHARE", 1.0)
    product_id = desk.add("A", halves())
    desk.refresh(product_id)
    return product_id


def labels(desk: Desk, product: str) -> list[str]:
    with desk.runtime.sessions.read() as session:
        return [label.value for label in catalog.get(session, product).labels]


def colour(shown: Shown) -> FacetShown:
    return next(one for one in shown.facets if one.facet == "colour")


def says(value: str) -> Changes:
    return Changes(labels={"colour": [value]})


def test_a_second_reviewer_sees_what_the_model_said_and_changes_nothing(
    desk: Desk, product: str
) -> None:
    [first] = desk.lease("ada")
    model = colour(first).chosen
    desk.answer(first, "correct", changes=says("yellow"))
    assert desk.item(product).state == SECOND
    assert desk.lease("ada") == [], "nobody checks themselves"
    [second] = desk.lease("bob")
    assert (colour(second).chosen, colour(second).chosen_by) == (model, "model")
    desk.answer(second, "correct", "bob", says("yellow"))
    assert desk.item(product).state == DONE
    assert labels(desk, product) == ["yellow"]
    with desk.runtime.sessions.read() as session:
        [word] = review.verified(session)
    assert (word.labels["colour"], word.reviewers) == (("yellow",), 2)


def test_two_who_disagree_make_a_dispute_that_a_third_settles(desk: Desk, product: str) -> None:
    desk.answer(desk.next("ada"), "correct", "ada", says("yellow"))
    desk.answer(desk.next("bob"), "correct", "bob", says("green"))
    assert desk.item(product).state == DISPUTE
    assert labels(desk, product) == ["yellow"]
    with desk.runtime.sessions.read() as session:
        assert list(review.verified(session)) == [], "left out until it is settled"
    assert desk.lease("ada") == desk.lease("bob") == []
    [disputed] = desk.lease("eve")
    assert disputed.doubts[0] == {
        "kind": "dispute",
        "facet": "colour",
        "score": 1.0,
        "says": "yellow or green",
    }
    desk.answer(disputed, "correct", "eve", says("green"))
    assert labels(desk, product) == ["green"]
    with desk.runtime.sessions.read() as session:
        [word] = review.verified(session)
        figures = quality.of(session, now() - timedelta(days=1))
    assert (word.labels["colour"], word.reviewers) == (("green",), 3)
    [facet] = figures.facets
    assert facet.agreement.doubly == 1
    assert facet.agreement.alpha is not None
    assert {one.name: (one.right, one.asked) for one in figures.reviewers} == {
        "ada": (0, 2),
        "bob": (1, 2),
        "eve": (1, 2),
    }


def test_an_admin_may_settle_a_dispute_they_are_part_of(desk: Desk, product: str) -> None:
    desk.person("root", "admin")
    desk.answer(desk.next("root"), "correct", "root", says("yellow"))
    desk.answer(desk.next("bob"), "correct", "bob", says("green"))
    assert len(desk.lease("root")) == 1


def test_who_would_draw_other_boxes_disagrees(desk: Desk, product: str) -> None:
    desk.answer(desk.next("ada"))
    [second] = desk.lease("bob")
    box = NewBox("new", second.photos[0][0].id, Box(*RIGHT), "dress")
    crops = len(second.photos[0][1])
    desk.answer(second, "correct", "bob", Changes(add=[box]))
    assert desk.item(product).state == DISPUTE
    with desk.runtime.sessions.read() as session:
        item = desk.item(product)
        assert len(items.show(session, item, frozenset()).photos[0][1]) == crops


def test_a_tenth_is_asked_twice_whatever_their_place_in_the_random_order() -> None:
    drawn = [queue.draw(f"product {n}", seconds.SALT) < seconds.SHARE for n in range(5000)]
    sample = [queue.draw(f"product {n}") < 0.1 for n in range(5000)]
    both = sum(one and other for one, other in zip(drawn, sample, strict=True))
    assert 0.08 < sum(drawn) / 5000 < 0.12
    assert 0.08 < sum(sample) / 5000 < 0.12
    assert both < 90
