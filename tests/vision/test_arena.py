"""The arena of all graphs: kept while graphs run, given back when none did for a while."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from vitrine.core import memory
from vitrine.vision import arena
from vitrine.vision.sessions import Graph, Runtime, open_graph

SIDE = 4_000
TAKEN = 4 * SIDE * SIDE
"""Bytes of what the graph below holds on its way."""


@pytest.fixture
def large(tmp_path: Path) -> Graph:
    """A graph that takes a row and sums up a square of it."""
    row = helper.make_tensor_value_info("row", TensorProto.FLOAT, ["n", SIDE])
    total = helper.make_tensor_value_info("total", TensorProto.FLOAT, ["n", 1])
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [SIDE, SIDE])
    nodes = [
        helper.make_node("Expand", ["row", "shape"], ["square"]),
        helper.make_node("ReduceSum", ["square"], ["total"], keepdims=1),
    ]
    graph = helper.make_graph(nodes, "large", [row], [total], [shape])
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), tmp_path / "large.onnx")
    return open_graph(tmp_path / "large.onnx", Runtime(threads=1))


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_what_a_run_took_is_given_back_when_none_was_for_a_while(
    large: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> float:
        return float(large.run({"row": np.ones((1, SIDE), np.float32)}, "total").sum())

    arena.shrink()  # its small graph runs first: an arena never gives back its first piece
    memory.trim()  # what other tests left
    assert run() == SIDE * SIDE
    busy = resident()
    memory.trim()
    assert resident() > busy - TAKEN / 2, "it was given back while graphs run"
    monkeypatch.setattr(arena, "RESTING", -1.0)
    memory.trim()
    assert resident() < busy - TAKEN / 2
    assert run() == SIDE * SIDE


def test_nothing_is_given_back_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(arena, "shrink", lambda: given.append("all"))
    monkeypatch.setattr(arena, "RESTING", -1.0)
    arena.ran()
    arena.rest()
    arena.rest()
    assert given == ["all"]
