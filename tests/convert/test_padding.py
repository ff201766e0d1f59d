"""Zeros before a convolution become its own, and nothing else does."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from vitrine.convert.padding import folded

DICE = np.random.default_rng(0)
PIXELS = DICE.normal(size=(2, 3, 9, 8)).astype(np.float32)
KERNELS = DICE.normal(size=(4, 3, 3, 3)).astype(np.float32)
BELOW = (0, 0, 0, 0, 0, 0, 1, 2)


def model(sides: tuple[int, ...], value: float | None = None, *, shown: bool = False) -> bytes:
    """A Pad whose sides are computed, and a convolution of stride two with a pad of its own."""
    given = ["pixels", "sides"] if value is None else ["pixels", "sides", "value"]
    nodes = [
        helper.make_node("Cast", ["told"], ["sides"], to=TensorProto.INT64),
        helper.make_node("Pad", given, ["padded"]),
        helper.make_node("Conv", ["padded", "kernels"], ["y"], strides=[2, 2], pads=[1, 0, 0, 0]),
    ]
    known = [
        numpy_helper.from_array(np.asarray(sides, np.int32), "told"),
        numpy_helper.from_array(KERNELS, "kernels"),
        *([] if value is None else [numpy_helper.from_array(np.array(value, np.float32), "value")]),
    ]
    wanted = ["y", "padded"] if shown else ["y"]
    graph = helper.make_graph(
        nodes,
        "padded",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 9, 8])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [*"nchw"]) for name in wanted],
        known,
    )
    opset = [helper.make_opsetid("", 17)]
    made: bytes = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    return made


def kinds(made: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_from_string(made).graph.node]


def run(made: bytes) -> np.ndarray:
    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    told: np.ndarray = session.run(["y"], {"pixels": PIXELS})[0]
    return told


def test_zeros_before_a_convolution_become_its_own() -> None:
    before = model(BELOW)
    after = folded(before)
    assert kinds(after) == ["Conv"]
    assert run(after).shape == run(before).shape
    assert run(after) == pytest.approx(run(before), abs=1e-6)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(model(BELOW, 1.0), id="ones"),
        pytest.param(model((0, 1, 0, 0, 0, -1, 0, 0)), id="channels"),
        pytest.param(model(BELOW, shown=True), id="shown"),
    ],
)
def test_what_a_convolution_cannot_add_stays(before: bytes) -> None:
    after = folded(before)
    assert "Pad" in kinds(after)
    assert (run(after) == run(before)).all()
