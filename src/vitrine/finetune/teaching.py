"""What a step draws of the material, and what the towers are asked about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from vitrine.finetune import losses
from vitrine.finetune.looking import Ints
from vitrine.finetune.material import Material, Towers

RATES = (2e-3, 1e-3)
"""How fast what is added to the image tower learns, and to the text tower."""
PLAIN = 0.6
TEMPERATURE = 0.07
NEIGHBOURS, WORDS_AT = 0.05, 0.03
"""Temperatures: of neighbourhoods that are kept, and of what words find."""


@dataclass(frozen=True, slots=True)
class Pulls:
    """How much each thing that is asked counts."""

    view: float = 1.0
    design: float = 0.8
    kinds: float = 0.5
    colours: float = 1.0
    both: float = 0.6
    others: float = 0.1
    words: float = 0.5
    keep: float = 0.25
    near: float = 0.15
    keep_words: float = 1.0


class Teaching:
    """Draws batches of the train part, and says how wrong the towers are about them."""

    batch = lines = 384

    def __init__(self, material: Material, towers: Towers, pulls: Pulls, seed: int) -> None:
        self.material, self.towers, self.pulls, self.seed = material, towers, pulls, seed
        self.train = np.array(material.snapshot.of("train"), dtype=np.int64)
        self.families = _families(material.known.designs, self.train)
        self.vectors = torch.from_numpy(material.seen.vectors)
        self.read = torch.from_numpy(material.read)
        self.log_scale = nn.Parameter(torch.tensor(3.0))
        self.form = towers.image.sizes[0] if len(towers.image.sizes) > 1 else None

    @property
    def learning(self) -> nn.ModuleList:
        """All that learns."""
        return nn.ModuleList([self.towers.image, self.towers.text])

    @property
    def rates(self) -> Sequence[float]:
        """How fast each of them does."""
        return RATES

    def losses(self, step: int) -> dict[str, Tensor]:
        """The losses of a step's batch, by name; the same for the same step."""
        dice = np.random.default_rng([self.seed, step])
        items = self._drawn(dice)
        first, second = self._rows(items, dice)
        one, other = self._embedded(first), self._embedded(second)
        found = self._alike(items, one, other)
        found |= self._kept(first, one)
        return found | self._worded(items, one, dice)

    def _drawn(self, dice: np.random.Generator) -> Ints:
        """Products: half of them with others of their design beside, where there are."""
        size = min(self.batch, len(self.train))
        some = dice.choice(self.train, size, replace=False)
        if not self.families:
            return np.asarray(some)
        count = min(size // 4, len(self.families))
        families = dice.choice(len(self.families), count, replace=False)
        pairs = [dice.choice(self.families[one], 2, replace=False) for one in families]
        return np.unique(np.concatenate([some[: size // 2], *pairs]))

    def _rows(self, items: Ints, dice: np.random.Generator) -> tuple[Ints, Ints]:
        """For each product the row of one look, mostly the plain one, and of another."""
        rows = [self.material.of[int(item)] for item in items]
        first = [
            self.material.plain[item] if dice.random() < PLAIN else dice.choice(some)
            for item, some in zip(items, rows, strict=True)
        ]
        second = [
            dice.choice(some[some != row]) if len(some) > 1 else row
            for row, some in zip(first, rows, strict=True)
        ]
        return np.array(first), np.array(second)

    def _embedded(self, rows: Ints) -> Tensor:
        made: Tensor = self.towers.image(self.vectors[rows], self.material.pictures[rows])
        return made

    def _alike(self, items: Ints, one: Tensor, other: Tensor) -> dict[str, Tensor]:
        known, pulls = self.material.known, self.pulls
        kinds, colours = (torch.from_numpy(c[items]) for c in (known.kinds, known.colours))
        designs = torch.from_numpy(known.designs[items])
        design = designs[:, None] == designs
        right = design & (colours[:, None] == colours) | torch.eye(len(items), dtype=torch.bool)
        both = torch.where((kinds < 0) | (colours < 0), -1, kinds * 10_000 + colours)
        form, colour = self._parted(one), self._parted(other)
        asked = {
            "view": pulls.view * _both_ways(one, other, right, design & ~right),
            "design": pulls.design * _both_ways(form[0], colour[0], design, None),
            "kinds": pulls.kinds * _together(form[0], colour[0], kinds),
            "colours": pulls.colours * _together(form[1], colour[1], colours),
            "both": pulls.both * _together(one, other, both),
        }
        if known.others and pulls.others:
            parts = [
                _together(one, other, torch.from_numpy(some[items]))
                for some in known.others.values()
            ]
            asked["others"] = pulls.others * torch.stack(parts).sum()
        return asked

    def _parted(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """What says form and what says colour, of length 1; the whole twice where it is one."""
        if self.form is None:
            return vectors, vectors
        parts = vectors[:, : self.form], vectors[:, self.form :]
        return functional.normalize(parts[0], dim=1), functional.normalize(parts[1], dim=1)

    def _kept(self, first: Ints, one: Tensor) -> dict[str, Tensor]:
        before = self.vectors[first]
        now, then = self._parted(one), self._parted(before)
        pairs = zip(now, then, strict=True)
        kept = [losses.keep_structure(new, old, NEIGHBOURS) for new, old in pairs]
        return {
            "keep": self.pulls.keep * torch.stack(kept).mean(),
            "near": self.pulls.near * (1 - (one * before).sum(dim=1)).mean(),
        }

    def _worded(self, items: Ints, one: Tensor, dice: np.random.Generator) -> dict[str, Tensor]:
        """Titles, kinds and colours find their products; other words find what they found."""
        lines = self.material.lines
        asked = np.unique(lines.of[items])
        asked = asked[asked >= 0]
        if len(asked) > self.lines:
            asked = dice.choice(asked, self.lines, replace=False)
        found = {}
        if len(asked):
            right = (torch.from_numpy(lines.of[items])[:, :, None] == torch.from_numpy(asked)).any(
                1
            )
            scale = self.log_scale.exp().clamp(max=60)
            scores = scale * one @ self._said(asked).T
            both = losses.one_way(scores.T, right.T) + losses.one_way(scores, right)
            found["words"] = self.pulls.words * both / 2
        some = dice.choice(lines.general, min(self.lines, len(lines.general)), replace=False)
        now = self._said(some) @ one.T / WORDS_AT
        then = self.read[some] @ self.vectors[self.material.plain[items]].T / WORDS_AT
        kept = functional.kl_div(
            functional.log_softmax(now, dim=1),
            functional.softmax(then, dim=1),
            reduction="batchmean",
        )
        return found | {"keep words": self.pulls.keep_words * kept}

    def _said(self, some: Ints) -> Tensor:
        made: Tensor = self.towers.text(self.read[some], self.material.words[some])
        return made


def total(asked: Mapping[str, Tensor]) -> Tensor:
    """All losses in one."""
    return torch.stack(list(asked.values())).sum()


def _families(designs: Ints, train: Ints) -> list[Ints]:
    """The train products of each design that has several."""
    order = train[np.argsort(designs[train], kind="stable")]
    splits = np.flatnonzero(np.diff(designs[order])) + 1
    return [some for some in np.split(order, splits) if len(some) > 1]


def _both_ways(one: Tensor, other: Tensor, right: Tensor, unknown: Tensor | None) -> Tensor:
    scores = one @ other.T / TEMPERATURE
    back = losses.one_way(scores.T, right.T, None if unknown is None else unknown.T)
    return (losses.one_way(scores, right, unknown) + back) / 2


def _together(one: Tensor, other: Tensor, labels: Tensor) -> Tensor:
    return losses.gather_alike(one, labels, torch.cat([one, other]), labels.repeat(2))
