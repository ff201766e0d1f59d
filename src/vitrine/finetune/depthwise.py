"""Depthwise convolutions with frozen weights, whose backward pass is fast on a CPU.

The backward pass of a depthwise convolution costs more than the whole rest of the net: oneDNN has
no fast bfloat16 kernel for 5 x 5 ones and none for weight gradients. A depthwise kernel is a small
spatial filter that ImageNet has taught well, so its weights stay, and the gradient of its input is
one more forward convolution.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def freeze_depthwise(net: Any) -> None:
    """Freeze the depthwise convolutions of an EfficientNet's blocks; any even input size works.

    Under autocast they take and give bfloat16, as the other convolutions do.
    """
    for block in net._blocks:
        conv = block._depthwise_conv
        conv.requires_grad_(False)
        conv.forward = MethodType(_depthwise, conv)


def _depthwise(conv: nn.Conv2d, x: Tensor) -> Tensor:
    if torch.is_autocast_enabled("cpu"):
        x = x.to(torch.get_autocast_dtype("cpu"))
    weight, bias = conv.weight, conv.bias
    if bias is None:
        bias = weight.new_zeros(len(weight))
    with torch.autocast("cpu", enabled=False):
        if conv.stride[0] == 1:
            return _Stay.apply(x, weight.to(x.dtype), bias.to(x.dtype))
        return _Halve.apply(_same(x, weight.shape[-1]), weight.to(x.dtype), bias.to(x.dtype))


def _same(x: Tensor, kernel: int) -> Tensor:
    """TensorFlow's SAME padding for stride 2 and even sides: one more pixel right and below."""
    few, many = (kernel - 2) // 2, (kernel - 1) // 2
    return functional.pad(x, (few, many, few, many))


class _Stay(torch.autograd.Function):
    """Stride 1: the input's gradient is the same convolution with the kernel turned round."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(weight)
        return functional.conv2d(x, weight, bias, 1, weight.shape[-1] // 2, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (weight,) = ctx.saved_tensors
        turned, padding = weight.flip((2, 3)), weight.shape[-1] // 2
        return functional.conv2d(grad, turned, None, 1, padding, groups=len(weight)), None, None


class _Halve(torch.autograd.Function):
    """Stride 2: in float32, where oneDNN has a kernel; only the input's gradient is asked for."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return functional.conv2d(x, weight, bias, 2, 0, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        x, weight = ctx.saved_tensors
        groups = len(weight)
        found = torch.ops.aten.convolution_backward(
            grad.float(), x.float(), weight.float(), [groups], [2, 2], [0, 0], [1, 1], False,
            [0, 0], groups, [True, False, False],
        )  # fmt: skip
        return found[0].to(x.dtype), None, None
