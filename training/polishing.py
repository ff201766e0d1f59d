"""The last part of training: with the trunk at rest, head and words learn from many more lines.

A step end to end costs seconds, nearly all of them the trunk's. So every shot is looked at a few
times by the trained trunk, plain and as random views, and what it said is kept; batches of these
are several times larger, which is what telling lines of text apart needs.
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

OTHERS = 2
"""How many random views of each shot are kept beside the plain one."""
BALANCE = 0.75
"""Kinds are drawn nearly as often as they are: words are asked among shots as shops have them."""
BATCH = 64


class Remembered(Draws):
    """Batches whose views are what the trunk said of them: (2n, width)."""

    def __init__(self, pool: Pool, names: Names, found: Gathered, said: Tensor, steps: int) -> None:
        """`said` (1 + others, shots, width) is what the trunk said of each view of every shot."""
        super().__init__(pool, found.tokenizer, names, [0] * steps, size=512)
        self.said = said
        self.seed = 1
        self.balance = BALANCE

    def views(self, places: Sequence[int], _step: int, dice: Generator) -> Views:
        """Half of the first views plain, the second ones another than the first."""
        count = len(self.said)
        first = np.where(dice.random(len(places)) < 0.5, 0, dice.integers(0, count, len(places)))
        second = (first + dice.integers(1, count, len(places))) % count
        rows = torch.tensor([*places, *places])
        return self.said[torch.from_numpy(np.concatenate([first, second])), rows]


def remember(draws: Draws, trunk: Trunk, side: int) -> Tensor:
    """What the trunk says of a plain and some random views of every shot, as float16."""
    places = sorted(draws.pool.places)
    said = torch.zeros(1 + OTHERS, len(draws.pool.shots), _width(trunk), dtype=torch.float16)
    starts = [(view, at) for view in range(1 + OTHERS) for at in range(0, len(places), BATCH)]
    for view, at in tqdm(starts, desc="remember", unit="batch", disable=None):
        some = places[at : at + BATCH]
        dice = np.random.default_rng([2, view, at])
        pixels = [
            draws.other(place, side, dice) if view else draws.plain(place, side) for place in some
        ]
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            seen = trunk(normalised(torch.from_numpy(np.stack(pixels))))
        said[view, some] = seen.to(torch.float16)
    return said


def _width(trunk: Trunk) -> int:
    with torch.inference_mode():
        return int(trunk(torch.zeros(1, 3, 64, 64)).shape[1])
