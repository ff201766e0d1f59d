from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vitrine.vision import geometry
from vitrine.vision.card import ImageTower
from vitrine.vision.preprocess import Recipe, prepare, recipe_of
from vitrine.vision.types import Box, Size

PLAIN = Recipe(64, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), margin=0.0)
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def seen(
    picture: Image.Image, box: Box, recipe: Recipe
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    prepared = prepare(picture, box, recipe)
    assert prepared.shape == (3, recipe.size, recipe.size)
    assert prepared.dtype == np.float32
    assert prepared.flags.c_contiguous
    return prepared


def test_the_crop_fills_the_square() -> None:
    picture = halves(200, 100)
    left = seen(picture, Box(0, 0, 100, 100), PLAIN)
    right = seen(picture, Box(100, 0, 200, 100), PLAIN)
    assert left[0] == pytest.approx(1)
    assert right[2] == pytest.approx(1)
    assert left[2] == pytest.approx(0)


def test_mean_and_std_are_applied_per_channel() -> None:
    recipe = replace(PLAIN, mean=(0.5, 0.25, 0.0), std=(0.5, 0.25, 2.0))
    prepared = seen(Image.new("RGB", (50, 50), (255, 0, 255)), Box(0, 0, 50, 50), recipe)
    assert prepared[:, 30, 30].tolist() == [1.0, -1.0, 0.5]


def test_reflection_mirrors_the_picture_into_the_padding() -> None:
    picture = Image.new("RGB", (64, 32), RED)
    picture.paste(GREEN, (0, 0, 64, 16))
    prepared = seen(picture, geometry.whole(Size(64, 32)), PLAIN)
    # From the top: mirrored green, the picture's green and red, mirrored red.
    assert prepared[1, 2:30].min() > 0.99
    assert prepared[0, 34:62].min() > 0.99


@pytest.mark.parametrize("size", [(40, 40), (13, 40), (40, 14), (1, 40), (40, 3), (39, 40)])
def test_mirror_images_go_on_beside_each_other(size: tuple[int, int]) -> None:
    levels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    before, after = [(40 - side) // 2 for side in size], [-((side - 40) // 2) for side in size]
    edges = ((before[1], after[1]), (before[0], after[0]), (0, 0))
    square = np.pad(levels, edges, mode="symmetric")
    made = prepare(Image.fromarray(levels), Box(0, 0, *size), replace(PLAIN, size=40))
    assert np.array_equal(made, square.transpose(2, 0, 1).astype(np.float32) / np.float32(255))


def test_mean_padding_is_the_mean_colour() -> None:
    prepared = seen(halves(64, 32), geometry.whole(Size(64, 32)), replace(PLAIN, padding="mean"))
    for row in (3, 60):
        assert prepared[:, row, 32] == pytest.approx([127 / 255, 0, 127 / 255], abs=0.01)
    assert prepared[0, 32, 5] == pytest.approx(1, abs=0.01)


def test_white_padding_is_white() -> None:
    prepared = seen(halves(64, 32), geometry.whole(Size(64, 32)), replace(PLAIN, padding="white"))
    assert prepared[:, [3, 60], 32] == pytest.approx(1, abs=0.01)
    assert prepared[:, 32, 5] == pytest.approx([1, 0, 0], abs=0.01)


def test_squashing_fills_the_square_with_the_crop() -> None:
    prepared = seen(halves(64, 32), geometry.whole(Size(64, 32)), replace(PLAIN, padding="squash"))
    for row in (3, 60):
        assert prepared[:, row, 5] == pytest.approx([1, 0, 0], abs=0.01)


@pytest.mark.parametrize(
    ("size", "box"), [((64, 32), (16, 0, 48, 32)), ((32, 64), (0, 16, 32, 48))]
)
def test_cropping_shows_the_middle(size: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    picture = Image.fromarray(np.stack([4 * x, 4 * y, x + y], axis=2).astype(np.uint8))
    cropped = seen(picture, geometry.whole(Size(*size)), replace(PLAIN, padding="crop"))
    middle = seen(picture.crop(box), geometry.whole(Size(32, 32)), PLAIN)
    assert cropped[:, 4:-4, 4:-4] == pytest.approx(middle[:, 4:-4, 4:-4], abs=0.01)


def test_a_very_long_picture_is_cropped_to_its_middle_in_little_memory() -> None:
    long = Image.new("RGB", (40_000, 20), RED)
    long.paste(GREEN, (19_990, 0, 20_010, 20))
    prepared = seen(long, geometry.whole(Size(40_000, 20)), replace(PLAIN, padding="crop"))
    assert prepared[1, :, 2:-2] == pytest.approx(1, abs=0.01)


def test_interpolation_is_as_asked() -> None:
    picture, whole = halves(16, 16), geometry.whole(Size(16, 16))
    cubic, linear = (
        seen(picture, whole, replace(PLAIN, padding="squash", interpolation=one))
        for one in ("bicubic", "bilinear")
    )
    wanted = picture.resize((64, 64), Image.Resampling.BILINEAR)
    assert np.array_equal(linear, np.asarray(wanted, np.float32).transpose(2, 0, 1) / 255)
    assert abs(cubic - linear).max() > 0.01


def test_a_recipe_is_the_towers_own_unless_a_padding_is_asked_for() -> None:
    tower = ImageTower(
        file="image.onnx",
        input="x",
        output="y",
        size=32,
        mean=(0.1, 0.2, 0.3),
        std=(1, 2, 3),
        padding="squash",
        interpolation="bilinear",
    )
    own = Recipe(32, (0.1, 0.2, 0.3), (1, 2, 3), 0.1, "squash", "bilinear")
    assert recipe_of(tower, 0.1) == own
    assert recipe_of(tower, 0.1, "white") == replace(own, padding="white")


@pytest.mark.parametrize("padding", ["reflect", "mean", "white", "squash", "crop"])
@pytest.mark.parametrize("box", [Box(10, 0, 11, 90), Box(0, 10, 90, 11), Box(99, 99, 100, 100)])
def test_crops_one_pixel_thin_work(padding: str, box: Box) -> None:
    recipe = replace(PLAIN, padding=padding)  # type: ignore[arg-type]
    prepared = seen(Image.new("RGB", (100, 100), GREEN), box, recipe)
    assert prepared[1] == pytest.approx(1)


def test_the_margin_shows_what_is_around_the_box() -> None:
    picture = Image.new("RGB", (200, 200), BLUE)
    picture.paste(RED, (50, 50, 150, 150))
    box = Box(50, 50, 150, 150)
    tight, wide = seen(picture, box, PLAIN), seen(picture, box, replace(PLAIN, margin=0.3))
    assert tight[2].max() < 0.01
    # Of 160 pixels 30 on each side are blue.
    assert wide[2, 32, :11] == pytest.approx(1, abs=0.01)
    assert wide[0, 32, 14:50] == pytest.approx(1, abs=0.01)


def test_an_expanded_box_ends_at_the_edge_of_the_picture() -> None:
    picture = halves(100, 100)
    wide = seen(picture, Box(60, 0, 100, 100), replace(PLAIN, margin=0.3))
    same = seen(picture, Box(48, 0, 100, 100), PLAIN)
    assert np.array_equal(wide, same)


@given(
    margin=st.floats(0, 0.3),
    x=st.integers(0, 300),
    y=st.integers(0, 200),
    w=st.integers(1, 300),
    h=st.integers(1, 200),
)
def test_any_box_inside_gives_finite_pixels_in_range(
    margin: float, x: int, y: int, w: int, h: int
) -> None:
    size = Size(301, 201)
    box = geometry.clip(Box(x, y, x + w, y + h), size)
    picture = Image.new("RGB", size, (10, 200, 90))
    prepared = seen(picture, box, replace(PLAIN, size=16, margin=margin))
    assert prepared[1] == pytest.approx(200 / 255, abs=1e-3)


def test_a_large_crop_is_reduced_without_moving_anything() -> None:
    large, small = halves(3000, 3000), halves(192, 192)
    a = seen(large, geometry.whole(Size(3000, 3000)), PLAIN)
    b = seen(small, geometry.whole(Size(192, 192)), PLAIN)
    assert abs(a - b).max() < 0.05


def test_the_version_names_every_setting_that_changes_pixels() -> None:
    recipes = [
        PLAIN,
        replace(PLAIN, margin=0.15),
        replace(PLAIN, margin=0.3),
        replace(PLAIN, margin=0.151),
        replace(PLAIN, padding="mean"),
        replace(PLAIN, padding="white"),
        replace(PLAIN, padding="squash"),
        replace(PLAIN, padding="crop"),
        replace(PLAIN, interpolation="bilinear"),
        replace(PLAIN, size=128),
    ]
    versions = [recipe.version for recipe in recipes]
    assert len(set(versions)) == len(recipes)
    assert versions[0] == "p1-m000-reflect-64"


def test_equal_versions_are_equal_pixels() -> None:
    a, b = replace(PLAIN, margin=0.1504), replace(PLAIN, margin=0.1496)
    assert a.version == b.version
    picture, box = halves(2000, 2000), Box(400, 400, 1990, 1400)
    assert np.array_equal(prepare(picture, box, a), prepare(picture, box, b))


def test_golden_pixels() -> None:
    """Fails with any change to the recipe: then PREPROCESS_VERSION must change too."""
    x, y = np.meshgrid(np.arange(130), np.arange(90))
    picture = Image.fromarray(np.stack([x, 2 * y, (x * y) % 251], axis=2).astype(np.uint8))
    recipe = Recipe(8, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), margin=0.15)
    prepared = prepare(picture, Box(20, 10, 100, 60), recipe)
    assert recipe.version == "p1-m150-reflect-8"
    assert prepared[:, 0, 0] == pytest.approx(GOLDEN[0], abs=1e-3)
    assert prepared[:, 5, 6] == pytest.approx(GOLDEN[1], abs=1e-3)


GOLDEN = ([-0.8824, -0.8431, -0.0745], [-0.2706, -0.098, -0.0118])
