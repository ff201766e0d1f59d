"""What becomes of photos on their way into training: stored, seen anew, looked at by nets."""

from __future__ import annotations

import copy
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor, nn
from torch.nn import functional

from tests.worlds import painted
from training import augment, data, teacher, views
from training.augment import MILD, Strength, foreground, item_box
from training.data import Shot
from training.store import MARGIN, SIDE, Pixels, Store, open_store
from vitrine.finetune.depthwise import freeze_depthwise
from vitrine.vision.types import Box

RED = "#c01010"


def drawn(
    size: tuple[int, int], box: tuple[int, int, int, int], ground: str = "white"
) -> Image.Image:
    """A red thing in a box, right and bottom edge excluded."""
    picture = Image.new("RGB", size, ground)
    x1, y1, x2, y2 = box
    ImageDraw.Draw(picture).rectangle((x1, y1, x2 - 1, y2 - 1), fill=RED)
    return picture


def red_box(pixels: Pixels) -> list[int]:
    """Where a picture is more red than green."""
    red = pixels[..., 0].astype(int) - pixels[..., 1] > 90
    rows, columns = np.flatnonzero(red.any(1)), np.flatnonzero(red.any(0))
    return [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]


def stored(picture: Image.Image, box: Box | None, folder: Path) -> Store:
    picture.save(folder / "p.png")
    shot = Shot("1", folder / "p.png", "garments", "train", "g", box=box)
    return open_store([shot], folder / "cache")


def test_a_small_photo_is_stored_as_it_is(tmp_path: Path) -> None:
    picture = drawn((60, 80), (10, 20, 40, 60))
    store = stored(picture, None, tmp_path)
    np.testing.assert_array_equal(store.picture(0), np.asarray(picture))
    assert store.box(0) == Box(0, 0, 60, 80)


def test_a_large_photo_is_stored_small_with_its_box_and_a_margin(tmp_path: Path) -> None:
    marked = (200, 100, 800, 1300)
    store = stored(drawn((1000, 1500), marked, "#808080"), Box(*map(float, marked)), tmp_path)
    pixels, box = store.picture(0), store.box(0)
    assert max(pixels.shape[:2]) == SIDE
    assert box.as_tuple() == pytest.approx(red_box(pixels), abs=1)
    # The margin is cut off where the photo ends: above at 100 pixels instead of 360.
    assert box.y1 == pytest.approx(100 * SIDE / 1500, abs=1)
    assert box.x1 == pytest.approx(min(200, MARGIN * 600) * SIDE / 1500, abs=1)


def test_every_picture_is_found_again_without_its_photo(tmp_path: Path) -> None:
    root = painted.data_folder(tmp_path / "data", count=8)
    shots = data.products(root) + data.phone(root) + data.garments(root)
    first = open_store(shots, tmp_path / "cache")
    pictures = [first.picture(place).copy() for place in range(len(shots))]
    for shot in shots:
        shot.path.unlink(missing_ok=True)
    again = open_store(shots, tmp_path / "cache")
    for place, picture in enumerate(pictures):
        np.testing.assert_array_equal(again.picture(place), picture)


def test_thumbs_are_unpacked_once_and_small_boxes_left_out(tmp_path: Path) -> None:
    root = painted.data_folder(tmp_path / "data", count=8)
    shots = data.thumbs(root, tmp_path / "thumbs")
    assert len(shots) == 16
    assert all(shot.path.exists() for shot in shots)
    (root / "thumbs" / "thumbs.tar").write_bytes(b"")
    assert data.thumbs(root, tmp_path / "thumbs") == shots
    boxes = data.garments(root)
    assert {shot.facets["category"] for shot in boxes} == {"Blouse", "Purse"}
    assert len({shot.group for shot in boxes}) == len(boxes) // 2
    assert data.products(root)[0].facets["group"] in {sub for sub, _ in painted.KINDS.values()}


@pytest.mark.parametrize("how", [Strength(), MILD])
def test_a_view_depends_on_its_seed_alone(how: Strength) -> None:
    picture = np.asarray(drawn((120, 90), (30, 20, 80, 70)))
    ground = np.full((50, 60, 3), 90, dtype=np.uint8)
    box = Box(0, 0, 120, 90)

    def seen(seed: int) -> Pixels:
        return augment.view(picture, box, 64, np.random.default_rng(seed), how, ground)

    for seed in range(20):
        view = seen(seed)
        assert view.shape == (64, 64, 3)
        assert view.dtype == np.uint8
        np.testing.assert_array_equal(view, seen(seed))
    assert (seen(1) != seen(2)).any()
    assert (picture == np.asarray(drawn((120, 90), (30, 20, 80, 70)))).all()


def test_most_views_show_the_thing() -> None:
    picture = np.asarray(drawn((120, 90), (30, 20, 80, 70), "#506070"))
    shown = [
        augment.view(picture, Box(30, 20, 80, 70), 64, np.random.default_rng(n), Strength(), None)
        for n in range(40)
    ]
    red = [(view[..., 0] > view[..., 1] + 40.0).mean() for view in shown]
    assert np.mean(np.array(red) > 0.3) > 0.9


def test_a_packshot_is_pasted_on_another_ground() -> None:
    picture = np.asarray(drawn((80, 80), (20, 20, 60, 60)))
    ground = np.zeros((80, 80, 3), dtype=np.uint8)
    always = Strength(ground=1.0, hole=0.0, jpeg=0.0, blur=0.0)
    dark = [
        augment.view(picture, Box(0, 0, 80, 80), 64, np.random.default_rng(n), always, ground)
        for n in range(10)
    ]
    # Seldom a cut is all item, which leaves no ground to change.
    assert np.median([(view.max(axis=2) < 60).mean() for view in dark]) > 0.2
    assert np.median([(view.min(axis=2) > 180).mean() for view in dark]) < 0.02


@pytest.mark.parametrize("box", [(20, 30, 50, 70), (8, 9, 52, 70), (25, 5, 40, 75)])
def test_the_item_of_a_packshot_is_found(box: tuple[int, int, int, int]) -> None:
    picture = np.asarray(drawn((60, 80), box))
    found = item_box(picture)
    assert found is not None
    assert found.as_tuple() == pytest.approx(box, abs=2)
    mask = foreground(picture)
    assert mask is not None
    x1, y1, x2, y2 = box
    assert (mask[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2] == 255).all()
    assert mask[: y1 - 2].max(initial=0) == mask[:, : x1 - 2].max(initial=0) == 0


def test_white_inside_an_item_is_item() -> None:
    picture = drawn((60, 80), (15, 20, 45, 60))
    ImageDraw.Draw(picture).rectangle((22, 30, 36, 48), fill="white")
    mask = foreground(np.asarray(picture))
    assert mask is not None
    assert (mask[31:47, 23:36] == 255).all()


@pytest.mark.parametrize("ground", ["#909090", "white"])
def test_no_ground_no_item(ground: str) -> None:
    whole = (0, 0, 60, 80) if ground == "white" else (20, 20, 40, 40)
    picture = np.asarray(drawn((60, 80), whole, ground))
    assert foreground(picture) is None
    assert item_box(picture) is None


def test_a_made_up_photo_depends_on_its_seed_alone(tmp_path: Path) -> None:
    painted.packshot(tmp_path / "p.png", "Handbags", "Red", random.Random(0))
    picture = Image.open(tmp_path / "p.png")
    one, same, other = (views.synthetic(picture, seed, [tmp_path / "p.png"]) for seed in "aab")
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


FORKED = """
import cv2
import numpy
from training import batches

class Blurred:
    def __len__(self):
        return 3

    def __getitem__(self, step):
        return int(cv2.GaussianBlur(numpy.full((300, 300, 3), step, "uint8"), (0, 0), 2.0).mean())

cv2.setNumThreads(4)
for _ in range(5):
    [Blurred()[step] for step in range(20)]
    assert list(batches.load(Blurred(), 1, workers=1)) == [1, 2]
"""


def test_a_process_that_draws_is_not_stopped_by_threads_of_its_parent() -> None:
    subprocess.run([sys.executable, "-c", FORKED], check=True, timeout=120)


def same(x: Tensor, conv: nn.Conv2d) -> Tensor:
    """The ordinary convolution with TensorFlow's SAME padding."""
    size, stride, kernel = x.shape[-1], conv.stride[0], conv.kernel_size[0]
    need = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    padded = functional.pad(x, (need // 2, need - need // 2) * 2)
    return functional.conv2d(padded, conv.weight, conv.bias, stride, groups=conv.groups)


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_a_frozen_depthwise_convolution_is_the_ordinary_one(
    kernel: int, stride: int, bias: bool
) -> None:
    torch.manual_seed(kernel + stride)
    conv = nn.Conv2d(6, 6, kernel, stride, groups=6, bias=bias)
    ordinary = copy.deepcopy(conv)
    block = SimpleNamespace(_depthwise_conv=conv)
    freeze_depthwise(SimpleNamespace(_blocks=[block]))
    ours, theirs = (torch.randn(2, 6, 12, 12, generator=seeded()) for _ in range(2))
    outputs = conv(ours.requires_grad_()), same(theirs.requires_grad_(), ordinary)
    torch.testing.assert_close(*outputs)
    for out in outputs:
        out.backward(torch.randn(out.shape, generator=seeded()))
    assert ours.grad is not None
    torch.testing.assert_close(ours.grad, theirs.grad)
    assert conv.weight.grad is None


def test_a_copy_of_a_frozen_convolution_has_its_own_weights() -> None:
    conv = nn.Conv2d(2, 2, 3, groups=2)
    freeze_depthwise(SimpleNamespace(_blocks=[SimpleNamespace(_depthwise_conv=conv)]))
    other = copy.deepcopy(conv)
    with torch.no_grad():
        other.weight.zero_()
        other.bias.zero_()
    assert not other(torch.ones(1, 2, 4, 4)).any()
    assert conv(torch.ones(1, 2, 4, 4)).any()


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def test_the_teacher_looks_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = painted.data_folder(tmp_path / "data", count=4)
    store = open_store(data.products(root), tmp_path / "cache")
    first = teacher.taught(store, "mark", tmp_path, size=64)
    assert first.shape == (4, 1408)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-2)
    monkeypatch.setattr(teacher, "look", None)  # it is not called again
    np.testing.assert_array_equal(teacher.taught(store, "mark", tmp_path, size=64), first)
    assert teacher.mark_of(["a", "b"]) != teacher.mark_of(["b", "a"])
