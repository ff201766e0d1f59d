from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from vitrine.services.search.composing import AVOIDED, PICTURE, REPLACED, Made, compose
from vitrine.vision.card import Part
from vitrine.vision.types import Vector

X, Y, Z = np.eye(3, dtype=np.float32)

PARTS = (Part(name="form", size=3, weight=0.6), Part(name="colour", size=2, weight=0.4))
BLUE_SHIRT = np.array([0.6**0.5, 0, 0, 0.4**0.5, 0], dtype=np.float32)
IN_RED = np.array([0, 0.6, 0, 0, 0.8], dtype=np.float32)
RED = np.array([0, 0, 0.8, 0, 0.6], dtype=np.float32)


def test_a_picture_or_words_alone_are_themselves() -> None:
    assert compose(Made(image=X), 0.2) is X
    assert compose(Made(text=Y), 0.2) is Y


def test_of_equal_shares_the_picture_counts_a_third_of_the_words() -> None:
    made = compose(Made(X, Y), 0.5)
    assert made[0] / made[1] == pytest.approx(PICTURE)


@pytest.mark.parametrize(("weight", "only"), [(1.0, X), (0.0, Y)])
def test_a_whole_share_leaves_the_other_out(weight: float, only: np.ndarray) -> None:
    assert np.allclose(compose(Made(X, Y), weight), only)


def test_what_the_picture_is_is_taken_away_where_words_ask_for_another() -> None:
    made = compose(Made(X, Y, replaced=(Z,)), 0.5)
    assert made[2] / made[1] == pytest.approx(-REPLACED)


@pytest.mark.parametrize(("wanted", "full"), [(Made(image=X), PICTURE), (Made(text=X), 1.0)])
def test_unwanted_words_push_a_picture_further_than_words(wanted: Made, full: float) -> None:
    made = compose(Made(wanted.image, wanted.text, unwanted=Y), 0.5)
    assert made[1] / made[0] == pytest.approx(-AVOIDED / full)


def test_what_cancels_out_leaves_the_picture() -> None:
    assert compose(Made(X, -X * PICTURE), 0.5) is X


def test_where_vectors_have_parts_the_colour_is_that_of_the_words_alone() -> None:
    whole = compose(Made(BLUE_SHIRT, IN_RED, colour=RED), 0.5)
    made = compose(Made(BLUE_SHIRT, IN_RED, colour=RED), 0.5, PARTS)
    assert whole[3] > 0
    assert made[3] == 0
    assert made[4] > 0
    assert made[:3] / np.linalg.norm(made[:3]) == pytest.approx(
        whole[:3] / np.linalg.norm(whole[:3]), abs=1e-6
    )


def test_the_less_words_count_the_more_of_its_own_colour_the_picture_keeps() -> None:
    made = [
        compose(Made(BLUE_SHIRT, IN_RED, colour=RED), weight, PARTS) for weight in (0.5, 0.8, 1)
    ]
    kept = [float(each[3] / np.linalg.norm(each[3:])) for each in made]
    assert kept[0] == 0 < kept[1] < kept[2] == pytest.approx(1)
    assert np.allclose(made[2], BLUE_SHIRT, atol=1e-6)


def test_unwanted_words_are_still_moved_away_from() -> None:
    dark = np.array([0, 0, 0, 0, 1], dtype=np.float32)
    kept = compose(Made(BLUE_SHIRT, IN_RED, colour=RED), 0.5, PARTS)
    made = compose(Made(BLUE_SHIRT, IN_RED, unwanted=dark, colour=RED), 0.5, PARTS)
    assert made[4] < kept[4]


def test_nothing_is_no_query() -> None:
    with pytest.raises(ValueError, match="needed"):
        compose(Made(unwanted=X), 0.5)


units = some.lists(some.floats(-1, 1, width=32), min_size=3, max_size=3).map(
    lambda parts: np.array([*parts, 1.0], dtype=np.float32) / np.linalg.norm([*parts, 1.0])
)


@given(units, units, units | some.none(), units | some.none(), some.floats(0, 1))
def test_every_mixture_has_length_one(
    image: Vector, text: Vector, unwanted: Vector | None, colour: Vector | None, weight: float
) -> None:
    parts = (Part(name="form", size=1, weight=0.5), Part(name="colour", size=3, weight=0.5))
    made = compose(Made(image, text, unwanted, colour=colour), weight, parts)
    assert float(np.linalg.norm(made)) == pytest.approx(1.0, abs=1e-5)
    assert made.dtype == np.float32
