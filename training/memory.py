"""What recent batches gave, as further things a batch is told apart from (cross-batch memory)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from training.data import FACETS
from training.towers import DIMENSION


@dataclass(frozen=True, slots=True)
class Seen:
    """Embedded views and words (n, 256) of shots, with their facets, groups and sources."""

    views: Tensor
    words: Tensor
    facets: Tensor
    groups: Tensor
    sources: Tensor

    def then(self, other: Seen) -> Seen:
        """These and the others, in this order."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Seen(*(torch.cat(pair) for pair in pairs))

    def detached(self) -> Seen:
        """The same without gradients."""
        return Seen(*(getattr(self, f.name).detach() for f in fields(self)))


class Memory:
    """The last batches, oldest forgotten first."""

    def __init__(self, batches: int = 16) -> None:
        self.batches = batches
        self.kept: list[Seen] = []

    def add(self, batch: Seen) -> None:
        """Remember a batch."""
        self.kept = [*self.kept, batch.detached()][-self.batches :]

    def seen(self) -> Seen:
        """All that is remembered."""
        if not self.kept:
            none = torch.empty(0, dtype=torch.int64)
            empty = torch.empty(0, DIMENSION)
            return Seen(empty, empty, torch.empty(0, len(FACETS), dtype=torch.int64), none, none)
        columns = zip(*([getattr(b, f.name) for f in fields(b)] for b in self.kept), strict=True)
        return Seen(*(torch.cat(column) for column in columns))

    def state(self) -> list[list[Tensor]]:
        """What is remembered, for a checkpoint."""
        return [[getattr(batch, f.name) for f in fields(batch)] for batch in self.kept]

    def load(self, state: list[list[Tensor]]) -> None:
        """Remember what `state` gave."""
        self.kept = [Seen(*columns) for columns in state]
