"""ONNX graphs cut open: where a tower's last features are, and what is added behind its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]

PRODUCTS = frozenset(("MatMul", "Gemm", "Conv", "MatMulInteger", "ConvInteger"))
"""Nodes that multiply with weights: what lies before the last of them are features."""
WIDEST = 8192
"""Wider tensors are maps of a picture or words of a line, not features of the whole."""
ADDED = "tuned"


@dataclass(frozen=True, slots=True)
class Line:
    """From features (n, f) to numbers (n, d): a matrix (f, d), and what is added."""

    matrix: Floats
    bias: Floats


def necks(graph: onnx.GraphProto, output: str) -> Iterator[str]:
    """The tensors, from the output backwards, through which everything goes that becomes it."""
    inputs = {one.name for one in graph.input} - {one.name for one in graph.initializer}
    places = {name: place for place, node in enumerate(graph.node) for name in node.output}
    varying = _varying(graph, inputs)
    made_by, waiting = set(), {output}
    while waiting and not waiting & inputs:
        if len(waiting) == 1:
            yield next(iter(waiting))
        place = max(places[name] for name in waiting)
        node = graph.node[place]
        made_by.add(node.op_type)
        waiting = waiting - set(node.output) | {name for name in node.input if name in varying}


def behind_products(graph: onnx.GraphProto, output: str) -> list[str]:
    """The necks that have a product with weights between them and the output, nearest first."""
    found = []
    places = {name: place for place, node in enumerate(graph.node) for name in node.output}
    end = places[output]
    for name in necks(graph, output):
        between = graph.node[places[name] + 1 : end + 1]
        if any(node.op_type in PRODUCTS for node in between):
            found.append(name)
    return found


def graph(path: Path) -> onnx.GraphProto:
    """The graph in a file."""
    found: onnx.GraphProto = onnx.load(path).graph
    return found


def with_outputs(path: Path, names: Sequence[str]) -> bytes:
    """The graph in a file, giving these tensors too."""
    model = onnx.load(path)
    given = {one.name for one in model.graph.output}
    for name in names:
        if name not in given:
            model.graph.output.append(helper.make_empty_tensor_value_info(name))
    return _bytes(model)


def extended(
    path: Path, output: str, features: str, line: Line, parts: Sequence[tuple[int, float]]
) -> bytes:
    """The graph with a line from its features added to its output, each part of it, of so many
    numbers, brought to its length anew."""
    model = onnx.load(path)
    graph = model.graph
    mark = f"{ADDED}{sum(node.name.endswith('/line') for node in graph.node)}"
    old = f"{output}.{mark}"
    for node in graph.node:
        node.input[:] = [old if name == output else name for name in node.input]
        node.output[:] = [old if name == output else name for name in node.output]
    own = old if features == output else features
    _store(graph, f"{mark}.matrix", line.matrix, f"{mark}.bias", line.bias)
    add = graph.node.append
    add(_node("LpNormalization", [old], [f"{mark}/unit"], axis=-1, p=2))
    shown = f"{mark}/unit" if own == old else own
    add(_node("Flatten", [shown], [f"{mark}/features"], axis=1))
    add(
        _node(
            "Gemm",
            [f"{mark}/features", f"{mark}.matrix", f"{mark}.bias"],
            [f"{mark}/said"],
            name=f"{mark}/line",
        )
    )
    add(_node("Add", [f"{mark}/unit", f"{mark}/said"], [f"{mark}/sum"]))
    _weigh(graph, mark, output, parts)
    onnx.checker.check_model(model)
    return _bytes(model)


def _weigh(
    graph: onnx.GraphProto, mark: str, output: str, parts: Sequence[tuple[int, float]]
) -> None:
    sizes = np.array([size for size, _ in parts], dtype=np.int64)
    lengths = [np.float32(weight**0.5) for _, weight in parts]
    graph.initializer.append(numpy_helper.from_array(sizes, f"{mark}.sizes"))
    names = [f"{mark}/part{number}" for number in range(len(parts))]
    graph.node.append(_node("Split", [f"{mark}/sum", f"{mark}.sizes"], names, axis=-1))
    for name, length in zip(names, lengths, strict=True):
        graph.initializer.append(numpy_helper.from_array(np.array(length), f"{name}.length"))
        unit = _node("LpNormalization", [name], [f"{name}/unit"], axis=-1, p=2)
        weighed = _node("Mul", [f"{name}/unit", f"{name}.length"], [f"{name}/weighed"])
        graph.node.extend([unit, weighed])
    ends = [f"{name}/weighed" for name in names]
    graph.node.append(_node("Concat", ends, [output], axis=-1))


def _store(graph: onnx.GraphProto, name: str, matrix: Floats, other: str, bias: Floats) -> None:
    """The matrix in half precision, as the Cast behind it is computed once while loading."""
    half = numpy_helper.from_array(matrix.astype(np.float16), f"{name}.half")
    graph.initializer.extend([half, numpy_helper.from_array(bias.astype(np.float32), other)])
    graph.node.append(_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))


def _node(
    kind: str, takes: Sequence[str], gives: Sequence[str], name: str = "", **how: Any
) -> onnx.NodeProto:
    made: onnx.NodeProto = helper.make_node(kind, takes, gives, name=name, **how)
    return made


def _varying(graph: onnx.GraphProto, inputs: set[str]) -> set[str]:
    """The tensors that depend on what the graph is given."""
    found = set(inputs)
    for node in graph.node:
        if any(name in found for name in node.input):
            found.update(node.output)
    return found


def _bytes(model: onnx.ModelProto) -> bytes:
    written: bytes = model.SerializeToString()
    return written
