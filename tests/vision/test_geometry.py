from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.vision import geometry
from vitrine.vision.types import Box, Size

number = st.floats(-500, 500)
boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h), number, number, st.floats(1, 400), st.floats(1, 400)
)
sizes = st.builds(Size, st.integers(1, 400), st.integers(1, 400))


@given(box=boxes, margin=st.floats(0, 0.3))
def test_expanding_adds_the_share_on_every_side(box: Box, margin: float) -> None:
    wide = geometry.expand(box, margin)
    assert wide.width == pytest.approx(box.width * (1 + 2 * margin))
    assert wide.height == pytest.approx(box.height * (1 + 2 * margin))
    assert (wide.x1 + wide.x2) == pytest.approx(box.x1 + box.x2, abs=1e-6)


@given(box=boxes, size=sizes)
def test_clipping_stays_inside_and_keeps_what_was_inside(box: Box, size: Size) -> None:
    clipped = geometry.clip(box, size)
    assert 0 <= clipped.x1 <= clipped.x2 <= size.width
    assert 0 <= clipped.y1 <= clipped.y2 <= size.height
    if geometry.inside(box, size):
        assert clipped == box


@pytest.mark.parametrize(
    "box",
    [
        Box(-0.1, 0, 10, 10),
        Box(0, -1, 10, 10),
        Box(0, 0, 101, 10),
        Box(0, 0, 10, 51),
        Box(10, 0, 5, 10),
        Box(0, 10, 10, 5),
        Box(3, 3, 3.5, 20),
        Box(3, 3, 20, 3.5),
        Box(float("nan"), 0, 10, 10),
        Box(0, 0, float("inf"), 10),
    ],
)
def test_inside_refuses(box: Box) -> None:
    assert not geometry.inside(box, Size(100, 50))


def test_inside_takes_the_whole_and_a_single_pixel() -> None:
    assert geometry.inside(geometry.whole(Size(100, 50)), Size(100, 50))
    assert geometry.inside(Box(99, 49, 100, 50), Size(100, 50))


@given(a=boxes, b=boxes)
def test_iou_is_symmetric_and_a_share(a: Box, b: Box) -> None:
    assert 0 <= geometry.iou(a, b) <= 1 + 1e-9
    assert geometry.iou(a, b) == pytest.approx(geometry.iou(b, a))
    assert geometry.iou(a, a) == pytest.approx(1)


def test_iou_by_hand() -> None:
    assert geometry.iou(Box(0, 0, 2, 2), Box(1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert geometry.iou(Box(0, 0, 2, 2), Box(2, 0, 3, 2)) == 0


def test_a_box_turned_inside_out_has_no_area() -> None:
    assert Box(5, 5, 1, 9).area == 0


@given(a=boxes, b=boxes)
def test_how_much_lies_within_is_symmetric_and_at_least_the_overlap(a: Box, b: Box) -> None:
    assert geometry.iou(a, b) - 1e-9 <= geometry.within(a, b) <= 1 + 1e-9
    assert geometry.within(a, b) == pytest.approx(geometry.within(b, a))
    both = geometry.around(a, b)
    assert geometry.within(a, both) == pytest.approx(1)
    assert both.area >= max(a.area, b.area)


def test_what_lies_within_nothing_is_nothing() -> None:
    assert geometry.within(Box(1, 1, 1, 1), Box(0, 0, 2, 2)) == 0
