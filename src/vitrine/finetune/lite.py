"""EfficientNet-Lite with BatchNorm folded into the convolutions before it."""

from __future__ import annotations

from typing import Any, cast

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

MEAN = (127 / 255, 127 / 255, 127 / 255)
STD = (128 / 255, 128 / 255, 128 / 255)
"""The pixels Lite0 was trained on: (x - 127) / 128 of 0..255."""


def bare(name: str = "lite0", size: int = 224, seed: int = 0) -> Any:
    """The net of this size with seeded noise for weights, BatchNorms still in it.

    `size` is the side of its pictures, a multiple of 32.
    """
    with torch.random.fork_rng(devices=[]):  # who makes a net keeps the seed set before
        torch.manual_seed(seed)
        return EfficientNet.from_name(f"efficientnet-{name}", image_size=size)


def folded(net: Any) -> Any:
    """The net in evaluation mode, nothing of it to be trained, without BatchNorms and classes."""
    net.eval()
    pairs = [(net, "_conv_stem", "_bn0"), (net, "_conv_head", "_bn1")]
    for block in net._blocks:
        if block._block_args.expand_ratio != 1:
            pairs.append((block, "_expand_conv", "_bn0"))
        pairs += [(block, "_depthwise_conv", "_bn1"), (block, "_project_conv", "_bn2")]
    for owner, conv, norm in pairs:
        setattr(owner, conv, fuse_conv_bn_eval(getattr(owner, conv), getattr(owner, norm)))
        setattr(owner, norm, nn.Identity())
    net._fc = nn.Identity()
    return net.to(memory_format=torch.channels_last).requires_grad_(False)


def through(block: Any, x: Tensor) -> Tensor:
    """What a block gives for its input."""
    return outer(block, x, inner(block, x))


def inner(block: Any, x: Tensor) -> Tensor:
    """A block's expanded activations (n, c, side, side), before it projects them."""
    if block._block_args.expand_ratio != 1:
        x = block._swish(block._bn0(block._expand_conv(x)))
    return cast(Tensor, block._swish(block._bn1(block._depthwise_conv(x))))


def outer(block: Any, x: Tensor, within: Tensor) -> Tensor:
    """What a block gives for its input and its inner activations."""
    y = block._bn2(block._project_conv(within))
    stays = block._block_args.stride in (1, [1]) and x.shape[1] == y.shape[1]
    return cast(Tensor, y + x if block.id_skip and stays else y)
