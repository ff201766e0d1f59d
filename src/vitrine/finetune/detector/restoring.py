"""A detector to go on from, read back from the ONNX file that was exported of one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from vitrine.core.errors import Invalid
from vitrine.finetune.detector.agreement import agreement
from vitrine.finetune.detector.exporting import fused
from vitrine.finetune.detector.net import Detector

CLOSE = 0.05
"""By how much scores may differ, since a file may be of another precision."""

Weights = tuple[Tensor, Tensor | None]


def restore(graph: Path, kinds: int, side: int) -> Detector:
    """The detector of `kinds` kinds in the file, its BatchNorms folded into the convolutions.

    Raises Invalid where the file is of another net: what it says of pictures of this side decides.
    """
    detector = fused(Detector(kinds))
    given, convolutions = list(_convolutions(graph)), _in_order(detector, side)
    if [tuple(weight.shape) for weight, _ in given] != [
        tuple(one.weight.shape) for one in convolutions
    ]:
        raise _another(graph)
    with torch.no_grad():
        for one, (weight, bias) in zip(convolutions, given, strict=True):
            one.weight.copy_(weight)
            if one.bias is not None and bias is not None:
                one.bias.copy_(bias)
    noise = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    if agreement(detector.eval(), graph, noise).score > CLOSE:
        raise _another(graph)
    return detector


def _convolutions(graph: Path) -> Iterator[Weights]:
    """Weights and bias of every convolution in the order of their work, as float32.

    The exporter renames those of some, but keeps their order.
    """
    proto = onnx.load(graph).graph
    given = {one.name.removesuffix(".half"): one for one in proto.initializer}
    for node in proto.node:
        if node.op_type == "Conv":
            read = [_tensor(given[name]) for name in node.input[1:] if name in given]
            if read:
                yield read[0], read[1] if len(read) > 1 else None


def _tensor(stored: onnx.TensorProto) -> Tensor:
    return torch.from_numpy(numpy_helper.to_array(stored).astype(np.float32))


def _in_order(detector: Detector, side: int) -> list[nn.Conv2d]:
    """The detector's convolutions in the order of their work."""
    ran: list[nn.Conv2d] = []
    hooks = [
        part.register_forward_hook(lambda one, _given, _made: ran.append(one))
        for part in detector.modules()
        if isinstance(part, nn.Conv2d)
    ]
    with torch.inference_mode():
        detector(torch.zeros(1, 3, side, side))
    for hook in hooks:
        hook.remove()
    return ran


def _another(graph: Path) -> Invalid:
    return Invalid(
        "train_base",
        f"{graph} is not a detector that Vitrine trained: only those can be tuned further.",
    )
