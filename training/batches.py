"""Draws batches: shots by source and kind, two views of each, and words for it.

The same seed and step give the same batch, so a run that was stopped goes on as if it had not been.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.random import Generator
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from training import augment, captions
from training.data import FACETS, Shot
from training.store import Pixels, Store
from training.words import encode
from vitrine.finetune.drawing import alone, one_thread_each
from vitrine.finetune.losses import Said
from vitrine.vision.preprocess import Recipe, prepare

SHARES = {"products": 0.55, "thumbs": 0.15, "phone": 0.13, "garments": 0.15, "sample": 0.02}
"""How much of a batch each source fills, of those that are there."""
Views: TypeAlias = Tensor
Names = Sequence[Sequence[str]]
"""The values of each facet, in the order of their numbers."""
TOGETHER = 8
"""So many shots of one kind are drawn together: what is hard to tell apart meets in a batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Two views of n shots, words for each, and who they are.

    Views are pixels uint8 (2n, side, side, 3), or what a trunk said of them, float (2n, width).
    """

    views: Views
    ids: Tensor
    mask: Tensor
    said: Said
    places: Tensor


@dataclass(frozen=True, slots=True)
class Pool:
    """The shots to draw from, by their place in the store, and the pictures that lie behind."""

    shots: Sequence[Shot]
    store: Store
    places: Sequence[int]
    grounds: Sequence[int]


class Draws(Dataset[Batch]):
    """Batch number `step` of a run, for a DataLoader whose workers draw them."""

    shares: Mapping[str, float] = SHARES

    def __init__(
        self, pool: Pool, tokenizer: Tokenizer, names: Names, sides: Sequence[int], size: int
    ) -> None:
        """`sides` is the picture side of every step, so its length is the number of steps."""
        self.pool = pool
        self.tokenizer = tokenizer
        self.numbers = [{value: n for n, value in enumerate(values)} for values in names]
        self.sides = sides
        self.counts = _counts(pool, self.shares, size)
        self.kinds = _kinds(pool)
        self.seed = 0
        self.balance = 0.5
        self.titles = captions.TITLES

    def __len__(self) -> int:
        return len(self.sides)

    def __getitem__(self, step: int) -> Batch:
        dice = np.random.default_rng([self.seed, step])
        places = [place for source in self.counts for place in self._drawn(source, dice)]
        shots = [self.pool.shots[place] for place in places]
        said, ids, mask = self._words(shots, random.Random(int(dice.integers(2**31))))  # noqa: S311
        views = self.views(places, step, dice)
        return Batch(views, ids, mask, said, torch.tensor(places))

    def views(self, places: Sequence[int], step: int, dice: Generator) -> Views:
        """Two views of each shot: the first ones, half of them plain, then the others."""
        side = self.sides[step]
        plain = [dice.random() < 0.5 for _ in places]  # galleries are
        first = [
            self.plain(place, side) if so else self.other(place, side, dice)
            for place, so in zip(places, plain, strict=True)
        ]
        second = [self.other(place, side, dice) for place in places]
        return torch.from_numpy(np.stack(first + second))

    def _drawn(self, source: str, dice: Generator) -> Iterator[int]:
        """Places of a source, `TOGETHER` of a kind, rare kinds more often than they are."""
        kinds = self.kinds[source]
        chances = np.array([len(kind) for kind in kinds]) ** self.balance
        left = self.counts[source]
        taken: set[int] = set()
        while left:
            kind = kinds[dice.choice(len(kinds), p=chances / chances.sum())]
            free = [place for place in kind if place not in taken]
            few = dice.permutation(free)[: min(left, TOGETHER)]
            taken.update(int(place) for place in few)
            left -= len(few)
            yield from (int(place) for place in few)

    def _words(self, shots: Sequence[Shot], dice: random.Random) -> tuple[Said, Tensor, Tensor]:
        lines = [captions.caption(shot, dice, self.titles) for shot in shots]
        ids, mask = encode(self.tokenizer, [line.text for line in lines], dice)
        spoken = torch.zeros(len(shots), len(FACETS), dtype=torch.bool)
        also: list[tuple[int, int, int]] = []
        for row, line in enumerate(lines):
            spoken[row, list(line.facets)] = True
            also += [
                (row, facet, self.numbers[facet][value])
                for facet, value in sorted(line.also)
                if value in self.numbers[facet]
            ]
        said = Said(spoken, torch.tensor(also, dtype=torch.int64).view(-1, 3))
        return said, torch.from_numpy(ids), torch.from_numpy(mask)

    def plain(self, place: int, side: int) -> Pixels:
        """The shot (side, side, 3) as the product prepares it."""
        picture = Image.fromarray(self.pool.store.picture(place))
        bare = Recipe(side, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        pixels = prepare(picture, self.pool.store.box(place), bare)
        return (pixels.transpose(1, 2, 0) * 255).round().clip(0, 255).astype(np.uint8)

    def other(self, place: int, side: int, dice: Generator) -> Pixels:
        """A random view (side, side, 3) of the shot."""
        store = self.pool.store
        small = self.pool.shots[place].source == "thumbs"
        grounds = self.pool.grounds
        ground = store.picture(grounds[int(dice.integers(len(grounds)))]) if grounds else None
        how = augment.MILD if small else augment.Strength()
        return augment.view(store.picture(place), store.box(place), side, dice, how, ground)


def load(draws: Draws, start: int, workers: int) -> Iterator[Batch]:
    """The batches from step `start` on, in order, drawn ahead by other processes."""
    one_thread_each()
    rest = range(start, len(draws))
    loader: DataLoader[Batch] = DataLoader(
        draws,
        batch_size=None,
        sampler=rest,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        worker_init_fn=alone,
    )
    return iter(loader)


def _counts(pool: Pool, shares: Mapping[str, float], size: int) -> Mapping[str, int]:
    """How many of each source are drawn together: its share, but no more than there are."""
    there = Counter(pool.shots[place].source for place in pool.places)
    total = sum(shares[source] for source in there)
    return {
        name: min(there[name], round(size * share / total))
        for name, share in shares.items()
        if name in there
    }


def _kinds(pool: Pool) -> Mapping[str, list[list[int]]]:
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place in pool.places:
        shot = pool.shots[place]
        found[shot.source][shot.facets.get("category", "")].append(place)
    return {source: list(kinds.values()) for source, kinds in found.items()}
