"""Training pictures drawn anew at every step: street photos moved about, and pasted cut-outs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.utils.data import Dataset

from training import augment
from training.detector.pictures import Pictures
from vitrine.finetune.detector.augmenting import framed, lit, mosaic, truth
from vitrine.finetune.detector.loss import Truth
from vitrine.finetune.detector.marked import Marked, Pixels
from vitrine.vision.boxed import Boxes


@dataclass(frozen=True, slots=True)
class Mixture:
    """The share of each sort of picture; mosaics are made of street photos."""

    street: float = 0.42
    mosaic: float = 0.22
    pasted: float = 0.18
    packshot: float = 0.12
    phone: float = 0.06


class Scenes(Dataset[tuple[Tensor, list[Truth]]]):
    """Batch number `step`: pictures uint8 (n, side, side, 3) and what is on them."""

    def __init__(
        self, pictures: Pictures, side: int, size: int, steps: int, plain_from: float = 0.85
    ) -> None:
        """From the share `plain_from` of the steps on there are no mosaics any more."""
        self.pictures = pictures
        self.side = side
        self.size = size
        self.steps = steps
        self.plain_from = plain_from
        self.by_kind: dict[int, list[Marked]] = defaultdict(list)
        for one in pictures.packshots:
            self.by_kind[int(one.kinds[0])].append(one)

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> tuple[Tensor, list[Truth]]:
        dice = np.random.default_rng([7, step])
        drawn = [self._draw(dice, step) for _ in range(self.size)]
        pixels = torch.from_numpy(np.stack([one.pixels for one in drawn]))
        return pixels, [truth(one) for one in drawn]

    def _draw(self, dice: Generator, step: int) -> Marked:
        mixture = Mixture()
        ways = {
            "street": mixture.street if self.pictures.street else 0.0,
            "mosaic": mixture.mosaic if self.pictures.street else 0.0,
            "pasted": mixture.pasted if self.by_kind else 0.0,
            "packshot": mixture.packshot if self.by_kind else 0.0,
            "phone": mixture.phone if self.pictures.phone else 0.0,
        }
        if step >= self.plain_from * self.steps:
            ways["street"] += ways.pop("mosaic")
        chances = np.array(list(ways.values()))
        way = list(ways)[dice.choice(len(ways), p=chances / chances.sum())]
        return lit(getattr(self, f"_{way}")(dice), dice)

    def _street(self, dice: Generator) -> Marked:
        return framed(_any(self.pictures.street, dice), self.side, dice, (0.9, 1.8))

    def _phone(self, dice: Generator) -> Marked:
        return framed(_any(self.pictures.phone, dice), self.side, dice, (0.6, 1.3))

    def _mosaic(self, dice: Generator) -> Marked:
        every = [*self.pictures.street, *self.pictures.phone]
        return mosaic([_any(every, dice) for _ in range(4)], self.side, dice)

    def _packshot(self, dice: Generator) -> Marked:
        """A product on its own white, as shops show it: small or filling the frame."""
        one = self._isolated(dice)
        return framed(one, self.side, dice, (0.55, 1.1), ground=one.pixels[0, 0])

    def _pasted(self, dice: Generator) -> Marked:
        """One to four cut-outs on a floor, a wall or a plain ground; boxes are known exactly."""
        canvas = self._ground(dice)
        count = int(dice.choice([1, 2, 3, 4], p=[0.5, 0.25, 0.15, 0.1]))
        kinds, boxes = [], np.empty((0, 4), dtype=np.float32)
        for _ in range(count):
            one = self._isolated(dice)
            largest = 0.95 if count == 1 else 0.55
            box = _paste(canvas, one, dice, self.side * dice.uniform(0.25, largest), boxes)
            if box is not None:
                kinds.append(one.kinds[0])
                boxes = np.concatenate([boxes, box[None]])
        return Marked(canvas, np.array(kinds, dtype=np.int64), boxes)

    def _isolated(self, dice: Generator) -> Marked:
        """A packshot, rare kinds more often than they are."""
        kinds = list(self.by_kind.values())
        chances = np.sqrt([len(kind) for kind in kinds])
        return _any(kinds[dice.choice(len(kinds), p=chances / chances.sum())], dice)

    def _ground(self, dice: Generator) -> Pixels:
        side = self.side
        roll = dice.random()
        if roll < 0.3 or not self.pictures.grounds:
            top, bottom = (dice.integers(90, 256, 3) for _ in range(2))
            mix = np.linspace(0, 1, side)[:, None, None]
            return np.tile((top * (1 - mix) + bottom * mix).astype(np.uint8), (1, side, 1))
        picture = self.pictures.grounds[int(dice.integers(len(self.pictures.grounds)))]
        # A corner shows floor, wall or bed, seldom the garment in the middle; blur hides the rest.
        height, width = picture.shape[:2]
        h, w = int(height * 0.28), int(width * 0.28)
        top, left = (height - h) * int(dice.integers(2)), (width - w) * int(dice.integers(2))
        if roll < 0.65:
            return cv2.resize(picture[top : top + h, left : left + w], (side, side))
        return cv2.GaussianBlur(cv2.resize(picture, (side, side)), (0, 0), side / 16)


def _paste(
    canvas: Pixels, one: Marked, dice: Generator, reach: float, taken: Boxes
) -> Boxes | None:
    """Paste a turned cut-out where it hides no other; its box, None where there was no room."""
    x1, y1, x2, y2 = (int(edge) for edge in one.boxes[0])
    cut = one.pixels[y1:y2, x1:x2]
    mask = augment.foreground(
        cv2.copyMakeBorder(cut, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(255,) * 3)
    )
    mask = np.full(cut.shape[:2], 255, dtype=np.uint8) if mask is None else mask[2:-2, 2:-2]
    scale = reach / max(cut.shape[:2])
    size = (max(4, round(cut.shape[1] * scale)), max(4, round(cut.shape[0] * scale)))
    cut, mask = cv2.resize(cut, size, interpolation=cv2.INTER_AREA), cv2.resize(mask, size)
    cut, mask = _turned(cut, mask, float(dice.normal(0, 12)))
    height, width = mask.shape
    side = canvas.shape[0]
    if max(height, width) >= side:
        return None
    for _ in range(6):
        left, top = int(dice.integers(side - width)), int(dice.integers(side - height))
        box = np.array([left, top, left + width, top + height], dtype=np.float32)
        if not len(taken) or _cover(box, taken) < 0.1:
            break
    else:
        return None
    share = (mask.astype(np.float32) / 255)[..., None]
    area = canvas[top : top + height, left : left + width]
    area[:] = (cut * share + area * (1 - share)).astype(np.uint8)
    return box


def _turned(cut: Pixels, mask: Pixels, angle: float) -> tuple[Pixels, Pixels]:
    """Both turned, then cropped to what is left to see."""
    height, width = mask.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    w, h = int(height * sine + width * cosine), int(height * cosine + width * sine)
    matrix[:, 2] += (w - width) / 2, (h - height) / 2
    cut, mask = cv2.warpAffine(cut, matrix, (w, h)), cv2.warpAffine(mask, matrix, (w, h))
    x, y, w, h = cv2.boundingRect((mask > 100).astype(np.uint8))
    w, h = max(w, 1), max(h, 1)
    return cut[y : y + h, x : x + w], mask[y : y + h, x : x + w]


def _cover(box: Boxes, taken: Boxes) -> float:
    low, high = np.maximum(box[:2], taken[:, :2]), np.minimum(box[2:], taken[:, 2:])
    both = (high - low).clip(min=0).prod(1)
    smaller = np.minimum((box[2:] - box[:2]).prod(), (taken[:, 2:] - taken[:, :2]).prod(1))
    return float((both / smaller).max())


def _any(some: list[Marked], dice: Generator) -> Marked:
    return some[int(dice.integers(len(some)))]
