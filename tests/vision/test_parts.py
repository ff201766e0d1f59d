"""Parts of vectors: weighing a query anew is exact for everything that is stored."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from vitrine.vision import parts, registry
from vitrine.vision.card import EncoderCard, Part
from vitrine.vision.parts import COLOUR, FORM
from vitrine.vision.types import Vector

PARTS = (Part(name="form", size=6, weight=0.7), Part(name="colour", size=3, weight=0.3))


def _unit(rows: int, size: int, seed: int) -> Vector:
    drawn = np.random.default_rng(seed).normal(size=(rows, size)).astype(np.float32)
    length: Vector = np.linalg.norm(drawn, axis=1, keepdims=True)
    made: Vector = drawn / length
    return made


def _pictures(rows: int, seed: int) -> Vector:
    form, colour = _unit(rows, 6, seed), _unit(rows, 3, seed + 1)
    return np.concatenate([0.7**0.5 * form, 0.3**0.5 * colour], axis=1)


@pytest.mark.parametrize(
    ("emphasis", "form", "colour"),
    [(-1.0, 1.0, 0.0), (-0.5, 0.85, 0.15), (0.0, 0.7, 0.3), (0.5, 0.35, 0.65), (1.0, 0.0, 1.0)],
)
def test_an_emphasis_moves_the_weights_from_the_cards_to_one_part_alone(
    emphasis: float, form: float, colour: float
) -> None:
    assert parts.weights(PARTS, emphasis) == pytest.approx({"form": form, "colour": colour})


@pytest.mark.parametrize("emphasis", [-1.0, -0.3, 0.0, 0.8])
def test_a_reweighed_query_scores_stored_vectors_by_the_weighted_cosines_of_parts(
    emphasis: float,
) -> None:
    query, stored = _pictures(1, 0), _pictures(20, 7)
    wanted = parts.weights(PARTS, emphasis)
    scores = parts.reweighed(query, PARTS, wanted) @ stored.T
    form = query[:, :6] @ stored[:, :6].T / 0.7
    colour = query[:, 6:] @ stored[:, 6:].T / 0.3
    assert scores == pytest.approx(wanted[FORM] * form + wanted[COLOUR] * colour, abs=1e-6)


@pytest.mark.parametrize("emphasis", [-1.0, -0.3, 0.0, 0.8])
def test_an_emphasised_picture_scores_by_the_weighted_cosines_and_words_never_above_one(
    emphasis: float,
) -> None:
    query, stored = _pictures(1, 1), _pictures(50, 2)
    exact = parts.reweighed(query, PARTS, parts.weights(PARTS, emphasis))[0]
    assert parts.emphasised(query[0], PARTS, emphasis) == pytest.approx(exact, abs=1e-5)
    for words in _unit(50, 9, 3):
        nearest = parts.exchanged(words, words, PARTS, FORM)
        nearest = parts.exchanged(nearest, words, PARTS, COLOUR)
        weighed = parts.emphasised(words, PARTS, emphasis)
        assert float(weighed @ nearest) <= 1 + 1e-5
        assert (stored @ weighed).max() <= float(weighed @ nearest) + 1e-5


def test_a_query_without_parts_stays_as_it_is() -> None:
    query = _pictures(2, 0)
    assert parts.reweighed(query, (), {}) is query


def test_an_exchanged_part_comes_from_the_other_at_the_cards_length() -> None:
    product, words = _pictures(1, 0), 0.1 * _pictures(1, 5)
    made = parts.exchanged(product, words, PARTS, COLOUR)
    assert made[:, :6] == pytest.approx(product[:, :6])
    assert made[:, 6:] == pytest.approx(10 * words[:, 6:], abs=1e-6)


def test_an_exchanged_part_of_which_the_other_says_nothing_is_empty() -> None:
    made = parts.exchanged(_pictures(1, 0), np.zeros((1, 9), np.float32), PARTS, COLOUR)
    assert not made[:, 6:].any()
    assert made[:, :6].any()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([("form", 6, 0.5), ("form", 3, 0.5)], "once"),
        ([("form", 6, 0.7), ("colour", 2, 0.3)], "sum to the dimension"),
        ([("form", 6, 0.7), ("colour", 3, 0.2)], "sum to 1"),
    ],
)
def test_a_card_refuses_parts_that_do_not_make_its_vector(
    given: list[tuple[str, int, float]], reason: str
) -> None:
    shipped, _ = registry.find_encoder("vitrine-mini", registry.PACKAGED)
    told = shipped.model_dump() | {
        "dimension": 9,
        "parts": [{"name": name, "size": size, "weight": weight} for name, size, weight in given],
    }
    with pytest.raises(ValidationError, match=reason):
        EncoderCard.model_validate(told)
