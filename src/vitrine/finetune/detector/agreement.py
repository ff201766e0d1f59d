"""Whether an exported detector says what the trained one says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from vitrine.finetune.detector.net import Detector, Shipped


@dataclass(frozen=True, slots=True)
class Agreement:
    """The largest difference between both, of box numbers in pixels and of scores 0 to 1."""

    box: float
    score: float


def agreement(detector: Detector, graph: Path, pictures: Tensor) -> Agreement:
    """How far the ONNX file differs from the detector on pictures (n, 3, side, side) in 0..1.

    Weights stored as float16 alone make differences of some tenths of a pixel.
    """
    with torch.inference_mode():
        wanted = Shipped(detector).eval()(pictures).numpy()
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    (table,) = session.run(None, {session.get_inputs()[0].name: pictures.numpy()})
    apart = np.abs(table - wanted)
    return Agreement(float(apart[:, :4].max()), float(apart[:, 4:].max()))
