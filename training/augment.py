"""Views of a stored picture as queries make them: cropped, turned, on other grounds, badly lit.

Random and fast (about a millisecond a view), for training only. The fixed recipe that figures are
measured with is `training.views`; its numbers are not these.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.store import Pixels
from vitrine.vision.types import Box

WHITE = 236
"""From this brightness on a pixel that touches the border through its like is shop background."""

Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Strength:
    """How far views may go; chances are 0 to 1, angles degrees, the rest shares."""

    smallest: float = 0.6
    angle: float = 18.0
    tilt: float = 0.07
    ground: float = 0.4
    gain: float = 0.1
    light: float = 0.25
    blur: float = 0.35
    coarse: float = 0.25
    jpeg: float = 0.4
    hole: float = 0.15


MILD = Strength(smallest=0.85, angle=5.0, tilt=0.02, ground=0.0, gain=0.04, light=0.1, hole=0.0)
"""For pictures so small that strong changes leave nothing to see."""


def view(
    picture: Pixels, box: Box, side: int, dice: Generator, how: Strength, ground: Pixels | None
) -> Pixels:
    """A random view (side, side, 3) of the box on the picture; `ground` may lie behind it."""
    crop = _crop(picture, box, dice, how)
    mask = foreground(crop) if ground is not None and dice.random() < how.ground else None
    matrix = _warp(crop.shape[1], crop.shape[0], side, dice, how)
    seen = cv2.warpPerspective(
        crop, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    if mask is not None and ground is not None:
        seen = _on_ground(seen, cv2.warpPerspective(mask, matrix, (side, side)), ground, dice)
    if dice.random() < how.hole:
        _hole(seen, dice)
    return _worn(_lit(seen, dice, how), dice, how)


def foreground(picture: Pixels) -> Mask | None:
    """255 where the item is, 0 on the white that reaches the border; None without such a ground."""
    light = (picture.min(axis=2) >= WHITE).astype(np.uint8)
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    if rim.mean() < 0.6:
        return None
    framed = cv2.copyMakeBorder(light, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(framed, None, (0, 0), 2)
    mask = np.where(framed[1:-1, 1:-1] == 2, 0, 255).astype(np.uint8)
    share = mask.mean() / 255
    return cv2.GaussianBlur(mask, (3, 3), 0.7) if 0.03 < share < 0.95 else None


def item_box(picture: Pixels) -> Box | None:
    """The box a detector would give: around all that is not white ground; None without one."""
    mask = foreground(picture)
    if mask is None:
        return None
    x, y, width, height = cv2.boundingRect((mask > 127).astype(np.uint8))
    return Box(x, y, x + width, y + height) if min(width, height) >= 8 else None


def _crop(picture: Pixels, box: Box, dice: Generator, how: Strength) -> Pixels:
    """A part of the picture around the box: tight or with margin, then cut at random."""
    height, width = picture.shape[:2]
    if dice.random() < 0.35:
        box = item_box(picture) or box
    margin = dice.uniform(0.0, 0.25)
    w, h = box.width * (1 + 2 * margin), box.height * (1 + 2 * margin)
    wide, high = (dice.uniform(how.smallest, 1.0) for _ in range(2))
    left = box.x1 - margin * box.width + dice.uniform(0, w * (1 - wide))
    top = box.y1 - margin * box.height + dice.uniform(0, h * (1 - high))
    x1, y1 = max(0, int(left)), max(0, int(top))
    x2, y2 = min(width, round(left + w * wide)), min(height, round(top + h * high))
    part = picture[y1 : max(y2, y1 + 4), x1 : max(x2, x1 + 4)]
    part = part if part.size and min(part.shape[:2]) >= 4 else picture
    return np.ascontiguousarray(part[:, ::-1] if dice.random() < 0.5 else part)


def _warp(
    width: int, height: int, side: int, dice: Generator, how: Strength
) -> NDArray[np.float64]:
    """From the crop to the square: aspect kept, middle on middle, turned and tilted."""
    reach = max(width, height)
    angle = np.deg2rad(dice.normal(0, how.angle / 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * reach / 2
    tilted = corners + dice.uniform(-how.tilt, how.tilt, (4, 2)) * reach
    source = tilted @ turn.T + np.array([width / 2, height / 2])
    target = np.array([[0, 0], [side, 0], [side, side], [0, side]])
    return cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))


def _on_ground(seen: Pixels, mask: Mask, ground: Pixels, dice: Generator) -> Pixels:
    side = seen.shape[0]
    height, width = ground.shape[:2]
    reach = max(4, int(min(height, width) * dice.uniform(0.4, 1.0)))
    top, left = (int(dice.integers(0, edge - reach + 1)) for edge in (height, width))
    behind = cv2.resize(ground[top : top + reach, left : left + reach], (side, side))
    if dice.random() < 0.5:
        behind = cv2.GaussianBlur(behind, (0, 0), dice.uniform(1, 6))
    share = (mask.astype(np.float32) / 255)[..., None]
    return (seen * share + behind * (1 - share)).astype(np.uint8)


def _hole(seen: Pixels, dice: Generator) -> None:
    """Something in front: a patch of one colour or of noise."""
    side = seen.shape[0]
    height, width = (int(side * dice.uniform(0.1, 0.35)) for _ in range(2))
    top, left = int(dice.integers(0, side - height)), int(dice.integers(0, side - width))
    seen[top : top + height, left : left + width] = dice.integers(0, 256, 3)


def _lit(seen: Pixels, dice: Generator, how: Strength) -> Pixels:
    """Another light: gains per channel, brightness, contrast and saturation, all mild."""
    gains = 1 + dice.uniform(-how.gain, how.gain, 3)
    scale = gains * (1 + dice.uniform(-how.light, how.light * 0.8))
    contrast, colourful = 1 + dice.uniform(-0.2, 0.2, 2)
    pixels = seen.astype(np.float32) * scale.astype(np.float32)
    middle = pixels.mean()
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = (grey + (pixels - grey) * colourful - middle) * contrast + middle
    return pixels.clip(0, 255).astype(np.uint8)


def _worn(seen: Pixels, dice: Generator, how: Strength) -> Pixels:
    """What cameras and messengers do: blur, few pixels, noise, JPEG."""
    side = seen.shape[0]
    if dice.random() < how.blur:
        seen = cv2.GaussianBlur(seen, (0, 0), dice.uniform(0.3, side / 110))
    if dice.random() < how.coarse:
        few = int(side * dice.uniform(0.4, 0.8))
        seen = cv2.resize(cv2.resize(seen, (few, few), interpolation=cv2.INTER_AREA), (side, side))
    if dice.random() < 0.2:
        noise = dice.normal(0, dice.uniform(2, 10), seen.shape)
        seen = (seen + noise).clip(0, 255).astype(np.uint8)
    if dice.random() < how.jpeg:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(30, 90))]
        seen = cv2.imdecode(cv2.imencode(".jpg", seen, quality)[1], cv2.IMREAD_COLOR)
    return seen
