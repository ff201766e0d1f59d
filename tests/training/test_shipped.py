"""Nets read back from exported models say what the ONNX files say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from training import shipped
from training.data import FACETS, Shot
from training.labels import HEAD_SCALE, Labels, labels, numbered
from training.net import Net
from training.towers import ImageTower
from training.words import encode
from vitrine.vision.registry import PACKAGED

FOLDER = PACKAGED / "vitrine-mini"
SIDE = 224
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
    return labels(shots, numbered(shots)[1], shipped.read_tokenizer(FOLDER))


@pytest.fixture(scope="module")
def net(asked: Labels) -> Net:
    return shipped.read_net(FOLDER, asked).eval()


def ran(name: str, **inputs: NDArray[np.float32] | NDArray[np.int64]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(FOLDER / name, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, inputs)[0])


def test_the_image_tower_says_what_the_shipped_file_says(net: Net) -> None:
    pixels = np.random.default_rng(1).normal(size=(3, 3, SIDE, SIDE)).astype(np.float32)
    with torch.inference_mode():
        ours = ImageTower(net.trunk, net.head)(torch.from_numpy(pixels)).numpy()
    theirs = ran("image.onnx", pixel_values=pixels)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999


def test_the_text_tower_says_what_the_shipped_file_says(net: Net) -> None:
    ids, mask = encode(shipped.read_tokenizer(FOLDER), TEXTS)
    with torch.inference_mode():
        ours = net.text(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    theirs = ran("text.onnx", input_ids=ids, attention_mask=mask)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999


def test_heads_are_those_of_the_shipped_file_value_by_value(net: Net, asked: Labels) -> None:
    vectors = torch.nn.functional.normalize(torch.randn(5, 256), dim=1)
    with np.load(FOLDER / "heads.npz") as kept, torch.inference_mode():
        for facet, value in (("category", "Shirts"), ("colour", "Red")):
            row = kept[f"{facet}_values"].tolist().index(value)
            weight, bias = (kept[f"{facet}_{part}"][row].astype(np.float32) for part in HELD)
            place = list(asked.values[facet]).index(value)
            ours = HEAD_SCALE * net.heads[facet](vectors)[:, place].numpy()
            np.testing.assert_allclose(ours, vectors.numpy() @ weight + bias, atol=1e-3)
    assert NEW in asked.values["category"]
    assert len(FACETS) > len(asked.values) == 2


def test_the_tokenizer_cuts_and_pads_as_in_training() -> None:
    ids, mask = encode(shipped.read_tokenizer(FOLDER), ["red", "a very long line " * 40])
    assert ids.shape == (2, 48)
    assert mask[0].sum() < 48
