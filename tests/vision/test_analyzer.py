from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.worlds import graphs
from tests.worlds.analyzers import Load, on_white
from vitrine.core.errors import Invalid
from vitrine.vision import geometry, images
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.images import Picture
from vitrine.vision.types import GIVEN, WHOLE, Analysis, Box, Size, Vector, Verdict, Versions

RED = on_white("red", (40, 40, 200, 200))
BLUE = on_white("blue", (100, 20, 300, 120))
WHITE = Picture(Image.new("RGB", (320, 240), "white"), "image/png")


def only(analysis: Analysis) -> Vector:
    (detection,) = [seen for seen in analysis.detections if seen.verdict.kept]
    assert detection.embedding is not None
    return detection.embedding


def test_without_detector_the_whole_picture_is_the_one_detection(plain: Analyzer) -> None:
    (analysis,) = plain.analyze([RED])
    assert analysis.size == Size(320, 240)
    (seen,) = analysis.detections
    assert seen.box == Box(0, 0, 320, 240)
    assert (seen.kind, seen.score, seen.verdict.kept) == (WHOLE, 1.0, True)
    assert np.linalg.norm(only(analysis)) == pytest.approx(1, abs=1e-5)


def test_what_is_detected_is_embedded_in_its_own_box(seeing: Analyzer) -> None:
    red, blue = seeing.analyze([RED, BLUE])
    assert red.detections[0].kind == "top"
    assert geometry.iou(red.detections[0].box, Box(40, 40, 200, 200)) > 0.8
    assert geometry.iou(blue.detections[0].box, Box(100, 20, 300, 120)) > 0.8
    like_red, like_blue = (seeing.embed_texts(["red", "blue"]) @ only(red)).tolist()
    assert like_red > like_blue + 0.5


def test_similar_pictures_have_similar_vectors(seeing: Analyzer) -> None:
    other_red = on_white("#dd1111", (90, 30, 250, 210))
    first, second, third = (only(one) for one in seeing.analyze([RED, other_red, BLUE]))
    assert first @ second > first @ third + 0.3


def test_nothing_found_means_the_whole_picture(seeing: Analyzer) -> None:
    (analysis,) = seeing.analyze([WHITE])
    assert [seen.kind for seen in analysis.detections] == [WHOLE]


def test_the_same_bytes_give_the_same_vector_whatever_the_batch(seeing: Analyzer) -> None:
    out = io.BytesIO()
    RED.pixels.save(out, "JPEG")
    data = out.getvalue()
    (alone,) = seeing.analyze([images.open(data)])
    many = seeing.analyze([BLUE, WHITE, images.open(data), *[BLUE] * 40, images.open(data)])
    assert len(many) == 44
    for analysis in (many[2], many[43]):
        assert analysis.detections[0].box == alone.detections[0].box
        assert only(analysis) == pytest.approx(only(alone), abs=1e-6)
    assert only(many[0]) != pytest.approx(only(alone), abs=1e-3)


def test_a_given_box_is_taken_as_it_is(seeing: Analyzer) -> None:
    box = Box(2.5, 3, 9.5, 10)
    given, found, corner = seeing.analyze([RED, RED, BLUE], [box, None, Box(319, 239, 320, 240)])
    (seen,) = given.detections
    assert (seen.box, seen.kind, seen.score) == (box, GIVEN, 1.0)
    assert seen.verdict.kept
    assert seen.embedding is not None
    assert found.detections[0].kind == "top"
    assert corner.detections[0].kind == GIVEN
    assert only(given) != pytest.approx(only(found), abs=1e-3)


def test_a_given_box_equal_to_the_detected_one_gives_its_vector(seeing: Analyzer) -> None:
    (found,) = seeing.analyze([RED])
    (given,) = seeing.analyze([RED], [found.detections[0].box])
    assert only(given) == pytest.approx(only(found), abs=1e-6)


@pytest.mark.parametrize(
    "box", [Box(-1, 0, 9, 9), Box(0, 0, 321, 9), Box(9, 9, 2, 2), Box(5, 5, 5.5, 20)]
)
def test_a_box_outside_is_refused_with_the_size(plain: Analyzer, box: Box) -> None:
    with pytest.raises(Invalid) as outside:
        plain.analyze([WHITE, RED], [None, box])
    assert outside.value.code == "box_outside"
    assert list(outside.value.fields) == ["box"]
    assert "320 x 240" in outside.value.message


def test_as_many_boxes_as_pictures(plain: Analyzer) -> None:
    with pytest.raises(ValueError, match="shorter"):
        plain.analyze([RED, BLUE], [None])


def test_no_pictures_no_analyses(seeing: Analyzer) -> None:
    assert seeing.analyze([]) == []


# In the 64 x 64 square of a 320 x 240 picture: one pixel is five, and 8 rows are grey.
ITEMS: list[graphs.Item] = [
    (4, 12, 8, 20, 0.6, 1),
    (10, 20, 40, 50, 0.5, 0),
    (30, 20, 60, 50, 0.9, 2),
]


def test_detections_come_best_first_and_small_ones_rejected(models: Path, load: Load) -> None:
    graphs.write_detector(models, ITEMS, name="three")
    (analysis,) = load(detector="three").analyze([RED])
    bag, top, whole, shoe = analysis.detections
    assert [seen.kind for seen in (bag, top, whole, shoe)] == ["bag", "top", WHOLE, "shoe"]
    assert whole.verdict == Verdict("rejected", "not_needed")
    assert whole.embedding is None, "it rarely stands in, and costs as much as a garment"
    assert shoe.verdict == Verdict("rejected", "too_small")
    assert shoe.embedding is not None, "it may be restored"
    assert shoe.box.as_tuple() == pytest.approx((20, 20, 40, 60), abs=0.01)
    assert bag.embedding is not None
    assert top.embedding is not None
    (alone,) = load().analyze([RED], [bag.box])
    assert bag.embedding == pytest.approx(only(alone), abs=1e-6)


def test_the_whole_picture_has_colours_where_it_stands_in(seeing: Analyzer) -> None:
    found, nothing = seeing.analyze([RED, WHITE])
    item, whole = found.detections
    assert (whole.kind, whole.measures.colours) == (WHOLE, ())
    assert item.measures.colours
    assert nothing.detections[0].measures.colours


def test_nothing_kept_means_the_whole_picture_besides_what_was_rejected(
    models: Path, load: Load
) -> None:
    graphs.write_detector(models, ITEMS[:1], name="one")
    (analysis,) = load(detector="one").analyze([RED])
    assert [(seen.kind, seen.verdict.kept) for seen in analysis.detections] == [
        (WHOLE, True),
        ("shoe", False),
    ]
    assert analysis.detections[0].embedding is not None
    assert analysis.detections[0].verdict == Verdict(reason="stands_in")


def test_settings_override_the_thresholds_of_the_card(models: Path, load: Load) -> None:
    graphs.write_detector(models, [*ITEMS, (31, 20, 60, 50, 0.55, 2)], name="four")

    def count(**settings: float) -> int:
        return len(load(detector="four", **settings).analyze([RED])[0].detections)

    assert count() == 1 + 3
    assert count(detector_confidence=0.7) == 1 + 1
    assert count(detector_iou=0.99) == 1 + 4


def test_versions_say_what_made_the_vector(models: Path, load: Load) -> None:
    graphs.write_detector(models, ITEMS, name="three")
    plain, mean = load(), load(padding="mean", margin=0.3, detector="three")
    assert plain.versions == Versions("tiny-1", "p1-m150-reflect-64", "none", graphs.DIMENSION)
    assert mean.versions == Versions(
        "tiny-1", "p1-m300-mean-64", "three-1-items1", graphs.DIMENSION
    )
    assert plain.analyze([RED])[0].versions == plain.versions
    assert plain.versions.collection == "tiny-1__p1-m150-reflect-64"


def test_a_detector_may_be_a_file_without_card(models: Path, load: Load) -> None:
    path = graphs.write_detector(models, ITEMS, name="three") / "detector.onnx"
    analyzer = load(detector=str(path))
    assert analyzer.versions.detector.startswith("detector-")
    assert analyzer.analyze([RED])[0].detections[0].kind == "bag"


def test_times_are_shares_of_the_batch(seeing: Analyzer) -> None:
    started = time.perf_counter()
    analyses = seeing.analyze([RED, BLUE] * 4)
    took = 1000 * (time.perf_counter() - started)
    for analysis in analyses:
        assert [stage for stage, _ in analysis.milliseconds] == [
            "detect",
            "prepare",
            "embed",
            "judge",
            "label",
        ]
        assert all(spent > 0 for _, spent in analysis.milliseconds)
    total = sum(spent for analysis in analyses for _, spent in analysis.milliseconds)
    assert 0 < total <= took


def test_batches_larger_than_the_limit_are_split(load: Load, plain: Analyzer) -> None:
    pictures = [RED, BLUE, WHITE] * 3
    small = load(batch=2).analyze(pictures)
    for one, other in zip(small, plain.analyze(pictures), strict=True):
        assert only(one) == pytest.approx(only(other), abs=1e-6)


def test_threads_share_one_analyzer(seeing: Analyzer) -> None:
    expected = [only(one) for one in seeing.analyze([RED, BLUE])]
    with ThreadPoolExecutor(4) as pool:
        for analyses in pool.map(seeing.analyze, [[RED, BLUE]] * 8):
            for analysis, vector in zip(analyses, expected, strict=True):
                assert only(analysis) == pytest.approx(vector, abs=1e-6)


def test_warm_up_runs_every_net_and_leaves_no_trace(seeing: Analyzer, plain: Analyzer) -> None:
    before = only(seeing.analyze([RED])[0])
    seeing.warm_up()
    plain.warm_up()
    assert np.array_equal(only(seeing.analyze([RED])[0]), before)


@pytest.mark.parametrize("setting", ["encoder", "detector"])
def test_a_model_that_is_not_there_is_told_at_load(load: Load, setting: str) -> None:
    with pytest.raises(Invalid, match="There is no model nothing"):
        load(**{setting: "nothing"})


def test_limits_are_kept_for_whoever_opens_the_pictures(plain: Analyzer) -> None:
    assert plain.limits == images.Limits()
