"""YOLOv8's neck and decoupled head over an EfficientNet-Lite0 backbone.

Written from the published descriptions: CSP blocks with two convolutions (C2f), a path-aggregation
neck, and an anchor-free head that gives each side of a box as a distribution over distances (Li et
al. 2020, generalised focal loss).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from vitrine.finetune import lite
from vitrine.finetune.depthwise import freeze_depthwise
from vitrine.finetune.lite import MEAN, STD

STRIDES = (8, 16, 32)
TAPS = {4: 40, 10: 112, 15: 320}
"""Blocks whose outputs the neck takes, with their channels: strides 8, 16 and 32."""
WIDTHS = (64, 128, 256)
BINS = 16
"""Distances of a side, in strides, that its distribution is over: 0 to 15."""


class Conv(nn.Module):
    """Convolution, BatchNorm, SiLU."""

    def __init__(self, inside: int, outside: int, kernel: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outside, eps=1e-3, momentum=0.03)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, outside, h / stride, w / stride)."""
        return functional.silu(self.norm(self.conv(x)))


class Split(nn.Module):
    """C2f: half the channels pass by, half go through a bottleneck; all of them are joined."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        half = outside // 2
        self.enter = Conv(inside, outside)
        self.first = Conv(half, half, 3)
        self.second = Conv(half, half, 3)
        self.leave = Conv(3 * half, outside)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, outside, h, w)."""
        by, through = self.enter(x).chunk(2, 1)
        return self.leave(torch.cat([by, through, self.second(self.first(through))], 1))


class Pool(nn.Module):
    """SPPF: three max pools in a row, so that a far place sees the whole picture."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.enter = Conv(inside, outside // 2)
        self.leave = Conv(outside * 2, outside)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, outside, h, w)."""
        parts = [self.enter(x)]
        for _ in range(3):
            parts.append(functional.max_pool2d(parts[-1], 5, 1, 2))
        return self.leave(torch.cat(parts, 1))


class Neck(nn.Module):
    """Top-down, then bottom-up: every stride learns from the others."""

    def __init__(self, inside: Sequence[int]) -> None:
        super().__init__()
        small, middle, large = WIDTHS
        self.pool = Pool(inside[2], large)
        self.down_middle = Split(large + inside[1], middle)
        self.down_small = Split(middle + inside[0], small)
        self.halve_small = Conv(small, small, 3, 2)
        self.up_middle = Split(small + middle, middle)
        self.halve_middle = Conv(middle, middle, 3, 2)
        self.up_large = Split(middle + large, large)

    def forward(self, taps: Sequence[Tensor]) -> list[Tensor]:
        """Features of strides 8, 16 and 32."""
        far = self.pool(taps[2])
        middle = self.down_middle(torch.cat([_double(far), taps[1]], 1))
        near = self.down_small(torch.cat([_double(middle), taps[0]], 1))
        middle = self.up_middle(torch.cat([self.halve_small(near), middle], 1))
        far = self.up_large(torch.cat([self.halve_middle(middle), far], 1))
        return [near, middle, far]


class Head(nn.Module):
    """Per place four distributions of distances and a score per kind."""

    def __init__(self, kinds: int) -> None:
        super().__init__()
        self.boxes = nn.ModuleList(_branch(width, 48, 4 * BINS) for width in WIDTHS)
        self.kinds = nn.ModuleList(_branch(width, 64, kinds) for width in WIDTHS)
        for branch in self.kinds:
            nn.init.constant_(branch[-1].bias, -5.0)
        for branch in self.boxes:
            nn.init.constant_(branch[-1].bias, 1.0)

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Distances (n, places, 4 * BINS) and kind logits (n, places, kinds), near places first."""
        boxes = [b(x).flatten(2) for b, x in zip(self.boxes, features, strict=True)]
        kinds = [k(x).flatten(2) for k, x in zip(self.kinds, features, strict=True)]
        return torch.cat(boxes, 2).transpose(1, 2), torch.cat(kinds, 2).transpose(1, 2)


class Detector(nn.Module):
    """RGB pictures (n, 3, side, side) in 0..1 to distances and kind logits of every place."""

    def __init__(self, kinds: int, net: Any = None) -> None:
        """Over this folded backbone, or over one of noise."""
        super().__init__()
        self.net: Any = lite.folded(lite.bare()) if net is None else net
        freeze_depthwise(self.net)
        self.net._conv_head = nn.Identity()
        for block in self.net._blocks[3:]:
            for name in ("_expand_conv", "_project_conv"):
                getattr(block, name).requires_grad_(True)
        self.neck = Neck(list(TAPS.values()))
        self.head = Head(kinds)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Distances (n, places, 4 * BINS) and kind logits (n, places, kinds)."""
        mean = pictures.new_tensor(MEAN).view(1, 3, 1, 1)
        std = pictures.new_tensor(STD).view(1, 3, 1, 1)
        x = self.net._swish(self.net._conv_stem((pictures - mean) / std))
        taps = []
        for index, block in enumerate(self.net._blocks):
            x = lite.through(block, x)
            if index in TAPS:
                taps.append(x)
        return self.head(self.neck(taps))


class Shipped(nn.Module):
    """The detector with its output in YOLOv8's form: (n, 4 + kinds, places)."""

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, images: Tensor) -> Tensor:
        """Middle, width and height in pixels of the square, then a score per kind."""
        distances, kinds = self.detector(images)
        # Not as an int: an exporter follows the side, so that the file takes pictures of others.
        places, strides = grid(images.shape[-1], images.device)
        boxes = corners(expected(distances), places, strides)
        middle = (boxes[..., :2] + boxes[..., 2:]) / 2
        extent = boxes[..., 2:] - boxes[..., :2]
        return torch.cat([middle, extent, kinds.sigmoid()], 2).transpose(1, 2)


def grid(side: int, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
    """Middles of all places (places, 2) in pixels, and their strides (places, 1)."""
    places, strides = [], []
    for stride in STRIDES:
        count = side // stride
        axis = (torch.arange(count, device=device) + 0.5) * stride
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        places.append(torch.stack([x.flatten(), y.flatten()], 1))
        strides.append(torch.full((count * count, 1), float(stride), device=device))
    return torch.cat(places), torch.cat(strides)


def expected(distances: Tensor) -> Tensor:
    """The mean distance (n, places, 4) of each side, in strides."""
    n, places, _ = distances.shape
    chances = distances.view(n, places, 4, BINS).softmax(3)
    return chances @ torch.arange(BINS, dtype=chances.dtype, device=chances.device)


def corners(distances: Tensor, places: Tensor, strides: Tensor) -> Tensor:
    """Boxes (n, places, 4) as x1 y1 x2 y2 in pixels, from distances in strides."""
    reach = distances * strides
    return torch.cat([places - reach[..., :2], places + reach[..., 2:]], -1)


def _branch(inside: int, width: int, outside: int) -> nn.Sequential:
    return nn.Sequential(
        Conv(inside, width, 3), Conv(width, width, 3), nn.Conv2d(width, outside, 1)
    )


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")
