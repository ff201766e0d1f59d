"""CLIP's ViT-B/32 image tower in its true shape with random weights, as a graph and as a model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tests.worlds import graphs

LAYERS, WIDTH, HEADS, PATCH, SIDE, DIMENSION = 12, 768, 12, 32, 224, 512
TOKENS = (SIDE // PATCH) ** 2 + 1


def vit() -> onnx.ModelProto:
    """CLIP's ViT-B/32 image tower for any number of pictures, with random weights."""
    draft = _Draft()
    patches = draft.add("Conv", "pixels", draft.weight(WIDTH, 3, PATCH, PATCH), strides=[PATCH] * 2)
    flat = draft.add("Reshape", patches, draft.numbers(0, WIDTH, TOKENS - 1))
    tokens = draft.add("Transpose", flat, perm=[0, 2, 1])
    # A zero before them is the class token: what is added to all of them makes it what it is.
    pads = draft.numbers(0, 1, 0, 0, 0, 0)
    tokens = draft.add("Pad", tokens, pads)
    x = draft.norm(draft.add("Add", tokens, draft.weight(1, TOKENS, WIDTH)))
    for _ in range(LAYERS):
        x = draft.add("Add", x, _attention(draft, draft.norm(x)))
        x = draft.add("Add", x, _mlp(draft, draft.norm(x)))
    first = draft.add("Gather", x, draft.numbers(0), axis=1)
    flat = draft.add("Reshape", draft.norm(first), draft.numbers(0, WIDTH))
    draft.add("MatMul", flat, draft.weight(WIDTH, DIMENSION), output="embeds")
    return draft.model()


def _attention(draft: _Draft, x: str) -> str:
    query, key, value = (_heads(draft, draft.linear(x, WIDTH, WIDTH)) for _ in range(3))
    scaled = draft.add("Mul", query, draft.constant((WIDTH // HEADS) ** -0.5))
    scores = draft.add("MatMul", scaled, draft.add("Transpose", key, perm=[0, 1, 3, 2]))
    seen = draft.add("MatMul", draft.add("Softmax", scores, axis=-1), value)
    joined = draft.add("Transpose", seen, perm=[0, 2, 1, 3])
    return draft.linear(draft.add("Reshape", joined, draft.numbers(0, TOKENS, WIDTH)), WIDTH, WIDTH)


def _heads(draft: _Draft, x: str) -> str:
    split = draft.add("Reshape", x, draft.numbers(0, TOKENS, HEADS, WIDTH // HEADS))
    return draft.add("Transpose", split, perm=[0, 2, 1, 3])


def _mlp(draft: _Draft, x: str) -> str:
    inner = draft.linear(x, WIDTH, 4 * WIDTH)
    gate = draft.add("Sigmoid", draft.add("Mul", inner, draft.constant(1.702)))
    return draft.linear(draft.add("Mul", inner, gate), 4 * WIDTH, WIDTH)


class _Draft:
    """A graph in the making: every call adds a node or a weight and says its name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._dice = np.random.default_rng(0)

    def add(self, kind: str, *inputs: str, output: str = "", **settings: Any) -> str:
        output = output or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **settings))
        return output

    def keep(self, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values, name))
        return name

    def weight(self, *shape: int) -> str:
        return self.keep(self._dice.standard_normal(shape, dtype=np.float32) * 0.02)

    def numbers(self, *values: int) -> str:
        return self.keep(np.array(values, dtype=np.int64))

    def constant(self, value: float) -> str:
        return self.keep(np.array(value, dtype=np.float32))

    def linear(self, x: str, width: int, out: int) -> str:
        return self.add("Add", self.add("MatMul", x, self.weight(width, out)), self.weight(out))

    def norm(self, x: str) -> str:
        weight, bias = self.keep(np.ones(WIDTH, np.float32)), self.keep(np.zeros(WIDTH, np.float32))
        return self.add("LayerNormalization", x, weight, bias, axis=-1, epsilon=1e-5)

    def model(self) -> onnx.ModelProto:
        pixels = helper.make_tensor_value_info(
            "pixels", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE]
        )
        embeds = helper.make_tensor_value_info("embeds", TensorProto.FLOAT, ["batch", DIMENSION])
        graph = helper.make_graph(self._nodes, "vit-b-32", [pixels], [embeds], self._weights)
        opsets = [helper.make_opsetid("", 17)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def write_encoder(folder: Path) -> Path:
    """An encoder in folder/vit-b-32: that image tower, and a text tower that costs nothing."""
    home = graphs.write_encoder(folder, name="vit-b-32")
    onnx.save(vit(), home / "image.onnx")
    onnx.save(_widened(onnx.load(home / "text.onnx"), "text_embeds"), home / "text.onnx")
    card = json.loads((home / "card.json").read_text())
    card["dimension"] = DIMENSION
    card["image"] |= {"input": "pixels", "output": "embeds", "size": SIDE}
    for tower in ("image", "text"):
        data = (home / card[tower]["file"]).read_bytes()
        card[tower] |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (home / "card.json").write_text(json.dumps(card))
    return home


def _widened(model: onnx.ModelProto, output: str) -> onnx.ModelProto:
    """The graph with its output spread over as many numbers as the image tower gives."""
    for node in model.graph.node:
        node.output[:] = ["narrow" if each == output else each for each in node.output]
    width = graphs.DIMENSION
    spread = np.random.default_rng(0).standard_normal((width, DIMENSION), dtype=np.float32)
    model.graph.initializer.append(numpy_helper.from_array(spread, "spread"))
    model.graph.node.append(helper.make_node("MatMul", ["narrow", "spread"], [output]))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = DIMENSION
    return model
