"""Figures under draws of products are what the same figures are on the drawn rows."""

from __future__ import annotations

import numpy as np
import pytest

from vitrine.services.training.statistics import MacroF1, Mean, MeanPrecision, Share, draws
from vitrine.vision.ap import Matches, PhotoMatches, mean_average_precision
from vitrine.vision.figures import macro_f1


def test_each_draw_is_of_as_many_products_as_there_are_and_is_seeded() -> None:
    drawn = draws(7, times=50)
    assert drawn.shape == (50, 7)
    assert (drawn.sum(axis=1) == 7).all()
    assert (drawn == draws(7, times=50)).all()
    assert (drawn != draws(7, times=50, seed=1)).any()


def test_a_share_counts_a_product_as_often_as_it_is_drawn() -> None:
    share = Share(right=np.array([2.0, 0.0, 1.0]), asked=np.array([2.0, 1.0, 2.0]))
    found = share.of(np.array([[1, 1, 1], [2, 0, 1], [0, 3, 0]], dtype=float))
    assert found == pytest.approx([3 / 5, 5 / 6, 0.0])
    assert share.n == 5
    assert np.isnan(Share(np.zeros(1), np.zeros(1)).of(np.ones((1, 1)))).all()


def test_macro_f1_of_drawn_products_is_that_of_their_rows() -> None:
    dice = np.random.default_rng(3)
    truth, said = dice.integers(0, 4, 40), dice.integers(0, 4, 40)
    true, told = (np.eye(4)[side] for side in (truth, said))
    figure = MacroF1(true * told, true + told, np.zeros(4, dtype=np.int64), products=40)
    drawn = draws(40, times=20)
    for row, value in zip(drawn.astype(int), figure.of(drawn), strict=True):
        rows = np.repeat(np.arange(40), row)
        assert value == pytest.approx(macro_f1(truth[rows], said[rows], np.arange(4)))


def test_every_facet_counts_the_same_however_many_values_it_has() -> None:
    right, counted = np.array([[1.0, 0.0, 0.0]]), np.array([[2.0, 2.0, 2.0]])
    figure = MacroF1(right, counted, np.array([0, 1, 1]), products=1)
    assert figure.of(np.ones((1, 1))) == pytest.approx([0.5])


def test_mean_precision_of_drawn_products_is_that_of_their_photos() -> None:
    dice = np.random.default_rng(5)
    photos = [photo(dice) for _ in range(30)]
    owners = np.repeat(np.arange(10), 3)  # three photos of each product
    figure = MeanPrecision.at(photos, owners, 0)
    drawn = draws(10, times=20)
    for row, value in zip(drawn.astype(int), figure.of(drawn), strict=True):
        times = np.repeat(np.arange(30), row[owners])
        assert value == pytest.approx(mean_average_precision([photos[place] for place in times]))
    assert figure.n == sum(one.truths for each in photos for one in each.values())


def photo(dice: np.random.Generator) -> PhotoMatches:
    found = {}
    for kind in ("top", "skirt"):
        truths, seen = int(dice.integers(0, 3)), int(dice.integers(0, 4))
        right = np.zeros((10, seen), dtype=bool)
        right[0, : min(truths, seen)] = dice.random(min(truths, seen)) < 0.6
        found[kind] = Matches(dice.random(seen), right, truths)
    return found


def test_a_mean_leaves_out_what_nothing_is_known_of() -> None:
    known, unknown = Share(np.ones(1), np.ones(1)), Share(np.zeros(1), np.zeros(1))
    assert Mean([known, unknown]).of(np.ones((2, 1))) == pytest.approx([1.0, 1.0])
