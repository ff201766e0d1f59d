"""A tower's ONNX graph as a PyTorch module whose weights can learn, and be written back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from vitrine.core.errors import Invalid
from vitrine.finetune.operations import OPERATIONS

LEARN_FROM = 64
"""Smaller weights, and all that are one number a channel, rest."""


class Running(nn.Module):
    """A graph that is run node by node; gives the outputs that are asked for, by name.

    Its matrices and kernels learn. Raises Invalid for a graph with operations that have no
    gradient here, such as those of eight bits.
    """

    def __init__(self, path: Path, outputs: Sequence[str]) -> None:
        super().__init__()
        graph = onnx.load(path).graph
        unknown = {node.op_type for node in graph.node} - {*OPERATIONS, "Constant"}
        if unknown:
            raise Invalid(
                "finetune_graph",
                f"{path} cannot learn end to end: it has {', '.join(sorted(unknown))}. Tune what "
                "follows its last features with --heads, or begin with a float32 or float16 model.",
            )
        self.outputs = list(outputs)
        fixed = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self.steps: list[tuple[str, dict[str, Any], list[str], list[str]]] = []
        self.fixed: dict[str, Tensor] = {}
        self.weights = nn.ParameterDict()
        self.names: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        for node in graph.node:
            self._take(node, fixed)
        for name, value in fixed.items():
            self._keep(name, name, value)

    def forward(self, feeds: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The outputs by name."""
        env: dict[str, Tensor] = {**self.fixed, **feeds}
        env.update({name: self.weights[key] for name, key in self.names.items()})
        for kind, how, takes, gives in self.steps:
            made = OPERATIONS[kind](how, *(env[name] if name else None for name in takes))
            if len(gives) == 1 and not isinstance(made, tuple):
                env[gives[0]] = made
            else:
                env.update(zip(gives, made, strict=True))
        return {name: env[name] for name in self.outputs}

    def written(self, path: Path) -> bytes:
        """The graph in a file, with what these weights are now, as it stores them."""
        model = onnx.load(path)
        now = {self.sources[name]: self.weights[key] for name, key in self.names.items()}
        for one in model.graph.initializer:
            if one.name in now:
                before = numpy_helper.to_array(one)
                after = now[one.name].detach().cpu().numpy().astype(before.dtype)
                one.CopyFrom(numpy_helper.from_array(after, one.name))
        data: bytes = model.SerializeToString()
        return data

    def _take(self, node: onnx.NodeProto, fixed: Mapping[str, Any]) -> None:
        how = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        how = {name: _value(value) for name, value in how.items()}
        if node.op_type == "Constant":
            self.fixed[node.output[0]] = torch.from_numpy(np.array(how["value"]))
        elif node.op_type == "Cast" and node.input[0] in fixed:
            value = fixed[node.input[0]].astype(helper.tensor_dtype_to_np_dtype(how["to"]))
            self._keep(node.output[0], node.input[0], value)
        else:
            self.steps.append((node.op_type, how, list(node.input), list(node.output)))

    def _keep(self, name: str, source: str, value: Any) -> None:
        kept = torch.from_numpy(np.array(value))
        if not kept.is_floating_point() or kept.dim() < 2 or kept.numel() < LEARN_FROM:
            self.fixed[name] = kept
            return
        key = f"w{len(self.names)}"
        self.weights[key] = nn.Parameter(kept.float())
        self.names[name], self.sources[name] = key, source


def _value(value: Any) -> Any:
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value
