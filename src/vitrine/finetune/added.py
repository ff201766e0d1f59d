"""What is added to a tower: a straight line from its last features, nothing at first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from vitrine.finetune.graphs import Line
from vitrine.finetune.looking import Halves
from vitrine.vision.types import Vector

AXES = 512
SPARE = 32
SEEN = 6000


class Added(nn.Module):
    """Vectors (n, d) and compressed features (n, k) to vectors (n, d), each part at its length.

    A line is added to the vectors; `share` of it (WiSE-FT), so that 0 is the model as it was.
    """

    def __init__(self, axes: int, parts: Sequence[tuple[int, float]]) -> None:
        super().__init__()
        self.line = nn.Linear(axes, sum(size for size, _ in parts))
        nn.init.zeros_(self.line.weight)
        nn.init.zeros_(self.line.bias)
        self.sizes = [size for size, _ in parts]
        self.lengths = [weight**0.5 for _, weight in parts]

    def forward(self, vectors: Tensor, rows: Tensor, share: float = 1.0) -> Tensor:
        """The vectors with what the rows add."""
        raw = vectors + share * self.line(rows)
        units = [functional.normalize(part, dim=1) for part in raw.split(self.sizes, dim=1)]
        return torch.cat([one * x for one, x in zip(self.lengths, units, strict=True)], dim=1)


class Compression(nn.Module):
    """Features (n, f) to their first principal numbers (n, k), the later ones lifted half-way."""

    mean: Tensor
    axes: Tensor

    def __init__(self, mean: Tensor, axes: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("axes", axes)

    def forward(self, features: Tensor) -> Tensor:
        """The numbers (n, k)."""
        return (features.float() - self.mean) @ self.axes


def compression(features: Halves, seed: int = 0) -> Compression:
    """A compression fitted to some rows of features."""
    torch.manual_seed(seed)
    step = max(1, len(features) // SEEN)
    rows = torch.from_numpy(features[::step].astype(np.float32))
    mean = rows.mean(dim=0)
    count = min(AXES, *rows.shape)
    _, spreads, axes = torch.svd_lowrank(rows - mean, q=min(count + SPARE, *rows.shape), niter=3)
    spreads, axes = spreads[:count] / len(rows) ** 0.5, axes[:, :count]
    # Whole rounding would make noise of the last axes as loud as what the first ones tell.
    scale = spreads.clamp(min=1e-3 * float(spreads[0])) ** -0.5
    total = ((spreads * scale) ** 2).sum() ** 0.5
    return Compression(mean, axes * (scale / total))


def compressed(by: Compression, features: Halves) -> Tensor:
    """The numbers (n, k) of all features, a few at a time."""
    parts = [
        by(torch.from_numpy(some)) for some in np.array_split(features, len(features) // 4096 + 1)
    ]
    return torch.cat(parts)


def line(added: Added, by: Compression, share: float) -> Line:
    """The line from raw features that adds the same."""
    with torch.inference_mode():
        matrix = share * (by.axes @ added.line.weight.T)
        bias = share * added.line.bias - by.mean @ matrix
    return Line(matrix.numpy().astype(np.float32), bias.numpy().astype(np.float32))


def vectors(added: Added, seen: Vector, rows: Tensor, share: float = 1.0) -> Vector:
    """The vectors (n, d) of everything seen, without gradients."""
    with torch.inference_mode():
        parts = zip(torch.from_numpy(seen).split(4096), rows.split(4096), strict=True)
        return torch.cat([added(some, row, share) for some, row in parts]).numpy()
