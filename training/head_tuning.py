"""The last part of training: the trunk rests, and head and text tower learn from larger batches.

A step end to end costs seconds, nearly all of them the trunk's. So the trained trunk looks once
more at every shot, plain and in a few random views, and what it said is kept; batches of these are
several times larger, which is what telling lines of text apart needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from training.batches import Draws, Names, Pool, Views
from training.dataset import TrainingSet
from training.objective import normalised
from training.towers import ImageHead
from vitrine.finetune.drawing import alone, one_thread_each

BALANCE = 0.75
"""Kinds are drawn nearly as often as they are: words are asked among shots as shops have them."""
SHARES = {"products": 0.65, "thumbs": 0.08, "phone": 0.11, "garments": 0.14, "sample": 0.02}
"""Of each source, as end to end; thumbnails are too small for what their titles tell apart."""
TITLES = 0.7
"""Titles are said more often than end to end: to tell them apart takes many at once."""
PLAIN = 0.7
"""So many of the first views are plain, as those in a gallery are."""
BATCH = 64
SIZE = 512
VIEWS = 2
"""So many random views of each shot are kept beside the plain one."""


class Remembered(Draws):
    """Batches whose views are what the trunk said of them: (2n, width)."""

    shares = SHARES

    def __init__(
        self, pool: Pool, names: Names, found: TrainingSet, said: Tensor, steps: int
    ) -> None:
        """`said` (1 + views, shots, width) is what the trunk said of every shot, plain first."""
        super().__init__(pool, found.tokenizer, names, [0] * steps, SIZE)
        self.said = said
        self.balance = BALANCE
        self.titles = TITLES

    def views(self, places: Sequence[int], _step: int, dice: Generator) -> Views:
        """What was said of each shot: most of the first ones plain, then random views."""
        n, kept = len(places), len(self.said)
        first = np.where(dice.random(n) < PLAIN, 0, dice.integers(0, kept, n))
        second = dice.integers(min(1, kept - 1), kept, n)
        return self.said[np.concatenate([first, second]), [*places, *places]]


def remember(draws: Draws, trunk: nn.Module, side: int, cache: Path, views: int = VIEWS) -> Tensor:
    """What the trunk says (1 + views, shots, width) of every shot, as float16; kept in the cache.

    The plain one is prepared as the product prepares it, the others are views as queries are.
    """
    path = cache / f"said-{side}-{_mark(trunk, draws.pool.places, views)}.pt"
    if path.exists():
        said: Tensor = torch.load(path, weights_only=True)
        return said
    said = torch.zeros(1 + views, len(draws.pool.shots), _width(trunk), dtype=torch.float16)
    looks = _Looks(draws, side, views)
    one_thread_each()
    loader: DataLoader[Tensor] = DataLoader(
        looks, batch_size=None, num_workers=1, prefetch_factor=4, worker_init_fn=alone
    )
    bar = tqdm(loader, desc="remember", unit="batch", disable=None)
    for (number, places), pixels in zip(looks.parts, bar, strict=True):
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            said[number, places] = trunk(normalised(pixels)).to(torch.float16)
    torch.save(said, path)
    return said


def embedded(head: ImageHead, said: Tensor) -> Tensor:
    """What the head makes of remembered features (n, width), before it learns from them."""
    with torch.inference_mode():
        return torch.cat([head(some.float()) for some in said.split(1024)]).clone()


class _Looks(Dataset[Tensor]):
    """Pixels (n, side, side, 3) of every shot, a few at a time: all plain ones, then the views."""

    def __init__(self, draws: Draws, side: int, views: int) -> None:
        self.draws = draws
        self.side = side
        places = sorted(draws.pool.places)
        starts = range(0, len(places), BATCH)
        self.parts = [
            (number, places[start : start + BATCH])
            for number in range(1 + views)
            for start in starts
        ]

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, part: int) -> Tensor:
        number, places = self.parts[part]
        if number == 0:
            pixels = [self.draws.plain(place, self.side) for place in places]
        else:
            dice = np.random.default_rng([number, part])
            pixels = [self.draws.other(place, self.side, dice) for place in places]
        return torch.from_numpy(np.stack(pixels))


def _mark(trunk: nn.Module, places: Sequence[int], views: int) -> str:
    """A short name for the trunk's weights and what it looks at."""
    digest = hashlib.sha256(f"{views} {sorted(places)}".encode())
    for value in trunk.state_dict().values():
        digest.update(value.contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def _width(trunk: nn.Module) -> int:
    with torch.inference_mode():
        return int(trunk(torch.zeros(1, 3, 64, 64)).shape[1])
