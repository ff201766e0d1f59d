"""The ONNX operations of towers, as `vitrine models convert` writes them, in PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from onnx import helper
from torch import Tensor
from torch.nn import functional

How = Mapping[str, Any]
Operation = Callable[..., Any]
"""Takes a node's attributes and its inputs, None for those left out."""

LAST = 2**31
"""What slices take for the end of a row."""


def dtype(number: int) -> torch.dtype:
    """PyTorch's name for an ONNX type."""
    named = np.dtype(helper.tensor_dtype_to_np_dtype(number)).name
    found: torch.dtype = getattr(torch, named)
    return found


def ints(given: Tensor) -> list[int]:
    """Sizes, axes or places as numbers."""
    return [int(one) for one in given.reshape(-1).tolist()]


def _reshape(_how: How, x: Tensor, shape: Tensor) -> Tensor:
    sizes = [x.shape[at] if size == 0 else size for at, size in enumerate(ints(shape))]
    return x.reshape(sizes)


def _slice(
    _how: How,
    x: Tensor,
    starts: Tensor,
    ends: Tensor,
    axes: Tensor | None = None,
    steps: Tensor | None = None,
) -> Tensor:
    count = starts.numel()
    along = ints(axes) if axes is not None else list(range(count))
    by = ints(steps) if steps is not None else [1] * count
    for axis, start, end, step in zip(along, ints(starts), ints(ends), by, strict=True):
        if step < 0:
            # Only whole rows are turned round: paddings are written so.
            x = x.flip(axis)[(slice(None),) * (axis % x.dim()) + (slice(None, None, -step),)]
            continue
        stop = None if end >= LAST else end
        x = x[(slice(None),) * (axis % x.dim()) + (slice(start, stop, step),)]
    return x


def _gather(how: How, x: Tensor, places: Tensor) -> Tensor:
    axis = how.get("axis", 0) % x.dim()
    size = x.shape[axis]
    flat = places.reshape(-1).long()
    found = x.index_select(axis, torch.where(flat < 0, flat + size, flat))
    return found.reshape([*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]])


def _unsqueeze(_how: How, x: Tensor, axes: Tensor) -> Tensor:
    rank = x.dim() + axes.numel()
    for axis in sorted(axis % rank for axis in ints(axes)):
        x = x.unsqueeze(axis)
    return x


def _squeeze(_how: How, x: Tensor, axes: Tensor | None = None) -> Tensor:
    if axes is None:
        return x.squeeze()
    for axis in sorted((axis % x.dim() for axis in ints(axes)), reverse=True):
        x = x.squeeze(axis)
    return x


def _constant_of_shape(how: How, shape: Tensor) -> Tensor:
    value = how.get("value")
    one = torch.zeros(1) if value is None else torch.from_numpy(value.copy())
    return one.to(shape.device).expand(ints(shape)).clone()


def _expand(_how: How, x: Tensor, shape: Tensor) -> Tensor:
    sizes = torch.broadcast_shapes(x.shape, tuple(ints(shape)))
    return x.expand(sizes)


def _clip(_how: How, x: Tensor, low: Tensor | None = None, high: Tensor | None = None) -> Tensor:
    return x if low is None and high is None else x.clamp(low, high)


def _layer_norm(how: How, x: Tensor, scale: Tensor, bias: Tensor | None = None) -> Tensor:
    sizes = x.shape[how.get("axis", -1) % x.dim() :]
    return functional.layer_norm(x, sizes, scale, bias, how.get("epsilon", 1e-5))


def _gemm(how: How, a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
    left = a.T if how.get("transA", 0) else a
    right = b.T if how.get("transB", 0) else b
    made = how.get("alpha", 1.0) * left @ right
    return made if c is None else made + how.get("beta", 1.0) * c


def _conv(how: How, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    size = weight.dim() - 2
    pads = how.get("pads", [0] * 2 * size)
    # ONNX says all beginnings, then all ends; PyTorch pairs, the last axis first.
    pairs = [side for at in reversed(range(size)) for side in (pads[at], pads[at + size])]
    return functional.conv2d(
        functional.pad(x, pairs) if any(pairs) else x,
        weight,
        bias,
        how.get("strides", 1),
        0,
        how.get("dilations", 1),
        how.get("group", 1),
    )


def _average(how: How, x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, how["kernel_shape"], how.get("strides", 1))


def _pad(
    how: How, x: Tensor, pads: Tensor, value: Tensor | None = None, _axes: None = None
) -> Tensor:
    sides, size = ints(pads), x.dim()
    pairs = [side for at in reversed(range(size)) for side in (sides[at], sides[at + size])]
    mode = how.get("mode", b"constant").decode()
    if mode == "constant":
        return functional.pad(x, pairs, value=0.0 if value is None else float(value))
    return functional.pad(x, pairs[: 2 * (size - 2)], mode=mode)


def _reduced(by: Callable[[Tensor, list[int], bool], Tensor]) -> Operation:
    def reduce(how: How, x: Tensor, axes: Tensor | None = None) -> Tensor:
        along = how.get("axes") or (ints(axes) if axes is not None else list(range(x.dim())))
        return by(x, list(along), bool(how.get("keepdims", 1)))

    return reduce


def _split(how: How, x: Tensor, sizes: Tensor | None = None) -> tuple[Tensor, ...]:
    axis = how.get("axis", 0)
    if sizes is None:
        parts: tuple[Tensor, ...] = x.chunk(how["num_outputs"], axis)
        return parts
    return x.split(ints(sizes), axis)


def _divide(_how: How, a: Tensor, b: Tensor) -> Tensor:
    if a.is_floating_point():
        return a / b
    return torch.div(a, b, rounding_mode="trunc")


def _norm(how: How, x: Tensor) -> Tensor:
    return functional.normalize(x, p=how.get("p", 2), dim=how.get("axis", -1))


def _triangle(how: How, x: Tensor, k: Tensor | None = None) -> Tensor:
    by = torch.triu if how.get("upper", 1) else torch.tril
    return by(x, 0 if k is None else int(k))


OPERATIONS: Mapping[str, Operation] = {
    "Add": lambda _how, a, b: a + b,
    "ArgMax": lambda how, x: x.argmax(how.get("axis", 0), bool(how.get("keepdims", 1))),
    "AveragePool": _average,
    "Cast": lambda how, x: x.to(dtype(how["to"])),
    "Clip": _clip,
    "Concat": lambda how, *xs: torch.cat(xs, how["axis"]),
    "ConstantOfShape": _constant_of_shape,
    "Conv": _conv,
    "Div": _divide,
    "Equal": lambda _how, a, b: a == b,
    "Erf": lambda _how, x: torch.erf(x),
    "Exp": lambda _how, x: x.exp(),
    "Expand": _expand,
    "Flatten": lambda how, x: x.reshape(math.prod(x.shape[: how.get("axis", 1)]), -1),
    "Gather": _gather,
    "Gemm": _gemm,
    "Greater": lambda _how, a, b: a > b,
    "Identity": lambda _how, x: x,
    "LayerNormalization": _layer_norm,
    "Less": lambda _how, a, b: a < b,
    "LessOrEqual": lambda _how, a, b: a <= b,
    "LpNormalization": _norm,
    "MatMul": lambda _how, a, b: a @ b,
    "Mod": lambda _how, a, b: torch.remainder(a, b),
    "Mul": lambda _how, a, b: a * b,
    "Neg": lambda _how, x: -x,
    "Pad": _pad,
    "Pow": lambda _how, a, b: a**b,
    "Range": lambda _how, a, b, c: torch.arange(
        a.item(), b.item(), c.item(), dtype=a.dtype, device=a.device
    ),
    "ReduceL2": _reduced(lambda x, axes, keep: torch.linalg.vector_norm(x, 2, axes, keep)),
    "ReduceMax": _reduced(lambda x, axes, keep: x.amax(axes, keep)),
    "ReduceMean": _reduced(lambda x, axes, keep: x.mean(axes, keep)),
    "ReduceSum": _reduced(lambda x, axes, keep: x.sum(axes, keep)),
    "Relu": lambda _how, x: x.relu(),
    "Reshape": _reshape,
    "Shape": lambda _how, x: torch.tensor(x.shape, device=x.device),
    "Sigmoid": lambda _how, x: x.sigmoid(),
    "Slice": _slice,
    "Softmax": lambda how, x: x.softmax(how.get("axis", -1)),
    "Split": _split,
    "Sqrt": lambda _how, x: x.sqrt(),
    "Squeeze": _squeeze,
    "Sub": lambda _how, a, b: a - b,
    "Tanh": lambda _how, x: x.tanh(),
    "Tile": lambda _how, x, times: x.repeat(ints(times)),
    "Transpose": lambda how, x: x.permute(how["perm"]),
    "Trilu": _triangle,
    "Unsqueeze": _unsqueeze,
    "Where": lambda _how, a, b, c: torch.where(a, b, c),
}
