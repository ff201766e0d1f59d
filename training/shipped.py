"""Nets to go on from, read back from the folder of a model that was exported.

Checkpoints are large and stay where they were made; the ONNX files that ship hold every weight, as
float16. What they do not hold, the temperature and the way to the teacher's features, begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn

from training import backbone
from training.labels import HEAD_SCALE, Labels
from training.net import Net
from training.towers import ImageHead, TextTower
from training.words import readied
from vitrine.finetune.depthwise import freeze_depthwise

State = dict[str, Tensor]
PARTS = ("weight", "bias")
"""What heads.npz holds of each facet, beside the names of its values."""


def read_tokenizer(folder: Path) -> Tokenizer:
    """The model's own tokenizer, cutting and padding as in training."""
    return readied(Tokenizer.from_file(str(folder / "tokenizer.json")))


def read_net(folder: Path, asked: Labels) -> Net:
    """The net of the folder's files; a facet's values they do not know begin as new ones do."""
    words = text_state(folder / "text.onnx")
    trunk = read_trunk(folder / "image.onnx")
    head = ImageHead(torch.zeros(backbone.WIDTH), torch.ones(backbone.WIDTH))
    text = TextTower(*words["tokens.weight"].shape)
    image = _image_state(folder / "image.onnx", trunk)
    # Before 0.4.0 the head had one layer.
    head.load_state_dict(_under("head.", image), strict="head.up.weight" in image)
    text.load_state_dict(words)
    freeze_depthwise(trunk.net)
    net = Net(trunk, head, text, asked)
    if (folder / "heads.npz").exists():
        _read_heads(folder / "heads.npz", net, asked)
    return net


def read_trunk(path: Path) -> backbone.Trunk:
    """The trunk of an image tower's file, at rest."""
    trunk = backbone.load(pretrained=False)
    trunk.load_state_dict(_under("trunk.", _image_state(path, trunk)))
    return trunk


def _image_state(path: Path, trunk: backbone.Trunk) -> State:
    """Weights by name; the exporter renames those of some convolutions, but keeps their order."""
    graph = onnx.load(path).graph
    given = _given(graph)
    state = {name: value for name, value in given.items() if not name.startswith("onnx::")}
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    for name, node in zip(_convolutions(trunk), nodes, strict=True):
        weight, bias = node.input[1:]
        state[f"trunk.{name}.weight"], state[f"trunk.{name}.bias"] = given[weight], given[bias]
    return state | _products(graph, given)


def text_state(path: Path) -> State:
    """The text tower's weights by name."""
    graph = onnx.load(path).graph
    given = _given(graph)
    state = {name: value for name, value in given.items() if not name.startswith("onnx::")}
    state |= _products(graph, given)
    skip = state.pop("skip.weight", None)
    if skip is not None:  # before 0.4.0 the bag was read off the tokens
        state["bag.weight"] = state["tokens.weight"] @ skip.T
    return state


def _products(graph: onnx.GraphProto, given: State) -> State:
    """The weights that are multiplied with alone, named by their layer and turned round."""
    found = {}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in given:
            layer = node.name.removesuffix("/MatMul").strip("/").replace("/", ".")
            found[f"{layer}.weight"] = given[node.input[1]].T.contiguous()
    return found


def _given(graph: onnx.GraphProto) -> State:
    """All stored weights as float32, under the names they had before they were halved."""
    return {
        one.name.removesuffix(".half"): torch.from_numpy(_single(numpy_helper.to_array(one)))
        for one in graph.initializer
    }


def _single(values: NDArray[np.generic]) -> NDArray[np.float32]:
    return values.astype(np.float32)


def _convolutions(trunk: backbone.Trunk) -> Iterator[str]:
    """The names of the trunk's convolutions in the order of their work."""
    names = [name for name, part in trunk.named_modules() if isinstance(part, nn.Conv2d)]
    blocks = [name for name in names if "_blocks." in name]
    yield "net._conv_stem"
    yield from blocks
    yield "net._conv_head"


def _under(prefix: str, state: Mapping[str, Tensor]) -> State:
    return {name.removeprefix(prefix): v for name, v in state.items() if name.startswith(prefix)}


def _read_heads(path: Path, net: Net, asked: Labels) -> None:
    with np.load(path) as kept, torch.no_grad():
        for facet, values in asked.values.items():
            if f"{facet}_values" not in kept:
                continue
            rows = {value: row for row, value in enumerate(kept[f"{facet}_values"].tolist())}
            head = net.heads[facet]
            for place, value in enumerate(values):
                if value in rows:
                    weight, bias = (kept[f"{facet}_{part}"][rows[value]] for part in PARTS)
                    head.weight[place] = torch.from_numpy(_single(weight)) / HEAD_SCALE
                    head.bias[place] = float(bias) / HEAD_SCALE
