"""Graphs run in PyTorch give what ONNX Runtime gives, and learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from vitrine.core.errors import Invalid
from vitrine.finetune import looking
from vitrine.finetune.nets import Nets
from vitrine.finetune.running import Running
from vitrine.vision.registry import PACKAGED
from vitrine.vision.sessions import Runtime

LINES = ["a red dress", "shoes for men who walk in the rain", ""]


@pytest.mark.parametrize("name", ["clip", "siglip", "vitrine-mini"])
def test_towers_say_the_same_in_pytorch(name: str, models: Path, tmp_path: Path) -> None:
    home = PACKAGED if name == "vitrine-mini" else models
    model = looking.open_model(home / name, tmp_path, Runtime())
    side = model.card.image.size
    pixels = np.random.default_rng(0).normal(size=(2, 3, side, side)).astype(np.float32)
    nets = Nets(model)
    with torch.no_grad():
        made = nets.image({model.card.image.input: torch.from_numpy(pixels)})
        words = nets.worded(model, LINES)[0].numpy()
    seen, features = model.image.run({model.card.image.input: pixels})
    got = made[model.image.neck].flatten(1).numpy()
    assert np.allclose(got, features.astype(np.float32), rtol=2e-3, atol=2e-3)
    assert np.allclose(looking.unit(made[model.image.output].numpy()), seen, atol=1e-5)
    assert np.allclose(words, model.text.run(model.encoder.text_feeds(LINES))[0], atol=1e-5)


def test_half_of_the_way_is_between(models: Path, tmp_path: Path) -> None:
    begun = Nets(looking.open_model(models / "clip", tmp_path, Runtime()))
    learnt = Nets(looking.open_model(models / "clip", tmp_path, Runtime()))
    with torch.no_grad():
        for weight in learnt.parameters():
            weight.add_(1.0)
    half = learnt.mixed(begun, 0.5)
    pairs = zip(half.parameters(), begun.parameters(), strict=True)
    apart = [float((one - other).detach().abs().max()) for one, other in pairs]
    assert np.allclose(apart, 0.5, atol=1e-5)


def test_a_graph_that_cannot_learn_is_refused_with_what_to_do(tmp_path: Path) -> None:
    node = helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "scale", "zero"])
    ends = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2]),
        helper.make_tensor_value_info("y", TensorProto.UINT8, ["n", 2]),
    ]
    graph = helper.make_graph([node], "eight", ends[:1], ends[1:])
    onnx.save(helper.make_model(graph), tmp_path / "eight.onnx")
    with pytest.raises(Invalid, match=r"DynamicQuantizeLinear.*--heads"):
        Running(tmp_path / "eight.onnx", ["y"])
