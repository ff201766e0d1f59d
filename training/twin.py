"""Two nets that begin as one: what ImageNet taught, and what the shop's photos made of it.

Fine-tuning left stem and first blocks as they were, so both nets share them, and with pictures of
192 pixels both together take little longer than one with 224.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.backbone import DEEP_WIDTH, EARLY_BLOCKS, EARLY_WIDTH, Trunk, central
from training.counts import WIDTH as COUNTS
from training.counts import ColourCounts
from vitrine.finetune.lite import inner, outer

SHARED = 3
"""So many blocks are the same in both nets."""
SIZE = 192
WIDTH = COUNTS + EARLY_WIDTH + 2 * DEEP_WIDTH
COLOURS = slice(0, COUNTS)
EARLY = slice(COUNTS, COUNTS + EARLY_WIDTH)
BEGUN = slice(EARLY.stop, EARLY.stop + DEEP_WIDTH)
OWN = slice(BEGUN.stop, BEGUN.stop + DEEP_WIDTH)
"""Where in the features what lies: roots of colour counts, early activations, last features."""


class Twin(nn.Module):
    """Normalised pixels (n, 3, size, size) to features (n, WIDTH)."""

    def __init__(self, begun: Trunk, own: Trunk, counts: ColourCounts) -> None:
        """`begun` is the net with ImageNet's weights, `own` what fine-tuning made of it."""
        super().__init__()
        self.begun = begun
        self.own = own
        self.counts = counts

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, WIDTH) of normalised pixels."""
        net = self.own.net
        x = net._swish(net._bn0(net._conv_stem(pixels)))
        early = [central(x)]
        for index in range(SHARED):
            x = _through(self.own, index, x, early)
        here = there = x
        for index in range(SHARED, len(net._blocks)):
            here = _through(self.own, index, here, early)
            there = _through(self.begun, index, there, [])
        colours = self.counts(pixels).clamp(min=1e-8).sqrt()
        return torch.cat([colours, *early, _last(self.begun, there), _last(self.own, here)], dim=1)


def _through(trunk: Trunk, index: int, x: Tensor, early: list[Tensor]) -> Tensor:
    """What a block gives; its inner activations join the early ones where they are read."""
    block = trunk.net._blocks[index]
    within = inner(block, x)
    if index in EARLY_BLOCKS:
        early.append(central(within))
    return outer(block, x, within)


def _last(trunk: Trunk, x: Tensor) -> Tensor:
    net = trunk.net
    last: Tensor = net._swish(net._bn1(net._conv_head(x)))
    return last.mean(dim=(2, 3))
