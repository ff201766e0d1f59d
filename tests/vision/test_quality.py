from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from vitrine.core.groups import QualitySettings
from vitrine.vision import geometry, measuring
from vitrine.vision.quality import NOT_NEEDED, REJECTED, STANDS_IN, judge, verdicts
from vitrine.vision.types import KEPT, WHOLE, Box, Detection, Measures, Size, Verdict

SIZE = Size(1000, 1000)
RULES = QualitySettings()
WHOLE_PICTURE = Detection(geometry.whole(SIZE), WHOLE, 1.0)
GOOD = Detection(Box(100, 100, 400, 500), "top", 0.8, measures=Measures(300.0, 40.0, 0.2))


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (GOOD, None),
        (replace(GOOD, box=Box(100, 100, 123.9, 300)), "too_small"),
        (replace(GOOD, box=Box(100, 100, 124, 230)), None),
        (replace(GOOD, box=Box(100, 100, 140, 145)), "too_small"),
        (replace(GOOD, box=Box(100, 100, 800, 210)), "extreme_shape"),
        (replace(GOOD, box=Box(0, 100, 80, 200)), "cut_off"),
        (replace(GOOD, box=Box(0, 0, 1000, 900)), None),
        (replace(GOOD, score=0.05), "unsure"),
        (replace(GOOD, measures=Measures(sharpness=3.0)), "blurred"),
        (replace(GOOD, measures=Measures(sharpness=300.0, colour_spread=1.0)), "plain"),
        (replace(GOOD, measures=Measures(garment=-0.3)), "no_garment"),
        (replace(GOOD, measures=Measures()), None),
    ],
)
def test_each_rule_gives_its_reason(seen: Detection, reason: str | None) -> None:
    rules = RULES.model_copy(update={"min_score": 0.1, "min_garment": 0.0})
    assert judge(seen, SIZE, rules) == (Verdict(REJECTED, reason) if reason else Verdict())


def test_whether_it_is_a_garment_is_not_asked_by_default() -> None:
    assert judge(replace(GOOD, measures=Measures(garment=-1.0)), SIZE, RULES).kept


def test_the_worse_of_two_boxes_of_one_thing_is_a_duplicate() -> None:
    worse = replace(GOOD, box=Box(101, 101, 400, 500), kind="dress", score=0.5)
    assert verdicts([worse, GOOD], SIZE, RULES) == [Verdict(REJECTED, "duplicate"), Verdict()]
    blurred = replace(GOOD, measures=Measures(sharpness=0.0))
    kept = verdicts([worse, blurred], SIZE, RULES)[0]
    assert kept.kept, "what is rejected itself makes nothing a duplicate"


def test_the_whole_picture_stands_in_only_where_nothing_is_kept() -> None:
    assert verdicts([GOOD, WHOLE_PICTURE], SIZE, RULES)[1] == Verdict(REJECTED, NOT_NEEDED)
    small = replace(GOOD, box=Box(5, 5, 6, 6))
    told = verdicts([small, WHOLE_PICTURE], SIZE, RULES)
    assert told == [Verdict(REJECTED, "too_small"), Verdict(KEPT, STANDS_IN)]


def _box(left: float, top: float, width: float, height: float) -> Box:
    return Box(left, top, min(1000.0, left + width), min(1000.0, top + height))


places = st.floats(0, 900)
lengths = st.floats(1, 1000)
boxes = st.builds(_box, places, places, lengths, lengths)
measured = st.none() | st.floats(0, 200)
detections = st.builds(
    Detection,
    boxes,
    st.sampled_from(["top", "dress"]),
    st.floats(0, 1),
    measures=st.builds(Measures, measured, measured, st.none() | st.floats(-1, 1)),
)


@given(st.lists(detections, max_size=8), st.randoms())
def test_verdicts_are_the_same_in_any_order_and_one_is_always_kept(
    seen: list[Detection], dice: object
) -> None:
    seen = [*{(one.box, one.kind, one.score): one for one in seen}.values(), WHOLE_PICTURE]
    told = dict(zip(map(id, seen), verdicts(seen, SIZE, RULES), strict=True))
    assert any(one.kept for one in told.values())
    kept = [one.box for one in seen if told[id(one)].kept and one.kind != WHOLE]
    assert told[id(WHOLE_PICTURE)].kept is (not kept)
    pairs = [(a, b) for place, a in enumerate(kept) for b in kept[place + 1 :]]
    assert all(geometry.iou(a, b) <= RULES.max_overlap for a, b in pairs)
    dice.shuffle(seen)  # type: ignore[attr-defined]
    again = dict(zip(map(id, seen), verdicts(seen, SIZE, RULES), strict=True))
    assert again == told


def _stripes() -> Image.Image:
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels[:, ::20] = pixels[::20] = 255
    return Image.fromarray(pixels)


def test_blur_lowers_sharpness_and_one_colour_has_no_spread() -> None:
    sharp, box = _stripes(), Box(20, 20, 280, 180)
    blurred = sharp.filter(ImageFilter.GaussianBlur(8))
    clear, dull = measuring.measure(sharp, box), measuring.measure(blurred, box)
    assert clear.sharpness is not None
    assert dull.sharpness is not None
    assert dull.sharpness < clear.sharpness / 20
    red = measuring.measure(Image.new("RGB", (64, 64), "red"), Box(0, 0, 64, 64))
    assert (red.sharpness, red.colour_spread) == (0, 0)


@pytest.mark.parametrize("box", [Box(0, 0, 1, 200), Box(299, 199, 300, 200), Box(10, 10, 12, 11)])
def test_the_thinnest_boxes_can_be_measured(box: Box) -> None:
    measures = measuring.measure(_stripes(), box)
    assert measures.sharpness is not None
    assert np.isfinite(measures.sharpness)


def test_a_garment_is_nearer_to_words_for_garments() -> None:
    words = (np.eye(3, dtype=np.float32)[:1], np.eye(3, dtype=np.float32)[1:])
    assert measuring.garment(np.eye(3, dtype=np.float32)[0], words) == 1.0
    assert measuring.garment(np.eye(3, dtype=np.float32)[2], words) == -1.0
