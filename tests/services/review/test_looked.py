"""An answer verifies what its reviewer looked at, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.worlds.desk import LEFT, RIGHT, Desk, halves
from vitrine.core.clock import now
from vitrine.core.errors import Invalid
from vitrine.services import catalog, review
from vitrine.services.review import Verified, leases, quality, seconds, undoing
from vitrine.services.review.changes import BoxChange, Changes, NewBox
from vitrine.services.review.items import Shown
from vitrine.services.review.looked import Looked
from vitrine.services.snapshots import items as snapshot_items
from vitrine.tables.catalog import MODEL, PERSON, Label, Product
from vitrine.tables.review import DISPUTE, DONE, OPEN, ReviewAnswer, ReviewItem
from vitrine.vision.types import Box

COLOUR = Looked(["colour"], primary=False, boxes=False)
"""What one looks at in a grid of one colour."""


@pytest.fixture
def product(desk: Desk) -> str:
    """A product of which the model says a colour and a style, and doubts both."""
    product_id = desk.add("A", halves())
    with desk.runtime.sessions.write() as session:
        product = session.get_one(Product, product_id)
        crop = product.primary_crop_id
        told = {"facet": "style", "value": "casual", "score": 0.5, "source": MODEL}
        session.add(Label(product_id=product_id, crop_id=crop, **told))
    desk.refresh(product_id)
    return product_id


def doubt(desk: Desk, product: str, *facets: str | None) -> None:
    """Have these facets in doubt, None for the crops, and nothing else."""
    told = [
        {"kind": "label_margin", "facet": one, "score": 0.9, "says": "", "trust": 0.1}
        for one in facets
    ]
    with desk.runtime.sessions.write() as session:
        of = update(ReviewItem).where(ReviewItem.product_id == product)
        session.execute(of.values(doubts=told))


def word(desk: Desk) -> Verified:
    with desk.runtime.sessions.read() as session:
        [found] = review.verified(session)
        return found


def chosen(shown: Shown, facet: str) -> tuple[str, ...]:
    return next(tuple(one.chosen) for one in shown.facets if one.facet == facet)


def test_only_what_was_looked_at_is_verified_and_stays_for_good(desk: Desk, product: str) -> None:
    shown = desk.next()
    desk.answer(shown, looked=COLOUR)
    found = word(desk)
    assert found.labels == {"colour": chosen(shown, "colour")}
    assert (found.primary_crop_id, found.boxes) == (shown.product.primary_crop_id, False)
    with desk.runtime.sessions.read() as session:
        got = catalog.get(session, product)
        assert got.primary_source == MODEL
        assert {crop.verdict_source for image in got.images for crop in image.crops} == {MODEL}
        assert {one.facet for one in got.said if one.source == PERSON} == {"colour"}
        [item] = snapshot_items.verified(session)
    assert (item.labels, item.boxes) == ({"colour": list(chosen(shown, "colour"))}, False)
    assert {crop.by for crop in item.crops} == {MODEL}
    assert [crop.primary for crop in item.crops] == [True]


def test_what_is_changed_was_looked_at(desk: Desk, product: str) -> None:
    shown = desk.next()
    box = NewBox("new", shown.photos[0][0].id, Box(*RIGHT), "dress")
    wanted = Changes(primary="new", add=[box], labels={"style": ["sporty"]})
    desk.answer(shown, "correct", changes=wanted, looked=Looked([], primary=False, boxes=False))
    found = word(desk)
    assert found.labels == {"style": ("sporty",)}
    assert not found.boxes, "one box more says nothing of the others"
    with desk.runtime.sessions.read() as session:
        got = catalog.get(session, product)
        assert (got.primary_source, got.primary_crop_id) == (PERSON, found.primary_crop_id)


def test_answers_about_parts_add_up(desk: Desk, product: str) -> None:
    doubt(desk, product, "style")
    first = desk.next()
    desk.answer(first, looked=COLOUR)
    assert desk.item(product).state == OPEN, "the style is still in doubt"
    desk.answer(desk.next(), looked=Looked(["style"]))
    assert desk.item(product).state == DONE
    found = word(desk)
    assert found.labels == {"colour": chosen(first, "colour"), "style": ("casual",)}
    assert found.boxes


@pytest.mark.parametrize(("moved", "facets"), [(True, {"colour", "style"}), (False, {"style"})])
def test_labels_of_one_crop_say_nothing_of_another(
    desk: Desk, product: str, moved: bool, facets: set[str]
) -> None:
    doubt(desk, product, "style")
    desk.answer(desk.next(), looked=COLOUR)
    shown = desk.next()
    box = NewBox("new", shown.photos[0][0].id, Box(*RIGHT), "dress")
    other = Changes(primary="new", add=[box])
    same = Changes(change=[BoxChange(str(shown.product.primary_crop_id), Box(*LEFT))])
    wanted = same if moved else other
    wanted = Changes(wanted.primary, wanted.add, wanted.change, labels={"style": ["sporty"]})
    desk.answer(shown, "correct", changes=wanted, looked=Looked(["style"]))
    assert set(word(desk).labels) == facets


def test_who_looks_at_all_says_all(desk: Desk, product: str) -> None:
    doubt(desk, product, "style")
    desk.answer(desk.next(), looked=COLOUR)
    desk.answer(desk.next(), "reject")
    found = word(desk)
    assert (found.labels, found.primary_crop_id, found.boxes) == ({}, None, True)


@pytest.mark.parametrize(
    ("facets", "sampled", "state"),
    [
        (("colour",), False, DONE),
        (("style",), False, OPEN),
        ((None,), False, OPEN),
        ((), True, OPEN),
    ],
)
def test_an_item_waits_while_something_else_of_it_is_in_doubt(
    desk: Desk, product: str, facets: tuple[str | None, ...], sampled: bool, state: str
) -> None:
    doubt(desk, product, *facets)
    with desk.runtime.sessions.write() as session:
        session.execute(update(ReviewItem).values(sampled=sampled))
    desk.answer(desk.next(), looked=COLOUR)
    assert desk.item(product).state == state
    desk.refresh(product)
    if state == OPEN:
        assert "colour" not in desk.item(product).facets


def test_the_honest_sample_asks_about_all_of_it(desk: Desk, product: str) -> None:
    doubt(desk, product)
    desk.answer(desk.next(facet=None, product_ids=[product]), looked=COLOUR)
    assert desk.item(product).state == DONE
    reviewer = desk.person()
    with desk.runtime.sessions.write() as session:
        [drawn] = leases.lease(session, leases.Wanted(), reviewer, 1, sample=1.0)
        assert drawn.sampled
    assert desk.item(product).state == OPEN


def test_a_group_of_alike_items_leaves_out_what_people_said(desk: Desk, product: str) -> None:
    [value] = chosen(desk.next(), "colour")
    doubt(desk, product, "style")
    [shown] = desk.lease(product_ids=[product], alike=("colour", value))
    desk.answer(shown, looked=COLOUR)
    assert desk.item(product).state == OPEN
    assert desk.lease(alike=("colour", value)) == []
    with desk.runtime.sessions.read() as session:
        assert leases.alike(session, "colour") == []
        assert leases.alike(session, "style") == [("casual", 1)]


@pytest.mark.parametrize("how", ["undo", "revert"])
def test_part_of_an_answer_is_taken_back_as_a_whole_one(desk: Desk, product: str, how: str) -> None:
    before = desk.whole(product)
    done = desk.answer(desk.next(), looked=COLOUR)
    assert desk.whole(product) != before
    with desk.runtime.sessions.write() as session:
        call = undoing.undo if how == "undo" else undoing.revert
        call(session, desk.runtime.ports, done.answer_id, desk.person())
    assert desk.whole(product) == before
    with desk.runtime.sessions.read() as session:
        assert list(review.verified(session)) == []


def test_models_are_measured_by_what_was_looked_at(desk: Desk, product: str) -> None:
    with desk.runtime.sessions.write() as session:
        session.execute(update(ReviewItem).values(sampled=True))
    desk.answer(desk.next(), looked=COLOUR)
    with desk.runtime.sessions.read() as session:
        found = quality.of(session, now() - timedelta(days=1))
    assert {one.name for one in found.facets} == {"colour"}
    assert found.primary.models == {}
    wrong = Changes(labels={"colour": ["yellow"], "style": ["sporty"]})
    desk.answer(desk.next(), "correct", changes=wrong)
    with desk.runtime.sessions.read() as session:
        found = quality.of(session, now() - timedelta(days=1))
    told = {
        one.name: [(share.n, share.right) for share in one.models.values()] for one in found.facets
    }
    assert told == {"colour": [(1, 1)], "style": [(1, 0)]}, "each by who looked first"
    assert [(one.n, one.right) for one in found.primary.models.values()] == [(1, 1)]


@pytest.fixture
def twice(desk: Desk, product: str, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """An item about which a second reviewer is asked once ada looked at its colour."""
    monkeypatch.setattr(seconds, "SHARE", 1.0)
    doubt(desk, product, "style")
    desk.answer(desk.next("ada"), looked=COLOUR)
    return desk.next("bob")


@pytest.mark.parametrize(
    ("wanted", "looked", "state"),
    [
        (Changes(), Looked(), OPEN),
        (Changes(labels={"colour": ["yellow"]}), Looked(), DISPUTE),
        (Changes(labels={"style": ["sporty"]}), Looked(), DISPUTE),
        (Changes(), Looked(["style"], primary=False, boxes=False), OPEN),
    ],
)
def test_a_second_reviewer_agrees_about_what_both_looked_at(
    desk: Desk, product: str, twice: Shown, wanted: Changes, looked: Looked, state: str
) -> None:
    outcome = "accept" if wanted.none else "correct"
    desk.answer(twice, outcome, "bob", wanted, looked=looked)
    assert desk.item(product).state == state
    if state == DISPUTE:
        [disputed] = desk.lease("eve")
        [facet] = wanted.labels or {}
        assert disputed.doubts[0]["facet"] == facet


def test_agreement_is_over_what_both_looked_at(desk: Desk, product: str, twice: Shown) -> None:
    desk.answer(twice, "accept", "bob", looked=Looked(["colour"]))
    with desk.runtime.sessions.read() as session:
        [facet] = quality.of(session, now() - timedelta(days=1)).facets
    assert (facet.name, facet.agreement.doubly) == ("colour", 1)


def test_answers_that_do_not_say_looked_at_all(desk: Desk, product: str) -> None:
    shown = desk.next()
    desk.answer(shown)
    with desk.runtime.sessions.read() as session:
        row = session.scalars(select(ReviewAnswer)).one()
    assert "looked" not in row.verified
    assert word(desk).labels == {
        "colour": chosen(shown, "colour"),
        "style": chosen(shown, "style"),
    }


@pytest.mark.parametrize(
    ("outcome", "looked", "field"),
    [
        ("accept", Looked(["smell"]), "looked.facets.0"),
        ("accept", Looked([], primary=False, boxes=False), "looked"),
        ("flag", COLOUR, "looked"),
        ("reject", COLOUR, "looked"),
    ],
)
def test_what_cannot_have_been_looked_at_is_refused(
    desk: Desk, product: str, outcome: str, looked: Looked, field: str
) -> None:
    shown = desk.next()
    with pytest.raises(Invalid) as caught:
        desk.answer(shown, outcome, looked=looked)
    assert list(caught.value.fields) == [field]
