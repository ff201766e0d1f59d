from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.worlds.desk import LEFT, RIGHT, Desk, halves
from tests.worlds.factories import photo
from tests.worlds.indexing import run_kind
from vitrine.core.errors import Conflict, Invalid
from vitrine.services import catalog, review, search
from vitrine.services.jobs import Order, kinds
from vitrine.services.review import undoing
from vitrine.services.review.changes import BoxChange, Changes, NewBox, VerdictChange
from vitrine.services.review.items import Shown
from vitrine.services.search.request import SearchRequest
from vitrine.tables.catalog import MODEL, PERSON, Crop
from vitrine.tables.jobs import Job
from vitrine.tables.review import Review, ReviewAnswer
from vitrine.vision.types import Box

L, R = Box(*LEFT), Box(*RIGHT)


@pytest.fixture
def product(desk: Desk) -> str:
    desk.add("other", photo("green"))
    product_id = desk.add("A", halves("red", "blue"))
    desk.refresh(product_id)
    return product_id


@pytest.fixture
def shown(desk: Desk, product: str) -> Shown:
    [item] = desk.lease(product_ids=[product])
    return item


def colours(shown: Shown) -> list[str]:
    return next(list(one.chosen) for one in shown.facets if one.facet == "colour")


def drawn(shown: Shown, box: Box = R, key: str = "new", kind: str = "dress") -> NewBox:
    return NewBox(key, shown.photos[0][0].id, box, kind)


def found(desk: Desk, text: str = "blue") -> list[tuple[str, float | None]]:
    answer = search.search(desk.runtime.search_engine, SearchRequest(text=text))
    return [(hit.product.id, hit.score) for hit in answer.hits]


def crops(desk: Desk, product: str) -> dict[str, Crop]:
    with desk.runtime.sessions.read() as session:
        got = catalog.get(session, product)
        return {crop.id: crop for image in got.images for crop in image.crops}


def take_back(desk: Desk, answer_id: str, how: str) -> None:
    with desk.runtime.sessions.write() as session:
        call = undoing.undo if how == "undo" else undoing.revert
        call(session, desk.runtime.ports, answer_id, desk.person())
    desk.run_jobs()


def test_who_accepts_says_that_all_of_it_is_right_for_good(
    desk: Desk, product: str, shown: Shown
) -> None:
    before = found(desk)
    done = desk.answer(shown)
    assert done.job_id is None
    assert found(desk) == before
    [crop] = crops(desk, product).values()
    assert crop.verdict_source == PERSON
    with desk.runtime.sessions.read() as session:
        got = catalog.get(session, product)
        assert got.primary_source == PERSON
        said = {(label.value, label.source) for label in got.labels}
        [word] = review.verified(session)
    assert said == {(colours(shown)[0], PERSON)}
    assert word.labels == {"colour": tuple(colours(shown))}
    assert (word.product_id, word.primary_crop_id, word.boxes) == (product, crop.id, True)
    assert word.reviewers == 1


def test_a_drawn_box_that_is_chosen_is_what_search_finds_by_the_commit(
    desk: Desk, product: str, shown: Shown
) -> None:
    before = dict(found(desk))[product]
    done = desk.answer(shown, "correct", changes=Changes(primary="new", add=[drawn(shown)]))
    after = dict(found(desk))[product]
    assert before is not None
    assert after is not None
    assert after > before + 0.2, "found by the blue half alone, before any job ran"
    with desk.runtime.sessions.read() as session:
        job = session.get_one(Job, done.job_id)
    assert (job.kind, job.product_id) == ("boxes", product)
    desk.run_jobs()
    held = desk.whole(product)
    [index] = held["index"].values()  # type: ignore[attr-defined]
    made = next(each for each in crops(desk, product).values() if each.kind == "dress")
    vectors: Any = held["vectors"]
    assert index == next(vector for (crop, _), vector in vectors.items() if crop == made.id)


Told = Callable[[Shown, str], tuple[str, Changes]]

CHANGES: dict[str, Told] = {
    "accept": lambda shown, crop: ("accept", Changes()),
    "reject": lambda shown, crop: ("reject", Changes()),
    "label": lambda shown, crop: ("correct", Changes(labels={"colour": ["yellow", "red"]})),
    "no label": lambda shown, crop: (
        "correct",
        Changes(labels={"colour": [], "style": ["sporty"]}),
    ),
    "draw": lambda shown, crop: ("correct", Changes(primary="new", add=[drawn(shown)])),
    "draw two": lambda shown, crop: (
        "correct",
        Changes(add=[drawn(shown), drawn(shown, L, "other", "bag")], remove=[crop]),
    ),
    "move": lambda shown, crop: ("correct", Changes(change=[BoxChange(crop, L, "dress")])),
    "kind": lambda shown, crop: ("correct", Changes(change=[BoxChange(crop, kind="dress")])),
    "remove": lambda shown, crop: ("correct", Changes(add=[drawn(shown)], remove=[crop])),
    "judge": lambda shown, crop: (
        "correct",
        Changes(add=[drawn(shown)], verdicts=[VerdictChange(crop, kept=False, reason="blurred")]),
    ),
    "flag": lambda shown, crop: ("flag", Changes()),
    "skip": lambda shown, crop: ("skip", Changes()),
}


@pytest.mark.parametrize("how", ["undo", "revert"])
@pytest.mark.parametrize("name", CHANGES)
def test_what_is_taken_back_was_never_there(
    desk: Desk, product: str, shown: Shown, name: str, how: str
) -> None:
    crop = str(shown.product.primary_crop_id)
    outcome, changes = CHANGES[name](shown, crop)
    before, hits, state = desk.whole(product), found(desk), desk.item(product).state
    done = desk.answer(shown, outcome, changes=changes)
    desk.run_jobs()
    if outcome in ("correct", "reject"):
        assert desk.whole(product) != before
    take_back(desk, done.answer_id, how)
    assert desk.whole(product) == before
    assert found(desk) == hits
    assert desk.item(product).state == state
    with desk.runtime.sessions.read() as session:
        assert list(review.verified(session)) == []
        row = session.get_one(ReviewAnswer, done.answer_id)
    assert (row.undone_at is None) == (how == "revert")
    if how == "undo":
        with desk.runtime.sessions.read() as session:
            assert session.get_one(type(shown.item), shown.item.id).leased_by is not None


def test_answers_are_taken_back_the_last_one_first(desk: Desk, product: str, shown: Shown) -> None:
    states = [desk.whole(product)]
    ids = []
    for values in (["yellow"], ["green"]):
        [item] = desk.lease(product_ids=[product]) or [shown]
        with desk.runtime.sessions.write() as session:
            session.get_one(type(item.item), item.item.id).state = "open"
        [item] = desk.lease(product_ids=[product])
        ids.append(
            desk.answer(item, "correct", changes=Changes(labels={"colour": values})).answer_id
        )
        states.append(desk.whole(product))
    with pytest.raises(Conflict) as caught:
        take_back(desk, ids[0], "undo")
    assert caught.value.code == "changed_since"
    assert desk.whole(product) == states[2]
    take_back(desk, ids[1], "revert")
    assert desk.whole(product) == states[1]
    take_back(desk, ids[0], "revert")
    assert desk.whole(product) == states[0]
    with pytest.raises(Conflict):
        take_back(desk, ids[0], "revert")


def test_a_product_that_changed_meanwhile_is_not_answered(
    desk: Desk, product: str, shown: Shown
) -> None:
    with desk.runtime.sessions.write() as session:
        got = catalog.get(session, product)
        got.images[0].crops[0].kind = "bag"
    before = desk.whole(product)
    with pytest.raises(Conflict) as caught:
        desk.answer(shown, "correct", changes=Changes(labels={"colour": ["red"]}))
    assert caught.value.code == "item_outdated"
    assert shown.version in caught.value.fields["version"]
    assert desk.whole(product) == before


def test_a_box_outside_of_the_photo_leaves_nothing_half_done(
    desk: Desk, product: str, shown: Shown
) -> None:
    before = desk.whole(product)
    good, bad = drawn(shown), drawn(shown, Box(0, 0, 96, 129), "bad", "bag")
    changes = Changes(labels={"colour": ["red"]}, add=[good, bad])
    with pytest.raises(Invalid) as caught:
        desk.answer(shown, "correct", changes=changes)
    assert caught.value.code == "box_outside"
    assert "129" in caught.value.fields["changes.boxes.add.1.box"]
    assert desk.whole(product) == before
    with desk.runtime.sessions.read() as session:
        assert session.scalars(select(ReviewAnswer)).all() == []
        assert session.scalars(select(Review)).all() == []


def test_a_corrected_product_stays_as_the_person_left_it_when_it_is_indexed_anew(
    desk: Desk, product: str, shown: Shown
) -> None:
    crop = str(shown.product.primary_crop_id)
    desk.answer(
        shown,
        "correct",
        changes=Changes(
            primary="new", add=[drawn(shown)], remove=[crop], labels={"colour": ["yellow"]}
        ),
    )
    desk.run_jobs()
    chosen = crops(desk, product)
    runtime = desk.runtime
    with runtime.sessions.write() as session:  # as if another detector had come since
        session.execute(update(Crop).values(detector="older"))
    assert run_kind(runtime, Order(kinds.Index(), product)).status == "succeeded"
    now = crops(desk, product)
    for crop_id, before in chosen.items():
        after = now[crop_id]
        assert (after.kind, after.verdict, after.reason, after.verdict_source) == (
            before.kind,
            before.verdict,
            before.reason,
            before.verdict_source,
        )
    with runtime.sessions.read() as session:
        got = catalog.get(session, product)
        assert [label.value for label in got.labels] == ["yellow"]
        assert now[str(got.primary_crop_id)].kind == "dress"
    assert MODEL not in {crop.verdict_source for crop in now.values() if crop.kept}


def test_a_rejected_product_is_found_by_no_photo_until_that_is_taken_back(
    desk: Desk, product: str, shown: Shown
) -> None:
    done = desk.answer(shown, "reject")
    desk.run_jobs()
    assert desk.whole(product)["index"] == {}
    with desk.runtime.sessions.read() as session:
        [word] = review.verified(session)
    assert (word.labels, word.primary_crop_id, word.boxes) == ({}, None, True)
    take_back(desk, done.answer_id, "undo")
    assert product in dict(found(desk))
