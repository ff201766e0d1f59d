"""Nets read back from exported models say what the ONNX files say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from training import backbone, shipped
from training.data import FACETS, Shot
from training.export import Model, export, folded
from training.labels import HEAD_SCALE, Labels, labels, numbered, scaled
from training.net import Net
from training.towers import ImageHead, ImageTower, TextTower
from training.words import encode
from vitrine.vision.registry import PACKAGED

TOKENIZER = shipped.read_tokenizer(PACKAGED / "vitrine-mini")
SIDE = 64
TEXTS = ("red dress", "ein blaues Hemd", "白いスニーカー", "never seen words", "x")
NEW = "Diving Suits"
RED = {"colour": "Red"}
HELD = ("weight", "bias")


@pytest.fixture(scope="module")
def asked() -> Labels:
    """Two categories, of which the shipped model knows one, and one colour that it knows."""
    shots = [
        Shot(str(n), Path("x"), "products", "train", str(n), facets={"category": kind} | RED)
        for n, kind in enumerate(("Shirts", NEW) * 5)
    ]
    return labels(shots, numbered(shots)[1], TOKENIZER)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A net of random weights, exported; of the categories asked for it knows one."""
    torch.manual_seed(0)
    shots = [
        Shot(str(n), Path("x"), "products", "train", str(n), facets={"category": "Shirts"} | RED)
        for n in range(5)
    ]
    known = labels(shots, numbered(shots)[1], TOKENIZER)
    head = ImageHead(torch.zeros(backbone.WIDTH), torch.ones(backbone.WIDTH))
    net = Net(backbone.load(), head, TextTower(TOKENIZER.get_vocab_size()), known)
    with torch.no_grad():
        for weight in (*net.text.parameters(), *net.head.parameters()):
            weight.add_(0.01 * torch.randn_like(weight))  # of equal weights an export keeps one
    out = tmp_path_factory.mktemp("random")
    heads = {facet: (scaled(net.heads[facet]), values) for facet, values in known.values.items()}
    tower = ImageTower(net.trunk, folded(net.head))
    words = ("random", "0.0.1", "random", "")
    export(out, Model(*words, tower, net.text, TOKENIZER, size=SIDE, heads=heads))
    return out


@pytest.fixture(scope="module")
def net(folder: Path, asked: Labels) -> Net:
    return shipped.read_net(folder, asked).eval()


def ran(path: Path, **inputs: NDArray[np.float32] | NDArray[np.int64]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, inputs)[0])


def test_the_image_tower_says_what_the_file_says(folder: Path, net: Net) -> None:
    pixels = np.random.default_rng(1).normal(size=(3, 3, SIDE, SIDE)).astype(np.float32)
    with torch.inference_mode():
        ours = ImageTower(net.trunk, net.head)(torch.from_numpy(pixels)).numpy()
    theirs = ran(folder / "image.onnx", pixel_values=pixels)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999


def test_the_text_tower_says_what_the_file_says(folder: Path, net: Net) -> None:
    ids, mask = encode(TOKENIZER, TEXTS)
    with torch.inference_mode():
        ours = net.text(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    theirs = ran(folder / "text.onnx", input_ids=ids, attention_mask=mask)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999


def test_heads_are_those_of_the_file_value_by_value(folder: Path, net: Net, asked: Labels) -> None:
    vectors = torch.nn.functional.normalize(torch.randn(5, 256), dim=1)
    with np.load(folder / "heads.npz") as kept, torch.inference_mode():
        for facet, value in (("category", "Shirts"), ("colour", "Red")):
            row = kept[f"{facet}_values"].tolist().index(value)
            weight, bias = (kept[f"{facet}_{part}"][row].astype(np.float32) for part in HELD)
            place = list(asked.values[facet]).index(value)
            ours = HEAD_SCALE * net.heads[facet](vectors)[:, place].numpy()
            np.testing.assert_allclose(ours, vectors.numpy() @ weight + bias, atol=1e-3)
    assert NEW in asked.values["category"]
    assert len(FACETS) > len(asked.values) == 2


def test_the_tokenizer_cuts_and_pads_as_in_training() -> None:
    ids, mask = encode(TOKENIZER, ["red", "a very long line " * 40])
    assert ids.shape == (2, 48)
    assert mask[0].sum() < 48
