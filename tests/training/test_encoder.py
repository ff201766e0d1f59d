"""A tiny real run of training: painted pictures, few steps, the real export."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from tokenizers import Tokenizer

from training import (
    backbone,
    baseline,
    captions,
    data,
    encoder,
    export,
    features,
    fitting,
    losses,
    views,
)
from training.data import Shot
from training.towers import ImageTower
from training.words import encode
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.preprocess import Recipe

COLOURS = {"Red": "#c02020", "Blue": "#2040c0", "Green": "#208040", "Yellow": "#e0c020"}
COLUMNS = ("external_id", "title", "description", *data.FACETS, "images", "split", "group")


def painted(path: Path, category: str, colour: str, dice: random.Random) -> None:
    picture = Image.new("RGB", (60, 80), "white")
    pen = ImageDraw.Draw(picture)
    left, top = dice.randint(4, 16), dice.randint(4, 24)
    box = (left, top, left + 38, top + 48)
    draw = pen.ellipse if category == "Bags" else pen.rectangle
    draw(box, fill=COLOURS[colour])
    picture.save(path)


def shop(root: Path, count: int = 40) -> Path:
    """A data folder with `count` painted products, a quarter of them dev."""
    dice = random.Random(5)
    folder = root / "products"
    (folder / "images").mkdir(parents=True)
    with (folder / "products.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="")
        table.writeheader()
        for number in range(count):
            category, colour = dice.choice(("Bags", "Shirts")), dice.choice(list(COLOURS))
            painted(folder / "images" / f"{number}.png", category, colour, dice)
            row = {"external_id": number, "title": f"Acme {colour} {category} no {number}"}
            row |= {"category": category, "colour": colour, "brand": "Acme", "group": f"g{number}"}
            split = "dev" if number % 4 == 0 else "train"
            table.writerow(row | {"images": f"images/{number}.png", "split": split})
    return root


@dataclass(frozen=True)
class Fitted:
    """What one run made."""

    folder: Path
    trunk: backbone.Trunk
    towers: fitting.Towers
    tokenizer: Tokenizer
    history: list[float]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    """Towers fitted on the painted shop over a trunk of noise, exported."""
    root = shop(tmp_path_factory.mktemp("data"))
    work = tmp_path_factory.mktemp("work")
    shots = encoder.gather(root, hold_back=False)
    trunk = backbone.load(pretrained=False)
    view = encoder.open_reader(trunk, shots, work)
    plan = fitting.Plan(steps=30, batch=24)
    tokenizer, towers, history = encoder.train(shots, view, plan)
    figures = encoder.measure(shots, view, tokenizer, towers)
    export.export(work / "out", encoder.packed(trunk, towers, tokenizer, figures))
    return Fitted(work / "out", trunk, towers, tokenizer, history)


def agreement(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """The smallest cosine between rows."""
    np.testing.assert_allclose(np.linalg.norm(theirs, axis=1), 1, atol=1e-4)
    return float((ours * theirs).sum(axis=1).min())


def run(path: Path, **inputs: NDArray[np.float32] | NDArray[np.int64]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, inputs)[0])


def test_the_loss_falls(fitted: Fitted) -> None:
    assert len(fitted.history) == 30
    assert np.mean(fitted.history[-5:]) < 0.8 * np.mean(fitted.history[:5])


def test_the_exported_image_tower_is_the_trained_one(fitted: Fitted) -> None:
    dice = np.random.default_rng(1)
    pixels = dice.normal(size=(3, 3, 192, 192)).astype(np.float32)
    with torch.inference_mode():
        ours = ImageTower(fitted.trunk, fitted.towers.head)(torch.from_numpy(pixels)).numpy()
    assert agreement(ours, run(fitted.folder / "image.onnx", pixel_values=pixels)) >= 0.9999
    assert run(fitted.folder / "image.onnx", pixel_values=pixels[:1]).shape == (1, 256)


def test_the_exported_text_tower_is_the_trained_one(fitted: Fitted) -> None:
    texts = ["red bags", "acme blue shirts no 7", "never seen words", "x"]
    ids, mask = encode(fitted.tokenizer, texts)
    with torch.inference_mode():
        ours = fitted.towers.text(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    theirs = run(fitted.folder / "text.onnx", input_ids=ids, attention_mask=mask)
    assert agreement(ours, theirs) >= 0.9999


def test_padding_does_not_change_a_text(fitted: Fitted) -> None:
    ids, mask = encode(fitted.tokenizer, ["red bags"])
    longer = np.pad(ids, ((0, 0), (0, 9))), np.pad(mask, ((0, 0), (0, 9)))
    path = fitted.folder / "text.onnx"
    short = run(path, input_ids=ids, attention_mask=mask)
    padded = run(path, input_ids=longer[0], attention_mask=longer[1])
    np.testing.assert_allclose(short, padded, atol=1e-5)


def test_the_card_describes_the_files(fitted: Fitted) -> None:
    card = read_card(fitted.folder / "card.json")
    assert isinstance(card, EncoderCard)
    assert (card.dimension, card.image.size, card.text.pad_id) == (256, 192, 0)
    for file in card.files:
        assert (fitted.folder / file.file).stat().st_size == file.bytes
    assert card.figures["n"] == 10
    assert sum(file.bytes or 0 for file in card.files) < 12_000_000


def test_the_exported_tokenizer_reads_as_the_trained_one(fitted: Fitted) -> None:
    again = Tokenizer.from_file(str(fitted.folder / "tokenizer.json"))
    assert again.encode("Red BAGS").ids == fitted.tokenizer.encode("red bags").ids
    assert again.padding is None
    assert again.truncation is None


def test_features_are_read_once(tmp_path: Path) -> None:
    root = shop(tmp_path / "data", count=4)
    shots = data.products(root)
    trunk = backbone.load(pretrained=False)
    graph = backbone.to_onnx(trunk, (torch.zeros(1, 3, 192, 192),), (["pixel_values"], "features"))
    recipe = Recipe(192, backbone.MEAN, backbone.STD)
    view = features.reader(graph, recipe, tmp_path / "cache")
    first = view.read(shots, "plain", "test")
    for shot in shots:
        shot.path.unlink()
    np.testing.assert_array_equal(first, view.read(shots, "plain", "test"))
    assert first.shape == (4, backbone.WIDTH)


def test_a_made_up_view_depends_on_its_seed_alone(tmp_path: Path) -> None:
    painted(tmp_path / "p.png", "Bags", "Red", random.Random(0))
    picture = Image.open(tmp_path / "p.png")
    one, same, other = (views.synthetic(picture, seed, [tmp_path / "p.png"]) for seed in "aab")
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_captions_speak_only_of_what_is_known() -> None:
    known = {"category": "Tshirts", "colour": "Red"}
    shot = Shot("1", Path("x"), "products", "train", "g", facets=known)
    dice = random.Random(0)
    lines = [captions.caption(shot, dice) for _ in range(50)]
    assert {facet for line in lines for facet in line.facets} == {0, 1}
    assert all(("red" in line.text) == (1 in line.facets) for line in lines)


def test_a_caption_is_right_for_every_shot_it_describes() -> None:
    facets = torch.tensor([[0, 1], [0, 1], [0, -1], [2, 1]])
    spoken = torch.tensor([[True, True], [True, False], [False, False], [True, True]])
    right, unknown = losses.matches(facets, spoken, torch.arange(4))
    assert right.tolist() == [
        [True, True, False, False],
        [True, True, True, False],
        [False, False, True, False],
        [False, False, False, True],
    ]
    assert unknown.nonzero().tolist() == [[0, 2]]


def test_validation_is_a_tenth_and_follows_the_group() -> None:
    shots = [Shot(str(i), Path("x"), "products", "train", f"g{i // 2}") for i in range(4000)]
    fit, held, dev = data.cut(shots)
    assert 300 < len(held) < 500
    assert not dev
    assert not {shot.group for shot in fit} & {shot.group for shot in held}


def test_the_baseline_is_the_bare_trunk(tmp_path: Path) -> None:
    trunk = backbone.load(pretrained=False)
    baseline.write(tmp_path, trunk)
    card = read_card(tmp_path / "card.json")
    assert isinstance(card, EncoderCard)
    assert card.dimension == backbone.DEEP_WIDTH
    pixels = np.random.default_rng(1).normal(size=(2, 3, 192, 192)).astype(np.float32)
    with torch.inference_mode():
        deep = trunk(torch.from_numpy(pixels))[:, backbone.EARLY_WIDTH :]
    ours = torch.nn.functional.normalize(deep, dim=-1).numpy()
    assert agreement(ours, run(tmp_path / "image.onnx", pixel_values=pixels)) >= 0.9999
