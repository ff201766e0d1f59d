from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.worlds import graphs
from vitrine.vision import geometry, yolo
from vitrine.vision.types import Box, Size

sides = st.integers(1, 1500)
shares = st.floats(0, 1)


@given(width=sides, height=sides, side=st.sampled_from([64, 320, 640]))
def test_the_picture_fills_its_square_and_stays_inside(width: int, height: int, side: int) -> None:
    place = yolo.fit(Size(width, height), side)
    fitted = (width * place.scale_x, height * place.scale_y)
    assert max(fitted) == pytest.approx(side)
    assert min(fitted) >= 1 - 1e-6
    assert 0 <= place.left <= side - fitted[0] + 1e-6
    assert 0 <= place.top <= side - fitted[1] + 1e-6


@given(width=sides, height=sides, x=shares, y=shares, w=shares, h=shares)
def test_a_box_comes_back_from_the_square_where_it_was(
    width: int, height: int, x: float, y: float, w: float, h: float
) -> None:
    place = yolo.fit(Size(width, height), 640)
    box = Box(x * width, y * height, (x + w) * width, (y + h) * height)
    there = Box(
        box.x1 * place.scale_x + place.left,
        box.y1 * place.scale_y + place.top,
        box.x2 * place.scale_x + place.left,
        box.y2 * place.scale_y + place.top,
    )
    assert place.back(there).as_tuple() == pytest.approx(box.as_tuple(), abs=1e-6)


@pytest.mark.parametrize("size", [(101, 33), (33, 101), (640, 640), (7, 901), (1, 1)])
def test_letterbox_puts_the_picture_in_the_middle_of_grey(size: tuple[int, int]) -> None:
    pixels, place = yolo.letterbox(Image.new("RGB", size, (255, 0, 0)), 64)
    assert pixels.shape == (3, 64, 64)
    assert pixels.dtype == np.float32
    red = (pixels[0] == 1.0) & (pixels[1] == 0.0)
    grey = np.isclose(pixels, 114 / 255).all(axis=0)
    assert (red | grey).all()
    rows, columns = np.where(red)
    assert (columns.min(), rows.min()) == (place.left, place.top)
    assert columns.max() - columns.min() + 1 == round(size[0] * place.scale_x)
    assert rows.max() - rows.min() + 1 == round(size[1] * place.scale_y)


ITEMS: list[graphs.Item] = [
    (5, 6, 25, 40, 0.9, 0),
    (6, 7, 26, 41, 0.7, 0),
    (6, 7, 26, 41, 0.6, 2),
    (40, 40, 60, 60, 0.5, 1),
    (1, 1, 9, 9, 0.1, 1),
]


def found(form: graphs.Form) -> list[tuple[float, ...]]:
    table = graphs.table_of(ITEMS, form, 3)
    rows, columns = table.shape
    decoded = yolo.decode(table, yolo.layout(rows, columns, 3, graphs.SIDE), 0.25)
    best = yolo.suppress(decoded, 0.6, 50)
    return [
        (*box, score, kind)
        for box, score, kind in zip(
            best.boxes.tolist(), best.scores.tolist(), best.classes.tolist(), strict=True
        )
    ]


def test_all_three_output_forms_mean_the_same_boxes() -> None:
    expected = [ITEMS[0], ITEMS[2], ITEMS[3]]
    for form in ("raw", "transposed", "suppressed"):
        rows = found(form)
        assert len(rows) == len(expected)
        for row, item in zip(rows, expected, strict=True):
            assert row == pytest.approx(item, abs=1e-4)


@pytest.mark.parametrize(
    ("rows", "columns", "kinds", "form"),
    [
        (84, 8400, 80, "channels_first"),
        (8400, 84, 80, "anchors_first"),
        (300, 6, 80, "suppressed"),
        (84, 6, 80, "suppressed"),
        (6, 8400, 2, "channels_first"),
        (8400, 6, 2, "anchors_first"),
        (300, 6, 2, "suppressed"),
        (5, 8400, 1, "channels_first"),
    ],
)
def test_layout_tells_the_forms_apart(rows: int, columns: int, kinds: int, form: str) -> None:
    assert yolo.layout(rows, columns, kinds, 640) == form


def test_layout_refuses_a_table_of_other_kinds() -> None:
    with pytest.raises(ValueError, match="84 x 8400 does not fit 3 kinds"):
        yolo.layout(84, 8400, 3, 640)


corner = st.integers(0, 50)
candidate = st.tuples(
    corner, corner, st.integers(1, 40), st.integers(1, 40), st.integers(1, 99), st.integers(0, 2)
)


def suppressed_naively(rows: list[tuple[int, ...]], iou: float, most: int) -> list[int]:
    order = sorted(range(len(rows)), key=lambda index: -rows[index][4])
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h, _, _ in rows]
    kept: list[int] = []
    for index in order:
        same = [other for other in kept if rows[other][5] == rows[index][5]]
        if all(geometry.iou(boxes[index], boxes[other]) <= iou for other in same):
            kept.append(index)
    return kept[:most]


@given(
    rows=st.lists(candidate, max_size=25),
    iou=st.sampled_from([0.123, 0.457, 0.789]),
    most=st.integers(1, 30),
)
def test_suppression_agrees_with_a_naive_one(
    rows: list[tuple[int, ...]], iou: float, most: int
) -> None:
    table = np.array(rows, dtype=np.float32).reshape(-1, 6)
    boxes = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], axis=1)
    candidates = yolo.Candidates(boxes, table[:, 4], table[:, 5].astype(np.int64))
    best = yolo.suppress(candidates, iou, most)
    kept = suppressed_naively(rows, iou, most)
    assert best.boxes.tolist() == boxes[kept].tolist()
    assert best.classes.tolist() == [rows[index][5] for index in kept]


def test_decode_keeps_the_very_threshold_and_drops_what_is_no_number() -> None:
    table = np.array(
        [[0, 0, 9, 9, 0.5, 1], [0, 0, 9, 9, 0.4999, 1], [0, 0, 9, 9, np.nan, 0]], np.float32
    )
    assert yolo.decode(table, "suppressed", 0.5).scores.tolist() == [0.5]


def test_a_box_on_the_border_is_clipped_to_the_picture() -> None:
    size = Size(200, 100)
    place = yolo.fit(size, 64)
    assert yolo.on_picture(np.array([-5, 0, 70, 64], np.float32), place, size) == Box(
        0, 0, 200, 100
    )


def test_one_item_seen_as_two_kinds_is_one_only_where_the_card_says_so() -> None:
    boxes = np.array([[0, 0, 100, 100], [2, 0, 100, 100], [60, 0, 160, 100]], dtype=np.float32)
    scores = np.array([0.9, 0.8, 0.7], dtype=np.float32)
    found = yolo.Candidates(boxes, scores, np.array([0, 1, 1]))

    assert yolo.suppress(found, 0.6, 50).classes.tolist() == [0, 1, 1]
    assert yolo.suppress(found, 0.6, 50, across=0.8).boxes.tolist() == boxes[[0, 2]].tolist()
