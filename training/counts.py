"""How much of each colour a picture holds, counted inside the net: soft histograms in CIELAB."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from vitrine.finetune.lite import MEAN, STD
from vitrine.vision import colours

BINS = 96
REACH = 9.0
"""The spread of a bin's kernel, in CIELAB."""
LIGHTNESS = 0.6
"""Lightness counts so much less than hue: photos are lit in many ways."""
CELLS = 32
WIDTH = 4 * BINS
SEEN = 20_000


class ColourCounts(nn.Module):
    """Normalised pixels (n, 3, size, size) to four histograms (n, WIDTH), each summing to 1.

    They are of the middle, of all that is near it, of the border, and of the middle without the
    colours of the border. Sizes are multiples of CELLS.
    """

    centres: Tensor

    def __init__(self, centres: Tensor) -> None:
        """`centres` (BINS, 3) are colours in CIELAB, lightness already scaled."""
        super().__init__()
        self.register_buffer("centres", centres)
        self.register_buffer("to_xyz", torch.tensor(colours.TO_XYZ, dtype=torch.float32))
        self.register_buffer("white", torch.tensor(colours.WHITE, dtype=torch.float32))
        self.register_buffer("std", torch.tensor(STD))
        self.register_buffer("mean", torch.tensor(MEAN))
        self.register_buffer("places", torch.from_numpy(_places()))

    def forward(self, pixels: Tensor) -> Tensor:
        """Histograms (n, WIDTH) of normalised pixels."""
        small = functional.avg_pool2d(pixels, pixels.shape[-1] // CELLS)
        lab = self._lab(small.flatten(2).transpose(1, 2) * self.std + self.mean)
        near = 2 * lab @ self.centres.T - (self.centres**2).sum(dim=1)
        shares = (near / (2 * REACH**2)).softmax(dim=-1)
        middle, wide, border = torch.matmul(self.places, shares).unbind(dim=1)
        common = border / border.max(dim=1, keepdim=True).values
        told = self.places[0] / (1 + 8 * (shares @ common.unsqueeze(-1)).squeeze(-1))
        told = told / told.sum(dim=1, keepdim=True)
        kept = torch.matmul(told.unsqueeze(1), shares).squeeze(1)
        return torch.cat([middle, wide, border, kept], dim=1)

    def _lab(self, rgb: Tensor) -> Tensor:
        """CIELAB (n, m, 3), lightness scaled, of sRGB 0 to 1."""
        rgb = rgb.clamp(0, 1)
        linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        xyz = linear @ self.to_xyz.T / self.white
        bent = torch.where(
            xyz > (6 / 29) ** 3, xyz.clamp(min=1e-6) ** (1 / 3), xyz * 7.787 + 4 / 29
        )
        x, y, z = bent.unbind(dim=-1)
        lightness = LIGHTNESS * (116 * y - 16)
        return torch.stack([lightness, 500 * (x - y), 200 * (y - z)], dim=-1)


def centres(pictures: Sequence[NDArray[np.uint8]], seed: int = 0) -> Tensor:
    """BINS colours (BINS, 3), lightness scaled, that cover those of the pictures evenly.

    By k-means, in which common colours count less than they are common.
    """
    dice = np.random.default_rng(seed)
    some = [picture[::16, ::16].reshape(-1, 3) / 255 for picture in pictures]
    seen = colours.to_lab(np.concatenate(some)) * np.array([LIGHTNESS, 1, 1])
    cells = np.unique(np.floor(seen / 8), axis=0, return_inverse=True, return_counts=True)
    chances = cells[2][cells[1]] ** -0.7
    seen = seen[dice.choice(len(seen), SEEN, p=chances / chances.sum())]
    found = seen[dice.permutation(SEEN)[:BINS]]
    for _ in range(25):
        nearest = (2 * seen @ found.T - (found**2).sum(axis=1)).argmax(axis=1)
        held = np.bincount(nearest, minlength=BINS)
        sums = np.stack([np.bincount(nearest, part, BINS) for part in seen.T], axis=1)
        found = np.where(held[:, None] > 0, sums / np.maximum(held, 1)[:, None], found)
    return torch.from_numpy(found.astype(np.float32))


def _places() -> np.ndarray:
    """Weights (3, CELLS * CELLS) that each sum to 1: of a narrow bell, a wide one and the rim."""
    axis = np.linspace(-1, 1, CELLS)
    bells = [np.exp(-((axis / spread) ** 2) / 2) for spread in (0.3, 0.5)]
    rim = np.ones((CELLS, CELLS))
    rim[2:-2, 2:-2] = 0
    maps = np.stack([*(np.outer(bell, bell) for bell in bells), rim]).reshape(3, -1)
    return (maps / maps.sum(axis=1, keepdims=True)).astype(np.float32)
