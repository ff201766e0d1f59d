"""The last part of training: pictures rest, and the text tower learns from many more lines.

A step end to end costs seconds, nearly all of them the trunk's. So every shot is looked at once
more by the trained trunk, and what it said is kept; batches of these are several times larger,
which is what telling lines of text apart needs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from tqdm import tqdm

from training.backbone import Trunk
from training.batches import Draws, Names, Pool, Views
from training.fitting import normalised
from training.gathering import Gathered

BALANCE = 0.75
"""Kinds are drawn nearly as often as they are: words are asked among shots as shops have them."""
BATCH = 64


class Remembered(Draws):
    """Batches whose views are what the trunk said of them: (2n, width)."""

    def __init__(self, pool: Pool, names: Names, found: Gathered, said: Tensor, steps: int) -> None:
        """`said` (shots, width) is what the trunk said of every shot."""
        super().__init__(pool, found.tokenizer, names, [0] * steps, size=512)
        self.said = said
        self.seed = 1
        self.balance = BALANCE

    def views(self, places: Sequence[int], _step: int, _dice: Generator) -> Views:
        """What was said of the shots, twice: pictures no longer change, only words do."""
        return self.said[[*places, *places]]


def remember(draws: Draws, trunk: Trunk, side: int) -> Tensor:
    """What the trunk says (shots, width) of every shot as the product prepares it, as float16."""
    places = sorted(draws.pool.places)
    said = torch.zeros(len(draws.pool.shots), _width(trunk), dtype=torch.float16)
    for at in tqdm(range(0, len(places), BATCH), desc="remember", unit="batch", disable=None):
        some = places[at : at + BATCH]
        pixels = [draws.plain(place, side) for place in some]
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            seen = trunk(normalised(torch.from_numpy(np.stack(pixels))))
        said[some] = seen.to(torch.float16)
    return said


def _width(trunk: Trunk) -> int:
    with torch.inference_mode():
        return int(trunk(torch.zeros(1, 3, 64, 64)).shape[1])
