"""A trained module as an ONNX file."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

TOKENS, SIDES = {1: "t"}, {2: "h", 3: "w"}
"""Axes that may be free beside the first: of token ids, and of pixels."""


def to_onnx(
    module: nn.Module,
    example: tuple[Tensor, ...],
    names: tuple[list[str], str],
    free: Mapping[int, str] | None = None,
) -> bytes:
    """The module as an ONNX file whose inputs have a free first axis, and those of `free`."""
    inputs, output = names
    axes = {name: {0: "n"} | dict(free or {}) for name in inputs}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # The newer exporter needs one more package, and our graphs gain nothing from it.
        warnings.simplefilter("ignore")
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            module,
            example,
            path,
            dynamo=False,
            opset_version=17,
            input_names=inputs,
            output_names=[output],
            dynamic_axes=axes | {output: {0: "n"}},
        )
        return path.read_bytes()
