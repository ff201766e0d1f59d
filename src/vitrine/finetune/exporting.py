"""A trained module as an ONNX file."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn


def to_onnx(module: nn.Module, example: tuple[Tensor, ...], names: tuple[list[str], str]) -> bytes:
    """The module as an ONNX file with a free first axis (and second, for token ids)."""
    inputs, output = names
    axes = {name: {0: "n"} | ({1: "t"} if name != "pixel_values" else {}) for name in inputs}
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
