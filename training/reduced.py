"""What the trunk said of shots, reduced to the principal numbers that heads learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training import factored
from training.data import Shot
from training.discriminant import Linear
from training.factored import COLOUR_OF, FORM_OF, Seen

FORM, COLOUR = 896, 256
"""How many numbers are kept for each part: with 512 of form second photos are told apart less."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """Shots and their rows for both parts, of length 1 on average: (views, n, k), plain first."""

    shots: Sequence[Shot]
    form: Tensor
    colour: Tensor
    lines: tuple[Linear, Linear]

    def rows(self, view: int) -> tuple[Tensor, Tensor]:
        """All shots' rows in one view."""
        return self.form[view], self.colour[view]

    def some(self, views: NDArray[np.int64], places: Tensor) -> tuple[Tensor, Tensor]:
        """The rows of shots, each in a view of its own."""
        chosen = torch.from_numpy(views)
        return self.form[chosen, places], self.colour[chosen, places]


def reduce(seen: Seen) -> Reduced:
    """The rows of the shots in both views."""
    form, form_line = _part(seen, FORM_OF, FORM)
    colour, colour_line = _part(seen, COLOUR_OF, COLOUR)
    return Reduced(seen.shots, form, colour, (form_line, colour_line))


def _part(seen: Seen, shares: Sequence[tuple[slice, float]], count: int) -> tuple[Tensor, Linear]:
    line = factored.compressed(seen, shares, min(count, len(seen.shots)))
    length = np.linalg.norm(line.of(seen.plain), axis=1).mean()
    line = Linear(line.mean, line.matrix / length)
    rows = np.stack([line.of(seen.plain), line.of(seen.view)])
    return torch.from_numpy(rows.astype(np.float32)), line
