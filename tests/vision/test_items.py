from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.core.groups import QualitySettings
from vitrine.vision import geometry, items
from vitrine.vision.card import FirstLook
from vitrine.vision.quality import REJECTED, verdicts
from vitrine.vision.types import WHOLE, Box, Detection, Size, Verdict

SIZE = Size(1000, 1000)
RULES = QualitySettings()
LEFT = Detection(Box(100, 500, 200, 600), "shoes", 0.8)
RIGHT = Detection(Box(220, 510, 320, 600), "shoes", 0.9)
TOP = Detection(Box(300, 100, 600, 500), "top", 0.7)

edges = st.floats(0, 900)
sides = st.floats(2, 400)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), edges, edges, sides, sides)
kinds = st.sampled_from(["shoes", "top", "outerwear", "dress", "bag", "belt"])
detections = st.builds(Detection, boxes, kinds, st.floats(0, 1))
several = st.lists(detections, max_size=9)


def test_two_shoes_side_by_side_become_one_detection_around_both() -> None:
    pair = Detection(Box(100, 500, 320, 600), "shoes", 0.9)
    assert items.paired([TOP, LEFT, RIGHT]) == [pair, TOP]


@pytest.mark.parametrize(
    "other",
    [
        replace(RIGHT, kind="bag"),
        replace(RIGHT, box=Box(360, 510, 460, 600)),
        replace(RIGHT, box=Box(220, 510, 250, 600)),
        replace(RIGHT, box=Box(220, 390, 320, 490)),
        replace(RIGHT, box=Box(220, 570, 320, 600)),
        replace(RIGHT, box=Box(130, 500, 230, 600)),
    ],
    ids=["no shoe", "far off", "much narrower", "far above", "much lower", "the same"],
)
def test_what_is_no_other_shoe_makes_no_pair(other: Detection) -> None:
    assert items.paired([LEFT, other]) == sorted([LEFT, other], key=lambda one: -one.score)


def test_a_third_shoe_stays_alone() -> None:
    third = Detection(Box(400, 510, 500, 600), "shoes", 0.5)
    assert len(items.paired([LEFT, RIGHT, third])) == 2
    assert third in items.paired([LEFT, RIGHT, third])


def test_a_first_look_is_sure_of_a_pair_but_not_of_shoes_and_a_top() -> None:
    first = FirstLook(size=224, confidence=0.85, doubt=0.7)
    assert items.is_one([LEFT, RIGHT], first)
    assert not items.is_one([LEFT, RIGHT, TOP], first)
    assert items.is_one([LEFT, RIGHT, TOP], first.model_copy(update={"doubt": 0.75}))
    assert not items.is_one([LEFT, RIGHT], first.model_copy(update={"confidence": 0.95}))
    assert not items.is_one([], first)


@given(seen=several, confidence=st.floats(0, 1), alone=st.floats(0, 1))
def test_the_surest_stands_in_where_none_is_sure(
    seen: list[Detection], confidence: float, alone: float
) -> None:
    made = items.shown(seen, confidence, alone)
    sure = [one for one in seen if one.score >= confidence]
    if sure:
        assert made == items.paired(sure)
    else:
        best = max((one.score for one in seen), default=-1.0)
        assert [one.score for one in made] == ([best] if best >= alone else [])


@given(seen=several)
def test_pairing_covers_every_shoe_and_leaves_the_rest_alone(seen: list[Detection]) -> None:
    made = items.paired(seen)
    assert [one.score for one in made] == sorted((one.score for one in made), reverse=True)
    rest = [one for one in seen if one.kind != "shoes"]
    assert sorted(map(repr, rest)) == sorted(repr(one) for one in made if one.kind != "shoes")
    shoes = [one for one in seen if one.kind == "shoes"]
    pairs = [one for one in made if one.kind == "shoes"]
    assert len(shoes) / 2 <= len(pairs) <= len(shoes)
    for shoe in shoes:
        assert any(geometry.around(shoe.box, pair.box) == pair.box for pair in pairs)


@given(seen=several, dice=st.randoms(use_true_random=False))
def test_the_order_of_detections_does_not_matter(seen: list[Detection], dice: object) -> None:
    once = items.paired(seen)
    dice.shuffle(seen)  # type: ignore[attr-defined]
    assert sorted(map(repr, items.paired(seen))) == sorted(map(repr, once))


@given(one=detections, other=detections)
def test_whether_two_are_one_thing_is_symmetric(one: Detection, other: Detection) -> None:
    assert items.same(one, other, RULES) == items.same(other, one, RULES)
    assert items.same(one, one, RULES)
    if geometry.iou(one.box, other.box) > RULES.max_overlap:
        assert items.same(one, other, RULES), "whatever the kinds are"


@given(seen=several)
def test_no_two_that_are_kept_are_one_thing(seen: list[Detection]) -> None:
    told = verdicts(seen, SIZE, RULES)
    kept = [one for one, verdict in zip(seen, told, strict=True) if verdict.kept]
    assert not any(
        items.same(one, other, RULES) for place, one in enumerate(kept) for other in kept[:place]
    )


@given(seen=several)
def test_the_main_item_is_a_sure_garment_far_larger_than_all_others(seen: list[Detection]) -> None:
    main = items.main(seen)
    garments = [one for one in seen if one.kind in items.GARMENTS]
    fit = [
        one
        for one in garments
        if one.score >= items.SURE
        and all(
            one.box.area >= items.LARGER * each.box.area for each in garments if each is not one
        )
    ]
    assert ([] if main is None else [main]) == fit


def test_what_is_rejected_or_the_whole_picture_is_no_main_item() -> None:
    rejected = replace(TOP, box=Box(0, 0, 900, 900), verdict=Verdict(REJECTED, "blurred"))
    whole = Detection(geometry.whole(SIZE), WHOLE, 1.0)
    assert items.main([rejected, whole, TOP, LEFT]) == TOP
    assert items.main([rejected, whole]) is None
    assert items.main([replace(TOP, score=0.4), LEFT]) is None, "a smaller one is no guess"
