"""What re-ranking knows of every product: main colours by number, and the shape of its crop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from vitrine.services.search.cache.columns import Mask
from vitrine.vision import colours
from vitrine.vision.types import Palette

MOST = colours.MOST
_LIGHT, _TINT = 5.0, 7.5
_LEAST_TINT, _TINTS, _LIGHTS = -90.0, 26, 20

Codes = NDArray[np.uint16]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trait:
    """What is known of one product's crop; no colours and no shape where it was never measured."""

    colours: Palette = ()
    aspect: float | None = None


UNMEASURED = Trait()


@dataclass(frozen=True)
class Traits:
    """By row: numbers of colours (n, 3) and their shares, width over height; 0 for unknown."""

    codes: Codes = field(default_factory=lambda: np.zeros((0, MOST), dtype=np.uint16))
    shares: Floats = field(default_factory=lambda: np.zeros((0, MOST), dtype=np.float32))
    aspects: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def replaced(self, size: int, rows: NDArray[np.int64], given: Sequence[Trait]) -> Traits:
        """The traits of `size` rows, with those of these rows put in."""
        old = len(self.aspects)
        codes = np.zeros((size, MOST), dtype=np.uint16)
        shares = np.zeros((size, MOST), dtype=np.float32)
        aspects = np.zeros(size, dtype=np.float32)
        codes[:old], shares[:old], aspects[:old] = self.codes, self.shares, self.aspects
        codes[rows], shares[rows] = _coded([trait.colours for trait in given])
        aspects[rows] = [trait.aspect or 0.0 for trait in given]
        return Traits(codes, shares, aspects)

    def colour_distances(self, palette: Palette) -> tuple[Floats, Mask]:
        """How far each row's colours are from these (CIEDE2000), and for which rows it is known."""
        known, apart = self.shares[:, 0] > 0, _apart(palette)
        there = np.zeros(len(known), dtype=np.float32)
        shares = [share / sum(one[0] for one in palette) for share, *_ in palette]
        for share, each in zip(shares, apart, strict=True):
            table = np.append(each, np.float32(np.inf))
            there += np.float32(share) * reduce(np.minimum, map(table.take, self._cells))
        nearest = np.append(apart.min(axis=0), np.float32(0))
        back = reduce(np.add, map(np.multiply, self.shares.T, map(nearest.take, self._cells)))
        total = np.maximum(self.shares.sum(axis=1), np.float32(1e-6))
        return np.where(known, (there + back / total) / 2, np.float32(0)), known

    def turned(self, rows: NDArray[np.int64], others: Traits, numbers: NDArray[np.int64]) -> Turned:
        """The same with those of these rows seen otherwise, as numbered among the others."""
        aspects = self.aspects.copy()
        aspects[rows] = others.aspects[numbers]
        return Turned(self.codes, self.shares, aspects, self, rows, others, numbers)

    @cached_property
    def _cells(self) -> NDArray[np.intp]:
        """The numbers of each row's colours (3, n), the first after all of them for none: in this
        order they are looked up in a fifth of the time."""
        return np.where(self.shares > 0, self.codes, _LIGHTS * _TINTS**2).T.astype(np.intp)


@dataclass(frozen=True)
class Turned(Traits):
    """Traits `of` which some rows are seen otherwise; colours and shares stay those before."""

    of: Traits = field(default_factory=Traits)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    others: Traits = field(default_factory=Traits)
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def colour_distances(self, palette: Palette) -> tuple[Floats, Mask]:
        """As of all traits, of what is seen."""
        apart, known = self.of.colour_distances(palette)
        apart, known = apart.copy(), known.copy()
        seen, measured = self.others.colour_distances(palette)
        apart[self.rows], known[self.rows] = seen[self.numbers], measured[self.numbers]
        return apart, known


def _coded(palettes: Sequence[Palette]) -> tuple[Codes, Floats]:
    """By palette the numbers of its colours (n, 3), and their shares."""
    codes = np.zeros((len(palettes), MOST), dtype=np.uint16)
    shares = np.zeros((len(palettes), MOST), dtype=np.float32)
    seen = [
        (number, place, *colour)
        for number, palette in enumerate(palettes)
        for place, colour in enumerate(palette[:MOST])
    ]
    if not seen:
        return codes, shares
    numbers, places, share, light, *tints = np.array(seen, dtype=np.float64).T
    at = numbers.astype(np.intp), places.astype(np.intp)
    level = np.clip((light / _LIGHT).astype(np.intp), 0, _LIGHTS - 1)
    red, yellow = (
        np.clip(((tint - _LEAST_TINT) / _TINT).astype(np.intp), 0, _TINTS - 1) for tint in tints
    )
    codes[at], shares[at] = (level * _TINTS + red) * _TINTS + yellow, share
    return codes, shares


def _middles() -> NDArray[np.float64]:
    """The colour in the middle of each cell, by number."""
    light = (np.arange(_LIGHTS) + 0.5) * _LIGHT
    tint = _LEAST_TINT + (np.arange(_TINTS) + 0.5) * _TINT
    return np.stack(np.meshgrid(light, tint, tint, indexing="ij"), axis=-1).reshape(-1, 3)


@lru_cache(maxsize=64)
def _apart(palette: Palette) -> Floats:
    """From each colour of the palette to each numbered colour."""
    asked = np.array(palette)[:, None, 1:]
    return colours.ciede2000(asked, _MIDDLES[None]).astype(np.float32)


_MIDDLES = _middles()
