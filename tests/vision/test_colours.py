from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image, ImageDraw

from vitrine.vision import colours, measuring
from vitrine.vision.types import Box, Measures, Palette

SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
]
"""Pairs of the paper's table of test data, which tell a wrong formula."""

WHOLE = Box(0, 0, 90, 120)

lab = some.tuples(some.floats(0, 100), some.floats(-100, 100), some.floats(-100, 100))
palettes = some.lists(
    some.tuples(some.floats(0.1, 1), lab).map(lambda pair: (pair[0], *pair[1])),
    min_size=1,
    max_size=3,
).map(tuple)


def drawn(ground: str, garment: str) -> Image.Image:
    picture = Image.new("RGB", (90, 120), ground)
    ImageDraw.Draw(picture).rectangle((25, 30, 65, 95), fill=garment)
    return picture


@pytest.mark.parametrize(("one", "other", "apart"), SHARMA)
def test_the_distance_is_that_of_the_paper(one: object, other: object, apart: float) -> None:
    there = colours.ciede2000(np.array(one), np.array(other))
    back = colours.ciede2000(np.array(other), np.array(one))
    assert float(there) == pytest.approx(apart, abs=1e-4)
    assert float(back) == pytest.approx(apart, abs=1e-4)


def test_known_colours_in_lab() -> None:
    white, red = colours.to_lab(np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]))
    assert white == pytest.approx([100, 0, 0], abs=0.01)
    assert red == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


def test_an_even_ground_does_not_count() -> None:
    [(share, *red)] = colours.palette(drawn("white", "#c01020"), WHOLE)
    assert share == 1.0
    assert red == pytest.approx(colours.to_lab(np.array([0xC0, 0x10, 0x20]) / 255), abs=0.5)


def test_where_all_is_ground_it_counts() -> None:
    [(share, *white)] = colours.palette(drawn("white", "white"), WHOLE)
    assert share == 1.0
    assert white == pytest.approx([100, 0, 0], abs=0.5)


def test_two_colours_have_their_shares_largest_first() -> None:
    picture = drawn("white", "#1020a0")
    ImageDraw.Draw(picture).rectangle((25, 30, 65, 50), fill="#f0d010")
    first, second = colours.palette(picture, WHOLE)
    assert first[0] > second[0] > colours.LEAST
    assert first[3] < 0 < second[3], "blue below, yellow above"


def test_the_box_chooses_what_is_seen() -> None:
    picture = drawn("white", "#c01020")
    [(_, *seen)] = colours.palette(picture, Box(0, 0, 90, 20))
    assert seen == pytest.approx([100, 0, 0], abs=0.5)


@given(palettes, palettes)
def test_distances_are_symmetric_and_nothing_lies_between_equals(
    one: Palette, other: Palette
) -> None:
    assert colours.distance(one, one) == 0
    there, back = colours.distance(one, other), colours.distance(other, one)
    assert there == pytest.approx(back, abs=0.01)
    assert there is not None
    assert there >= 0


def test_without_colours_there_is_no_distance() -> None:
    assert colours.distance((), ((1.0, 50.0, 0.0, 0.0),)) is None


@given(some.integers(1, 200), some.integers(1, 200), some.binary(min_size=3, max_size=3))
def test_any_size_has_a_palette(width: int, height: int, colour: bytes) -> None:
    picture = Image.new("RGB", (width, height), tuple(colour))
    found = colours.palette(picture, Box(0, 0, width, height))
    assert sum(share for share, *_ in found) == pytest.approx(1.0, abs=0.02)


def test_measures_are_read_as_they_were_stored_and_as_earlier_versions_wrote_them() -> None:
    stored = {"sharpness": 3.0, "colour_spread": None, "garment": 0.1}
    assert measuring.stored(stored) == Measures(3.0, None, 0.1)
    assert measuring.stored({}) == Measures()
    with_colours = stored | {"colours": [[1.0, 50.0, 1, -2.5]]}
    assert measuring.stored(with_colours).colours == ((1.0, 50.0, 1.0, -2.5),)


@given(some.lists(some.lists(some.tuples(*[some.floats(1, 90)] * 4), max_size=3), max_size=5))
def test_distances_to_several_are_those_to_each(others: list[list[tuple[float, ...]]]) -> None:
    one: Palette = ((0.7, 45.0, 65.0, 45.0), (0.3, 90.0, 0.0, 0.0))
    palettes = [colours.as_palette(other) for other in others]
    assert colours.distances(one, palettes) == [colours.distance(one, each) for each in palettes]
