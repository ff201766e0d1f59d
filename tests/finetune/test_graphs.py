"""Cutting graphs open, and adding to their end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from vitrine.finetune import graphs
from vitrine.finetune.graphs import Line

DICE = np.random.default_rng(0)
FIRST, LAST = (DICE.normal(size=size).astype(np.float32) for size in ((6, 5), (5, 4)))


@pytest.fixture
def tower(tmp_path: Path) -> Path:
    """Two products with a bend between them, and a side road around the bend."""
    nodes = [
        helper.make_node("MatMul", ["x", "first"], ["a"]),
        helper.make_node("Relu", ["a"], ["bent"]),
        helper.make_node("Add", ["bent", "a"], ["features"]),
        helper.make_node("MatMul", ["features", "last"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tower",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4])],
        [numpy_helper.from_array(FIRST, "first"), numpy_helper.from_array(LAST, "last")],
    )
    path = tmp_path / "tower.onnx"
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


def run(model: bytes, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    made: np.ndarray = session.run(["y"], {"x": x})[0]
    return made


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_necks_are_what_every_road_goes_through(tower: Path) -> None:
    assert list(graphs.necks(graphs.graph(tower), "y")) == ["y", "features", "a"]


def test_features_lie_before_the_last_product(tower: Path) -> None:
    assert graphs.behind_products(graphs.graph(tower), "y") == ["features", "a"]


def test_a_line_is_added_to_the_unit_vector_and_each_part_has_its_length(tower: Path) -> None:
    x = DICE.normal(size=(3, 6)).astype(np.float32)
    line = Line(np.ones((5, 4), np.float32), np.arange(4, dtype=np.float32))
    made = run(graphs.extended(tower, "y", "features", line, [(1, 0.25), (3, 0.75)]), x)
    features = np.maximum(x @ FIRST, 0) + x @ FIRST
    raw = unit(features @ LAST) + features @ line.matrix + line.bias
    wanted = np.concatenate([0.5 * unit(raw[:, :1]), 0.75**0.5 * unit(raw[:, 1:])], axis=1)
    assert np.allclose(made, wanted, atol=1e-3)


def test_nothing_added_leaves_the_direction(tower: Path) -> None:
    x = DICE.normal(size=(3, 6)).astype(np.float32)
    nothing = Line(np.zeros((4, 4), np.float32), np.zeros(4, np.float32))
    made = run(graphs.extended(tower, "y", "y", nothing, [(4, 1.0)]), x)
    before = np.maximum(x @ FIRST, 0) + x @ FIRST
    assert np.allclose(made, unit(before @ LAST), atol=1e-6)


def test_what_was_extended_can_be_extended_again(tower: Path, tmp_path: Path) -> None:
    line = Line(np.ones((5, 4), np.float32), np.zeros(4, np.float32))
    twice = tmp_path / "twice.onnx"
    twice.write_bytes(graphs.extended(tower, "y", "features", line, [(4, 1.0)]))
    found = graphs.behind_products(graphs.graph(twice), "y")
    assert found[-2:] == ["features", "a"]
    made = run(
        graphs.extended(twice, "y", "features", line, [(4, 1.0)]), np.ones((2, 6), np.float32)
    )
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
