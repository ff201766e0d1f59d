"""Pictures as training sees them: moved about, in another light, four in one."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.random import Generator

from vitrine.finetune.detector.loss import Truth
from vitrine.finetune.detector.marked import Marked, Pixels
from vitrine.vision.boxed import Boxes

GREY = 114
SEEN = 0.35
"""A box of which less is left in the frame is dropped."""


def mosaic(four: Sequence[Marked], side: int, dice: Generator) -> Marked:
    """Four pictures in the quarters of one square."""
    half = side // 2
    canvas = np.empty((side, side, 3), dtype=np.uint8)
    parts = [framed(one, half, dice, (1.1, 2.2)) for one in four]
    boxes = []
    for number, part in enumerate(parts):
        left, top = half * (number % 2), half * (number // 2)
        canvas[top : top + half, left : left + half] = part.pixels
        boxes.append(part.boxes + np.array([left, top, left, top], dtype=np.float32))
    kinds = np.concatenate([part.kinds for part in parts])
    return Marked(canvas, kinds, np.concatenate(boxes))


def truth(one: Marked) -> Truth:
    """What is on a picture, as tensors."""
    boxes = torch.from_numpy(one.boxes.astype(np.float32))
    return Truth(torch.from_numpy(one.kinds), boxes, torch.empty(0, dtype=torch.int64))


def framed(
    one: Marked,
    side: int,
    dice: Generator,
    scales: tuple[float, float],
    ground: Pixels | None = None,
) -> Marked:
    """The picture at a random scale, place and hand in a square, boxes moved along."""
    height, width = one.pixels.shape[:2]
    scale = side / max(height, width) * float(np.exp(dice.uniform(*np.log(scales))))
    slack = np.array([side - width * scale, side - height * scale])
    shift = slack * dice.uniform(0, 1, 2)
    colour = tuple(int(c) for c in ground) if ground is not None else (GREY, GREY, GREY)
    pixels = _shrunk(one.pixels, scale)
    across, down = width * scale / pixels.shape[1], height * scale / pixels.shape[0]
    # Edges of boxes lie between pixels; warpAffine counts from the middle of the first one.
    matrix = np.array(
        [[across, 0, shift[0] + (across - 1) / 2], [0, down, shift[1] + (down - 1) / 2]]
    )
    seen = cv2.warpAffine(pixels, matrix, (side, side), borderValue=colour)
    boxes = one.boxes * scale + np.tile(shift, 2).astype(np.float32)
    if dice.random() < 0.5:
        seen = np.ascontiguousarray(seen[:, ::-1])
        boxes = np.stack([side - boxes[:, 2], boxes[:, 1], side - boxes[:, 0], boxes[:, 3]], 1)
    return _clipped(seen, one, boxes.astype(np.float32), side)


def _shrunk(pixels: Pixels, scale: float) -> Pixels:
    """The pixels at a scale well below 1, where warpAffine would skip some; else as they are."""
    if scale >= 0.7:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _clipped(seen: Pixels, one: Marked, boxes: Boxes, side: int) -> Marked:
    inside = boxes.clip(0, side)
    extent = inside[:, 2:] - inside[:, :2]
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    keep = (extent.min(1) > 3) & (extent.prod(1) > SEEN * area) if len(boxes) else slice(0)
    return Marked(seen, one.kinds[keep], inside[keep])


def lit(one: Marked, dice: Generator) -> Marked:
    """The picture in another light, sometimes blurred."""
    gains = (1 + dice.uniform(-0.12, 0.12, 3)) * dice.uniform(0.65, 1.2)
    pixels = one.pixels.astype(np.float32) * gains.astype(np.float32)
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = grey + (pixels - grey) * np.float32(dice.uniform(0.5, 1.4))
    seen = pixels.clip(0, 255).astype(np.uint8)
    if dice.random() < 0.1:
        seen = cv2.GaussianBlur(seen, (0, 0), dice.uniform(0.4, 1.2))
    return Marked(seen, one.kinds, one.boxes)
