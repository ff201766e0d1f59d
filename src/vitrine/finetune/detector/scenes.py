"""Training pictures drawn anew at every step from a snapshot's photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.utils.data import Dataset

from vitrine.finetune.detector.augmenting import framed, lit, mosaic, truth
from vitrine.finetune.detector.loss import Truth
from vitrine.finetune.detector.marked import Marked, opened
from vitrine.vision.boxed import BoxedPhoto

MOSAICS = 0.3
"""The share of pictures that are made of four photos."""
PLAIN_FROM = 0.8
"""From this share of the steps on there are no mosaics any more."""
SCALES = (0.75, 1.6)
"""How much of the square a photo fills at least and at most."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How many pictures of which side are drawn for each of so many steps, and by which dice."""

    steps: int
    side: int
    batch: int
    seed: int


class Scenes(Dataset[tuple[Tensor, list[Truth]]]):
    """Batch number `step`: pictures uint8 (n, side, side, 3) and what is on them.

    Equal seeds and steps draw equal batches, so a run that was stopped goes on as if it had not.
    """

    def __init__(self, photos: Sequence[BoxedPhoto], drawing: Drawing) -> None:
        self.photos = photos
        self.drawing = drawing

    def __len__(self) -> int:
        return self.drawing.steps

    def __getitem__(self, step: int) -> tuple[Tensor, list[Truth]]:
        dice = np.random.default_rng([self.drawing.seed, step])
        drawn = [self._draw(dice, step) for _ in range(self.drawing.batch)]
        pixels = torch.from_numpy(np.stack([one.pixels for one in drawn]))
        return pixels, [truth(one) for one in drawn]

    def _draw(self, dice: Generator, step: int) -> Marked:
        side, steps = self.drawing.side, self.drawing.steps
        if step < PLAIN_FROM * steps and dice.random() < MOSAICS:
            return lit(mosaic([self._any(dice) for _ in range(4)], side, dice), dice)
        return lit(framed(self._any(dice), side, dice, SCALES), dice)

    def _any(self, dice: Generator) -> Marked:
        return opened(self.photos[int(dice.integers(len(self.photos)))])
