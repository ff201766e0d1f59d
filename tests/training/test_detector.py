"""The detector's training on painted photos, its losses by hand, and what it exports."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from training.detector import __main__ as entry
from training.detector import fitting, pseudo
from training.detector.kinds import KINDS
from training.detector.pictures import Pictures, gather
from training.detector.scenes import Scenes
from training.detector.shipping import ship
from vitrine.finetune.detector import loss, net
from vitrine.finetune.detector.agreement import agreement
from vitrine.finetune.detector.augmenting import framed
from vitrine.finetune.detector.fitting import Plan, resume, save, start
from vitrine.finetune.detector.loss import Truth, assign, ciou
from vitrine.finetune.detector.marked import Marked
from vitrine.vision import yolo
from vitrine.vision.card import DetectorCard, read_card
from vitrine.vision.nets import Detector
from vitrine.vision.sessions import Runtime
from vitrine.vision.types import Box, Detection, Size

SIDE = 64
NONE = torch.empty(0, dtype=torch.int64)
PRODUCT = ("external_id", "title", "description", "category", "images", "split", "group")


def boxed(picture: Image.Image, box: tuple[int, int, int, int], colour: str) -> None:
    x1, y1, x2, y2 = box
    ImageDraw.Draw(picture).rectangle((x1, y1, x2 - 1, y2 - 1), fill=colour)


def packshot() -> Marked:
    picture = Image.new("RGB", (90, 90), "white")
    boxed(picture, (20, 25, 60, 75), "#c01010")
    box = np.array([[20, 25, 60, 75]], dtype=np.float32)
    return Marked(np.asarray(picture), np.array([0]), box)


def table(path: Path, columns: tuple[str, ...], rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Painted street photos, packshots and phone photos in the layout of the data folder."""
    root = tmp_path_factory.mktemp("data")
    dice = random.Random(3)
    for name in ("garments", "products", "phone"):
        (root / name / "images").mkdir(parents=True)
    marked: dict[str, object] = {}
    for number in range(24):
        picture = Image.new("RGB", (80, 100), "#808890")
        left, top = dice.randint(5, 25), dice.randint(5, 35)
        boxed(picture, (left, top, left + 40, top + 50), "#c01010")
        picture.save(root / "garments" / "images" / f"{number}.jpg")
        box = ["top", "shirt", left, top, left + 40, top + 50]
        split = "dev" if number % 8 == 0 else "train"
        marked[str(number)] = {"w": 80, "h": 100, "split": split, "boxes": [box]}
    (root / "garments" / "boxes.json").write_text(json.dumps(marked))
    rows: list[dict[str, object]] = []
    for number in range(4):
        Image.fromarray(packshot().pixels).save(root / "products" / "images" / f"{number}.png")
        row = {"external_id": number, "title": "Red shirt", "category": "Shirts"}
        rows.append(row | {"images": f"images/{number}.png", "split": "train", "group": number})
    table(root / "products" / "products.csv", PRODUCT, rows)
    photos: list[dict[str, object]] = []
    for number in range(4):
        picture = Image.new("RGB", (100, 80), "#506050")
        boxed(picture, (20, 10, 70, 70), "#c01010")
        picture.save(root / "phone" / "images" / f"{number}.jpg")
        row = {"image": f"images/{number}.jpg", "sender_id": number, "label": "Shirt"}
        photos.append(row | {"kids": False, "split": "dev" if number == 3 else "train"})
    table(root / "phone" / "photos.csv", ("image", "sender_id", "label", "kids", "split"), photos)
    return root


def small() -> net.Detector:
    return net.Detector(len(KINDS))


def truth(kinds: list[int], boxes: list[list[float]], unmarked: Tensor = NONE) -> Truth:
    corners = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    return Truth(torch.tensor(kinds, dtype=torch.int64), corners, unmarked)


def test_ciou_of_equal_boxes_is_one_and_of_far_ones_below_zero() -> None:
    a = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 10]])
    b = torch.tensor([[0.0, 0, 10, 10], [30, 30, 40, 40]])
    same, far = ciou(a, b)
    assert same == pytest.approx(1.0, abs=1e-5)
    # No overlap; middles 30 apart on each axis in a hull of 40 x 40.
    assert far == pytest.approx(-(30**2 + 30**2) / (40**2 + 40**2), abs=1e-5)


def test_ciou_of_half_a_box() -> None:
    (value,) = ciou(torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([[0.0, 0, 20, 10]]))
    shape = 4 / np.pi**2 * (np.arctan(2) - np.arctan(1)) ** 2
    wanted = 0.5 - 25 / 500 - shape**2 / (0.5 + shape)
    assert value == pytest.approx(wanted, abs=1e-4)


def test_distances_of_a_side_cost_least_where_they_belong() -> None:
    sides = torch.tensor([[2.0, 2.0, 2.0, 2.0]])
    right, wrong = torch.zeros(1, 4, net.BINS), torch.zeros(1, 4, net.BINS)
    right[..., 2], wrong[..., 9] = 20.0, 20.0
    assert loss._shape_loss(right.flatten(1), sides) == pytest.approx(0.0, abs=1e-4)
    assert loss._shape_loss(wrong.flatten(1), sides) > 10


def test_corners_of_expected_distances() -> None:
    places, strides = net.grid(SIDE)
    assert len(places) == 8 * 8 + 4 * 4 + 2 * 2
    assert places[[0, 1, 64, 80]].tolist() == [[4, 4], [12, 4], [8, 8], [16, 16]]
    chances = torch.full((1, len(places), 4, net.BINS), -30.0)
    chances[..., 0] = 30.0
    chances[:, 0, :, 0], chances[:, 0, 0, 2] = -30.0, 30.0
    chances[:, 0, 1:3, 1:3] = 30.0  # half one stride, half two
    chances[:, 0, 3, 15] = 30.0
    distances = net.expected(chances.flatten(2))
    assert torch.allclose(distances[0, 0], torch.tensor([2.0, 1.5, 1.5, 15.0]), atol=1e-4)
    boxes = net.corners(distances, places, strides)
    assert torch.allclose(boxes[0, 0], torch.tensor([-12.0, -8.0, 16.0, 124.0]), atol=1e-3)
    assert torch.allclose(boxes[0, 1:, :2], places[1:], atol=1e-3)


def test_a_perfect_prediction_costs_nothing() -> None:
    places, strides = net.grid(SIDE)
    box = torch.tensor([4.0, 4, 36, 36])
    near = (strides[:, 0] == 8) & ((places > 4) & (places < 36)).all(1)
    # The others say nothing and see a box of no size.
    reach = torch.cat([places - box[:2], box[2:] - places], 1) / strides * near[:, None]
    distances = torch.nn.functional.one_hot(reach.long(), net.BINS) * 40.0
    logits = torch.full((1, len(places), len(KINDS)), -20.0)
    logits[0, near, 2] = 20.0
    given = (distances.flatten(1)[None], logits)
    assert loss.loss(*given, [truth([2], [box.tolist()])], SIDE) == pytest.approx(0.0, abs=0.01)
    moved = truth([2], [(box + 8).tolist()])
    assert loss.loss(*given, [moved], SIDE) > 1


def test_every_garment_gets_a_place() -> None:
    places, _ = net.grid(96)
    dice = torch.Generator().manual_seed(2)
    marked = truth([0, 1, 2], [[2, 3, 9, 8], [20, 10, 60, 90], [65, 50, 95, 95]])
    for _ in range(20):
        scores = torch.rand(len(places), len(KINDS), generator=dice)
        low = torch.rand(len(places), 2, generator=dice) * 80
        boxes = torch.cat([low, low + torch.rand(len(places), 2, generator=dice) * 40], 1)
        found = assign(scores, boxes, marked, places)
        assert set(found.truth.tolist()) == {-1, 0, 1, 2}
        assert bool((found.weight[found.truth >= 0] > 0).all())


def test_places_inside_a_garment_answer_for_it() -> None:
    places, _ = net.grid(SIDE)
    garment = truth([3], [[8, 8, 40, 40]])
    boxes = torch.tensor([[8.0, 8, 40, 40]]).repeat(len(places), 1)
    scores = torch.full((len(places), len(KINDS)), 0.5)
    found = assign(scores, boxes, garment, places)
    chosen = found.truth >= 0
    assert int(chosen.sum()) == loss.CANDIDATES
    assert bool(((places[chosen] > 8) & (places[chosen] < 40)).all())
    assert found.weight[chosen].max() == pytest.approx(1.0, abs=1e-3)
    assert not bool(found.weight[~chosen].any())


def test_a_place_asked_for_twice_answers_for_the_garment_it_overlaps_more() -> None:
    places, _ = net.grid(SIDE)
    both = truth([0, 1], [[0, 0, 64, 40], [0, 0, 64, 64]])
    asked = places[:, 1] < 5  # the only places that say anything: both garments want them
    boxes = asked[:, None] * torch.tensor([[0.0, 0, 64, 60]])
    found = assign(torch.full((len(places), len(KINDS)), 0.5), boxes, both, places)
    assert int((found.truth[asked] == 1).sum()) == int(asked.sum()) == 8


def test_a_garment_between_the_places_is_not_forgotten() -> None:
    places, _ = net.grid(SIDE)
    speck = truth([0], [[1, 1, 3, 3]])
    found = assign(torch.zeros(len(places), len(KINDS)), torch.zeros(len(places), 4), speck, places)
    assert int((found.truth >= 0).sum()) == 1


def test_an_empty_picture_has_a_loss_of_kinds_alone() -> None:
    count = len(net.grid(SIDE)[0])
    distances = torch.zeros(1, count, 4 * net.BINS)
    logits = torch.full((1, count, len(KINDS)), -30.0)
    assert loss.loss(distances, logits, [truth([], [])], SIDE) == pytest.approx(0.0, abs=1e-3)


def test_kinds_that_nobody_marked_teach_nothing() -> None:
    count = len(net.grid(SIDE)[0])
    logits = torch.zeros(1, count, len(KINDS), requires_grad=True)
    partial = truth([], [], unmarked=torch.tensor([3, 5]))
    loss.loss(torch.zeros(1, count, 4 * net.BINS), logits, [partial], SIDE).backward()
    assert logits.grad is not None
    taught = logits.grad.abs().sum((0, 1)) > 0
    assert [number for number in range(len(KINDS)) if not taught[number]] == [3, 5]


@pytest.mark.parametrize("seed", range(6))
def test_a_framed_box_stays_on_its_garment(seed: int) -> None:
    seen = framed(packshot(), 128, np.random.default_rng(seed), (0.6, 0.95))
    red = (seen.pixels[..., 0] > 150) & (seen.pixels[..., 1] < 70)
    assert seen.boxes[0] == pytest.approx(extent(red), abs=1.5)


@pytest.mark.parametrize("scales", [(0.15, 0.15), (0.5, 0.5), (0.9, 0.9), (1.4, 1.4)])
def test_a_framed_box_is_exact_at_every_scale(scales: tuple[float, float]) -> None:
    picture = Image.new("RGB", (400, 300), "white")
    boxed(picture, (120, 80, 280, 240), "#c01010")
    box = np.array([[120, 80, 280, 240]], dtype=np.float32)
    large = Marked(np.asarray(picture), np.array([0]), box)
    for seed in range(4):
        seen = framed(large, 200, np.random.default_rng(seed), scales)
        red = seen.pixels[..., 0].astype(int) - seen.pixels[..., 1] > 80
        assert seen.boxes[0] == pytest.approx(extent(red), abs=1.0)


def test_a_picture_made_small_keeps_the_mean_of_its_pixels() -> None:
    stripes = np.zeros((400, 400, 3), dtype=np.uint8)
    stripes[::2] = 255
    nothing = Marked(stripes, np.empty(0, np.int64), np.empty((0, 4), np.float32))
    seen = framed(nothing, 100, np.random.default_rng(0), (1.0, 1.0))
    assert abs(seen.pixels.astype(int) - 127).max() <= 2


@pytest.mark.parametrize("seed", range(6))
def test_a_pasted_box_is_exact(seed: int) -> None:
    scenes = Scenes(Pictures([], [], [packshot()], [], []), 128, 1, 1)
    seen = scenes._pasted(np.random.default_rng(seed))
    red = np.zeros(seen.pixels.shape[:2], dtype=bool)
    for box in seen.boxes.astype(int):
        part = (slice(box[1], box[3]), slice(box[0], box[2]))
        red[part] = True
        own = looks_red(seen.pixels[part])
        assert extent(own) == pytest.approx([0, 0, own.shape[1], own.shape[0]], abs=1.5)
    assert not looks_red(seen.pixels)[~red].any()


def looks_red(pixels: np.ndarray) -> np.ndarray:
    """What is nearer to the packshot's red than any ground, which is 90 or more in each channel."""
    return (pixels[..., 1] < 75) & (pixels[..., 2] < 75)


def extent(mask: np.ndarray) -> list[float]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)]


def test_equal_steps_draw_equal_scenes() -> None:
    pictures = Pictures([packshot()], [], [packshot()], [], [])
    (first, _), (second, _) = (Scenes(pictures, SIDE, 2, 10)[4] for _ in range(2))
    assert torch.equal(first, second)


def test_a_few_steps_lower_the_loss_and_go_on_from_the_checkpoint(tmp_path: Path) -> None:
    torch.manual_seed(0)
    pictures = Pictures([packshot()], [], [packshot()], [], [])
    plan = Plan(workers=0, look_every=1000, warm_up=4)
    run = start(small(), plan)
    history = fitting.fit(run, Scenes(pictures, SIDE, 4, 36), pictures, plan, tmp_path / "run.pt")
    assert np.mean(history[-4:]) < 0.7 * np.mean(history[:4])
    again = start(small(), plan)
    resume(again, tmp_path / "run.pt")
    assert again.step == 36
    for name, value in run.smooth.state_dict().items():
        assert torch.equal(value, again.smooth.state_dict()[name])
    scenes = Scenes(pictures, SIDE, 4, 38)
    assert len(fitting.fit(again, scenes, pictures, plan, tmp_path / "run.pt")) == 2


def test_what_ships_is_middles_and_sizes_in_pixels_then_scores() -> None:
    detector = small().eval()
    places, strides = net.grid(SIDE)
    distances = torch.full((1, len(places), 4, net.BINS), -30.0)
    for side, distance in enumerate((1, 2, 3, 4)):  # left, top, right and bottom, in strides
        distances[:, :, side, distance] = 30.0
    logits = torch.zeros(1, len(places), len(KINDS))
    detector.forward = lambda _: (distances.flatten(2), logits)
    (head,) = net.Shipped(detector)(torch.zeros(1, 3, SIDE, SIDE))
    assert head.shape == (4 + len(KINDS), len(places))
    assert torch.allclose(head[:2].T, places + strides, atol=1e-3)
    assert torch.allclose(head[2:4].T, strides * torch.tensor([4.0, 6.0]), atol=1e-3)
    assert torch.allclose(head[4:], torch.tensor(0.5))


def test_what_is_exported_agrees_and_finds_the_same_boxes(tmp_path: Path) -> None:
    torch.manual_seed(1)
    detector = small().eval()
    for branch in detector.head.kinds:  # scores above the card's confidence
        torch.nn.init.normal_(branch[-1].weight, std=0.3)
        torch.nn.init.zeros_(branch[-1].bias)
    ship(tmp_path, detector, SIDE)
    dice = np.random.default_rng(0)
    pictures = [Image.fromarray(dice.integers(0, 256, (50, 80, 3), np.uint8)) for _ in range(3)]
    squares = torch.from_numpy(np.stack([yolo.letterbox(one, SIDE)[0] for one in pictures]))
    apart = agreement(detector, tmp_path / "model.onnx", squares)
    assert apart.box < 0.5
    assert apart.score < 0.01
    larger = torch.from_numpy(np.stack([yolo.letterbox(one, 2 * SIDE)[0] for one in pictures]))
    assert agreement(detector, tmp_path / "model.onnx", larger).box < 0.5
    card = read_card(tmp_path / "card.json")
    assert isinstance(card, DetectorCard)
    assert card.kinds == KINDS
    shipped = Detector(card, tmp_path / "model.onnx", Runtime(threads=1))
    with torch.inference_mode():
        tables = net.Shipped(detector)(squares).numpy()
    wanted = [
        yolo.suppress(yolo.decode(one, "channels_first", card.confidence), card.iou, card.max_items)
        for one in tables
    ]
    for found, best, picture in zip(shipped.detect(pictures), wanted, pictures, strict=True):
        place = yolo.fit(Size(*picture.size), SIDE)
        box = yolo.on_picture(best.boxes[0], place, Size(*picture.size))
        assert found[0].score == pytest.approx(float(best.scores[0]), abs=0.01)
        assert found[0].box.as_tuple() == pytest.approx(box.as_tuple(), abs=1.0)


def test_the_whole_command_makes_a_folder_that_opens(data: Path, tmp_path: Path) -> None:
    options = ["--data", str(data), "--out", str(tmp_path / "out"), "--hold-back", "--steps", "2"]
    options += ["--checkpoint", str(tmp_path / "run.pt"), "--batch", "2", "--side", str(SIDE)]
    options += ["--size", str(SIDE), "--threads", "1", "--workers", "0", "--look-every", "1"]
    entry.main(options)
    assert (tmp_path / "run.pt").exists()
    detector = pseudo.opened(tmp_path / "out", 0.0001, 1)
    rows = pseudo.boxes(detector, data)
    assert {row["image"] for row in rows} <= {f"images/{number}.jpg" for number in range(3)}
    pseudo.main(
        ["--data", str(data), "--model", str(tmp_path / "out"), "--out", str(tmp_path / "p.json")]
    )
    assert isinstance(json.loads((tmp_path / "p.json").read_text()), list)


def test_a_run_finds_boxes_for_a_further_training(data: Path, tmp_path: Path) -> None:
    detector = small()
    for branch in detector.head.kinds:  # it sees tops everywhere
        torch.nn.init.zeros_(branch[-1].weight)
        branch[-1].bias.data[KINDS.index("top")] = 3.0
    for branch in detector.head.boxes:  # of three strides to each side
        torch.nn.init.zeros_(branch[-1].weight)
        branch[-1].bias.data.view(4, net.BINS)[:, 3] = 30.0
    run = start(detector, Plan())
    save(run, tmp_path / "run.pt")
    options = ["--data", str(data), "--size", "64", "--threads", "1"]
    options += ["--pseudo", str(tmp_path / "pseudo.json")]
    entry.main([*options, "--pseudo-from", str(tmp_path / "run.pt")])
    rows = json.loads((tmp_path / "pseudo.json").read_text())
    assert [row["image"] for row in rows] == [f"images/{number}.jpg" for number in range(3)]
    assert {row["kind"] for row in rows} == {"top"}
    found = gather(data, hold_back=True, pseudo=tmp_path / "pseudo.json")
    assert [one.boxes[0].tolist() for one in found.phone] == [
        pytest.approx(row["box"], abs=0.01) for row in rows
    ]
    assert all(one.pixels.shape == (80, 100, 3) for one in found.phone)


@pytest.mark.parametrize("options", [[], ["--pseudo-from", "run.pt"]])
def test_a_command_without_a_place_to_write_says_so(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        entry.main(options)
    assert "needed to train" in (said := capsys.readouterr().err) or "needs --pseudo" in said


def test_phone_photos_and_no_packshots_are_enough() -> None:
    pictures = Pictures([], [], [], [packshot()], [])
    _, truths = Scenes(pictures, SIDE, 4, 10)[0]
    assert len(truths) == 4


def test_the_surest_box_of_the_label_is_kept() -> None:
    found = [
        Detection(Box(0, 0, 90, 90), "dress", 0.9),
        Detection(Box(0, 0, 50, 50), "top", 0.6),
        Detection(Box(0, 0, 60, 60), "top", 0.8),
        Detection(Box(0, 0, 5, 5), "top", 0.95),
    ]
    assert pseudo.fitting(found, "top", 100 * 100) == found[2]
    assert pseudo.fitting(found, "skirt", 100 * 100) is None
