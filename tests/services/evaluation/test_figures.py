"""The arithmetic of figures, by hand."""

from __future__ import annotations

import numpy as np

from tests.worlds.spoken import at
from vitrine.services.evaluation.figures import Rows, figure, first_ranks, precisions


def test_ranks_count_products_not_pictures_and_ties_against_us() -> None:
    gallery = Rows(
        np.array([at(1), at(2), at(5), at(90)], np.float32),
        np.array([7, 7, 8, 9]),
        np.array([7, 7, 8, 9]),
    )
    asked = np.array([8, 4])
    ranks = first_ranks(Rows(np.array([at(0), at(0)], np.float32), asked, asked), gallery)
    assert ranks.tolist() == [2.0, np.inf]
    flat = Rows(np.ones((3, 2), np.float32), np.arange(3), np.arange(3))
    assert first_ranks(flat, flat).tolist() == [3.0, 3.0, 3.0]


def test_precision_matches_a_full_sort() -> None:
    dice = np.random.default_rng(3)
    vectors = dice.normal(size=(300, 8)).astype(np.float32)
    labels, owners = dice.integers(0, 4, 300), np.arange(300) // 2
    rows = Rows(vectors, owners, labels)
    scores = vectors @ vectors.T
    scores[owners[:, None] == owners[None, :]] = -np.inf
    near = np.argsort(-scores, axis=1)[:, :10]
    expected = (labels[near] == labels[:, None]).mean(axis=1)
    np.testing.assert_allclose(precisions(rows, rows), expected)


def test_the_interval_holds_the_mean_and_is_seeded() -> None:
    values = np.array([0.0, 1.0] * 50)
    first = figure(values)
    assert first == figure(values)
    assert first is not None
    assert first.low < first.value == 0.5 < first.high
    assert figure(np.empty(0)) is None


def test_ten_thousand_pictures_are_compared_in_blocks() -> None:
    dice = np.random.default_rng(0)
    vectors = dice.normal(size=(10_000, 64)).astype(np.float32)
    numbers = np.arange(10_000)
    rows = Rows(vectors, numbers, numbers)
    some = rows.where(numbers < 1000)
    assert first_ranks(some, rows).max() == 1
    assert len(precisions(some, rows)) == 1000
