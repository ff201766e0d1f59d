"""Weights and levels fitted on numbers whose answer is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training import calibrate, tune
from training.data import Shot
from training.report import reranking
from vitrine.services.calibration import bars
from vitrine.services.evaluation import gallery, queries
from vitrine.services.evaluation.gallery import Photo
from vitrine.services.evaluation.neighbours import CLOSE, EXACT, SIMILAR, Near, nearest
from vitrine.services.search.cache.snapshot import Scores
from vitrine.services.search.cache.traits import Trait
from vitrine.vision.tuning import Kind, Signal, Weights
from vitrine.vision.types import Palette

RED: Palette = ((1.0, 45.0, 65.0, 45.0),)
BLUE: Palette = ((1.0, 35.0, 30.0, -70.0),)


def near(count: int = 200, seen: int = 20, seed: int = 0) -> Near:
    """Queries whose right hit is anywhere by cosine, known by one signal and not by another."""
    dice = np.random.default_rng(seed)
    grades = np.zeros((count, seen), dtype=np.int64)
    grades[np.arange(count), dice.integers(0, seen, count)] = EXACT
    return Near(
        groups=[f"g{number}" for number in range(count)],
        cosines=np.tile(np.linspace(0.9, 0.5, seen), (count, 1)),
        grades=grades,
        categories=np.full((count, seen), "Shirts"),
        ideal=np.full(count, 7.0),
        said={"words": (grades > 0).astype(np.float64), "colour": dice.random((count, seen))},
    )


def test_a_signal_that_helps_is_kept_and_noise_is_not() -> None:
    found = tune.fit(near())
    assert set(found.weights) == {"words"}
    assert found.alone["words"].earns
    assert not found.alone["colour"].earns
    assert found.together is not None
    assert found.together.gain > 0.3


def test_where_nothing_helps_nothing_ships() -> None:
    given = near()
    only_noise = replace(given, said={"colour": given.said["colour"]})
    assert tune.fit(only_noise).weights == {}


def test_the_halves_share_no_group() -> None:
    groups = [f"g{number}" for number in range(1_000)]
    first = [group for group in groups if tune.first_half(group)]
    assert 400 < len(first) < 600
    assert first == [group for group in groups if tune.first_half(group)]


def test_gain_by_hand() -> None:
    one = Near(
        ["g"],
        np.array([[0.9, 0.8, 0.7]]),
        np.array([[0, SIMILAR, EXACT]]),
        np.full((1, 3), ""),
        np.array([7 + 1 / np.log2(3)]),
        {"stock": np.array([[0.0, 0.0, 1.0]])},
    )
    worst = (1 / np.log2(3) + 7 / np.log2(4)) / (7 + 1 / np.log2(3))
    assert one.gain({})[0] == pytest.approx(worst)
    assert one.gain({"stock": 1.0})[0] == pytest.approx((7 + 1 / np.log2(4)) / one.ideal[0])


def test_isotonic_regression_pools_what_goes_down() -> None:
    at, chances = bars.isotonic(
        np.array([0.1, 0.4, 0.2, 0.3]), np.array([False, True, True, False])
    )
    assert at.tolist() == [0.1, 0.2, 0.3, 0.4]
    assert chances.tolist() == [0.0, 0.5, 0.5, 1.0]


def test_a_bar_is_where_it_becomes_more_likely_than_not() -> None:
    cosines = np.linspace(0, 1, 101)
    assert calibrate.bar(cosines, cosines > 0.6) == pytest.approx(0.61)
    assert calibrate.bar(cosines, cosines > 2) is None


def test_bars_are_of_the_score_that_hits_are_ordered_by() -> None:
    cosines = np.tile(np.linspace(0, 0.5, 50), (20, 1))
    said: dict[Signal, Scores] = {"category": np.tile(np.arange(50) % 2 == 0, (20, 1)) * 1.0}
    grades = np.where(cosines + 0.4 * said["category"] > 0.6, CLOSE, 0)
    given = Near(["g"] * 20, cosines, grades, np.full((20, 50), ""), np.ones(20), said)
    weights: dict[Kind, Weights] = {"photo": {"category": 0.4}}
    assert calibrate.levels({"photo": given}, weights)["photo"].others.close == pytest.approx(
        0.6, abs=0.03
    )


def test_what_is_exact_is_close_as_well() -> None:
    dice = np.random.default_rng(1)
    cosines = dice.random((50, 50))
    grades = np.where(cosines > 0.5, dice.choice([0, EXACT], (50, 50), p=[0.2, 0.8]), 0)
    given = Near(["g"] * 50, cosines, grades, np.full((50, 50), ""), np.ones(50))
    bars = calibrate.levels({"words": given}, {})["words"].others
    assert bars.exact is not None
    assert bars.close is not None
    assert bars.similar is not None
    assert bars.exact >= bars.close >= bars.similar


def test_a_shelf_grades_by_product_category_and_colour() -> None:
    shots = [
        Shot(
            str(number), Path(), "products", "dev", f"g{number}", f"{colour} {kind}", facets=facets
        )
        for number, (colour, kind) in enumerate(
            [("Red", "Shirts"), ("Red", "Shirts"), ("Blue", "Shirts"), ("Red", "Hats")]
        )
        for facets in ({"category": kind, "colour": colour},)
    ]
    vectors = np.eye(4, dtype=np.float32)
    photos = [
        Photo(shot, vector, Trait(palette))
        for shot, vector, palette in zip(shots, vectors, [RED, RED, BLUE, RED], strict=True)
    ]
    held = gallery.build(photos, lambda texts: vectors[: len(texts)])
    [asked] = queries.by_photo(held, photos[:1])
    found = nearest(held, [asked])
    by_row = dict(zip(found.cosines[0].argsort()[::-1], found.grades[0], strict=True))
    assert by_row[0] == EXACT
    assert sorted(found.grades[0].tolist()) == [0, SIMILAR, CLOSE, EXACT]
    assert found.ideal[0] == pytest.approx(7 + 3 / np.log2(3) + 1 / np.log2(4))
    assert set(found.said) >= {"colour"}


def test_a_loss_is_told_and_fails() -> None:
    def report(gain: float) -> dict[str, object]:
        return {"sections": {"reranking": {"extras": {"gains": {"photo": gain}}}}}

    assert reranking.worse(report(0.0)) == []
    [line] = reranking.worse(report(-0.01))
    assert "worse than none by 0.0100" in line
    assert reranking.worse({"sections": {}}) == []


def test_weights_of_another_version_are_none(tmp_path: Path) -> None:
    told = {"model_version": "mine-1", "weights": {"photo": {"colour": 0.1}}}
    (tmp_path / "search.json").write_text(json.dumps(told))
    assert reranking.weights_of(tmp_path, "mine-1") == {"photo": {"colour": 0.1}}
    assert reranking.weights_of(tmp_path, "mine-2") == {}
    assert reranking.weights_of(None, "mine-1") == {}
