"""Zeros around pixels as a convolution adds them itself, not as a step before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, helper
from onnx.reference import ReferenceEvaluator
from onnx.utils import Extractor


def folded(model: bytes) -> bytes:
    """The ONNX file without the Pads whose zeros a convolution can add; it gives the same numbers.

    ONNX Runtime does so itself, but not where an exporter leaves out what is padded with. Each Pad
    that stays has it bring pixels into another layout and back.
    """
    proto = onnx.load_from_string(model)
    graph = proto.graph
    pairs = list(_pairs(graph))
    added = list(_sides(proto, [pad for pad, _ in pairs]))
    for (pad, convolution), sides in zip(pairs, added, strict=True):
        half = len(sides) // 2
        begins, ends = sides[:half], sides[half:]
        if min(sides) < 0 or any((*begins[:2], *ends[:2])):  # of pictures or channels
            continue
        _add(convolution, [*begins[2:], *ends[2:]])
        convolution.input[0] = pad.input[0]
        graph.node.remove(pad)
    _drop_unused(graph)
    onnx.checker.check_model(proto)
    written: bytes = proto.SerializeToString()
    return written


def _pairs(graph: GraphProto) -> Iterator[tuple[NodeProto, NodeProto]]:
    """Each Pad of zeros that nothing but one convolution takes, and that convolution."""
    shown = {output.name for output in graph.output}
    for pad in graph.node:
        takers = [node for node in graph.node if set(pad.output) & set(node.input)]
        told = {each.name: helper.get_attribute_value(each) for each in pad.attribute}
        if (
            pad.op_type == "Pad"
            and told.get("mode", b"constant") == b"constant"
            and not any(pad.input[2:])  # with zeros, along all axes
            and shown.isdisjoint(pad.output)
            and [node.op_type for node in takers] == ["Conv"]
        ):
            yield pad, takers[0]


def _sides(proto: ModelProto, pads: Sequence[NodeProto]) -> Iterator[list[int]]:
    """How many zeros each Pad adds: before on every axis, then after."""
    extractor = Extractor(onnx.shape_inference.infer_shapes(proto))
    for pad in pads:
        alone = extractor.extract_model([], [pad.input[1]])
        [sides] = ReferenceEvaluator(alone).run(None, {})
        yield [int(side) for side in np.asarray(sides)]


def _add(convolution: NodeProto, sides: Sequence[int]) -> None:
    for each in convolution.attribute:
        if each.name == "pads":
            each.ints[:] = [own + more for own, more in zip(each.ints, sides, strict=True)]
            return
    convolution.attribute.append(helper.make_attribute("pads", list(sides)))


def _drop_unused(graph: GraphProto) -> None:
    """Take out what nothing needs any more."""
    while True:
        used = {name for node in graph.node for name in node.input}
        used |= {output.name for output in graph.output}
        unused = [node for node in graph.node if used.isdisjoint(node.output)]
        if not unused:
            break
        for node in unused:
            graph.node.remove(node)
    for weight in [each for each in graph.initializer if each.name not in used]:
        graph.initializer.remove(weight)
