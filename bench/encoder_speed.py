"""How much faster the shipped encoder is than the image tower of CLIP ViT-B/32.

    .venv/bin/python -m bench.encoder_speed

builds that tower (12 layers, width 768, patches of 32, pictures of 224, 512 numbers) as an ONNX
graph with random weights, runs both in turn on one picture in the same process with the same
session options, and prints one JSON line: medians in milliseconds and their ratio.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.registry import PACKAGED
from vitrine.vision.sessions import Graph, Runtime, open_graph

LAYERS, WIDTH, HEADS, PATCH, SIDE, DIMENSION = 12, 768, 12, 32, 224, 512
TOKENS = (SIDE // PATCH) ** 2 + 1


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--encoder", type=Path, default=PACKAGED / "vitrine-mini", help="model folder")
    add("--threads", type=int, default=2, help="threads of each session (%(default)s)")
    add("--runs", type=int, default=30, help="runs of each, in turn (%(default)s)")
    options = parser.parse_args()
    print(json.dumps(measure(options.encoder, options.threads, options.runs)))


def measure(encoder: Path, threads: int = 2, runs: int = 30) -> dict[str, float | int | str]:
    """Median milliseconds of both towers on one picture, and ViT-B/32's over the encoder's."""
    card = read_card(encoder / "card.json")
    if not isinstance(card, EncoderCard):
        raise SystemExit(f"{encoder} is no encoder.")
    runtime = Runtime(threads=threads, batch=1)
    ours = open_graph(encoder / card.image.file, runtime)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vit-b-32.onnx"
        onnx.save(vit(), path)
        theirs = open_graph(path, runtime)
    places = (card.image.input, card.image.output, card.image.size), ("pixels", "embeds", SIDE)
    seconds = _interleaved(((ours, *places[0]), (theirs, *places[1])), runs)
    small, large = (float(np.median(some)) * 1000 for some in seconds)
    return {
        "model": card.model_version,
        "threads": threads,
        "runs": runs,
        "encoder_ms": round(small, 2),
        "vit_b_32_ms": round(large, 2),
        "ratio": round(large / small, 2),
    }


def _interleaved(graphs: tuple[tuple[Graph, str, str, int], ...], runs: int) -> list[list[float]]:
    dice = np.random.default_rng(0)
    pixels = [dice.normal(size=(1, 3, side, side)).astype(np.float32) for _, _, _, side in graphs]
    seconds: list[list[float]] = [[] for _ in graphs]
    for turn in range(runs + 3):
        for place, (graph, given, wanted, _) in enumerate(graphs):
            started = time.perf_counter()
            graph.run({given: pixels[place]}, wanted)
            if turn >= 3:  # the first runs set up memory
                seconds[place].append(time.perf_counter() - started)
    return seconds


def vit() -> onnx.ModelProto:
    """CLIP's ViT-B/32 image tower for one picture, with random weights."""
    draft = _Draft()
    patches = draft.add("Conv", "pixels", draft.weight(WIDTH, 3, PATCH, PATCH), strides=[PATCH] * 2)
    flat = draft.add("Reshape", patches, draft.numbers(1, WIDTH, TOKENS - 1))
    tokens = draft.add("Transpose", flat, perm=[0, 2, 1])
    tokens = draft.add("Concat", draft.weight(1, 1, WIDTH), tokens, axis=1)
    x = draft.norm(draft.add("Add", tokens, draft.weight(1, TOKENS, WIDTH)))
    for _ in range(LAYERS):
        x = draft.add("Add", x, _attention(draft, draft.norm(x)))
        x = draft.add("Add", x, _mlp(draft, draft.norm(x)))
    first = draft.add("Gather", x, draft.numbers(0), axis=1)
    flat = draft.add("Reshape", draft.norm(first), draft.numbers(1, WIDTH))
    draft.add("MatMul", flat, draft.weight(WIDTH, DIMENSION), output="embeds")
    return draft.model()


def _attention(draft: _Draft, x: str) -> str:
    query, key, value = (_heads(draft, draft.linear(x, WIDTH, WIDTH)) for _ in range(3))
    scaled = draft.add("Mul", query, draft.constant((WIDTH // HEADS) ** -0.5))
    scores = draft.add("MatMul", scaled, draft.add("Transpose", key, perm=[0, 1, 3, 2]))
    seen = draft.add("MatMul", draft.add("Softmax", scores, axis=-1), value)
    joined = draft.add("Transpose", seen, perm=[0, 2, 1, 3])
    return draft.linear(draft.add("Reshape", joined, draft.numbers(1, TOKENS, WIDTH)), WIDTH, WIDTH)


def _heads(draft: _Draft, x: str) -> str:
    split = draft.add("Reshape", x, draft.numbers(1, TOKENS, HEADS, WIDTH // HEADS))
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
        pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
        embeds = helper.make_tensor_value_info("embeds", TensorProto.FLOAT, [1, DIMENSION])
        graph = helper.make_graph(self._nodes, "vit-b-32", [pixels], [embeds], self._weights)
        opsets = [helper.make_opsetid("", 17)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


if __name__ == "__main__":
    main()
