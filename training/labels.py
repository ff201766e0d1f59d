"""The words of the facets, and what embeddings are asked about them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.captions import prompts
from training.data import FACETS, Shot
from training.words import encode

ASKED = ("category", "colour", "pattern", "sleeve", "neck", "gender")
"""Facets that have a linear head and are named by words."""
LANGUAGES = ("en", "en", "de", "ja")
HEAD_SCALE = 8.0
"""Embeddings have length 1: so much larger than their layers say are the logits of the heads."""
RAREST = 5
"""A value has a head and a name if so many shots have it."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The values of each facet asked for, their tokens by prompt, and how to number them."""

    values: Mapping[str, Sequence[str]]
    columns: Mapping[str, Tensor]
    lines: Mapping[str, Sequence[Sequence[str]]]
    tokenizer: Tokenizer
    dice: random.Random

    def name_loss(self, views: Tensor, facets: Tensor, text: nn.Module, scale: Tensor) -> Tensor:
        """How hard it is to name each view among all values of a facet, by words."""
        lines = [self.dice.choice(some) for facet in self.values for some in self.lines[facet]]
        ids, mask = encode(self.tokenizer, lines)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            names = text(torch.from_numpy(ids), torch.from_numpy(mask)).float()
        total, start = torch.zeros(()), 0
        for facet, values in self.values.items():
            some = names[start : start + len(values)]
            start += len(values)
            weight = 1.0 if facet in ("category", "colour") else 0.4
            total = total + weight * self._asked(scale * views @ some.T, facets, facet)
        return total

    def head_loss(self, views: Tensor, facets: Tensor, heads: nn.ModuleDict) -> Tensor:
        """The same by linear heads."""
        total = torch.zeros(())
        for facet in self.values:
            total = total + self._asked(HEAD_SCALE * heads[facet](views), facets, facet)
        return total

    def wanted(self, facets: Tensor, facet: str) -> Tensor:
        """The column (n,) of each shot's value of a facet, -1 where none is asked for."""
        numbers = facets[:, FACETS.index(facet)]
        return torch.where(numbers < 0, -1, self.columns[facet][numbers])

    def _asked(self, scores: Tensor, facets: Tensor, facet: str) -> Tensor:
        wanted = self.wanted(facets, facet)
        if not bool((wanted >= 0).any()):
            return scores.sum() * 0
        return functional.cross_entropy(scores, wanted, ignore_index=-1, label_smoothing=0.05)


def numbered(shots: Sequence[Shot]) -> tuple[Tensor, list[list[str]]]:
    """Each shot's value numbers (n, f), -1 unknown, and the values of each facet by number."""
    names = [sorted({s.facets[facet] for s in shots if s.facets.get(facet)}) for facet in FACETS]
    places = [{value: number for number, value in enumerate(some)} for some in names]
    rows = [
        [
            place.get(shot.facets.get(facet, ""), -1)
            for facet, place in zip(FACETS, places, strict=True)
        ]
        for shot in shots
    ]
    return torch.tensor(rows), names


def scaled(head: nn.Linear) -> nn.Linear:
    """A head with HEAD_SCALE folded in: it gives the logits that the trained one was asked for."""
    plain = nn.Linear(head.in_features, head.out_features)
    with torch.no_grad():
        plain.weight.copy_(head.weight * HEAD_SCALE)
        plain.bias.copy_(head.bias * HEAD_SCALE)
    return plain


def labels(fitted: Sequence[Shot], names: Sequence[Sequence[str]], tokenizer: Tokenizer) -> Labels:
    """Labels of the values that the fitted shots have often enough; `names` are all, by number."""
    values, columns, lines = {}, {}, {}
    for facet in ASKED:
        every = names[FACETS.index(facet)]
        often = Counter(shot.facets.get(facet, "") for shot in fitted)
        kept = [value for value in every if often[value] >= RAREST]
        if not kept:
            continue
        place = {value: number for number, value in enumerate(kept)}
        values[facet] = kept
        columns[facet] = torch.tensor([place.get(value, -1) for value in every] or [-1])
        lines[facet] = [
            [line for language in LANGUAGES for line in prompts(facet, value, language)]
            for value in kept
        ]
    return Labels(values, columns, lines, tokenizer, random.Random(0))  # noqa: S311
