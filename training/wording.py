"""Lines of words for the shots, and how well a text tower says them: its layers rest.

The layers look once at every line; only the weights that turn what they said, and each token, into
a vector learn (training.refining), which costs a few milliseconds a step.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training import abroad, captions, lexicon, offtopic
from training.captions import Caption
from training.data import FACETS, Shot
from training.labels import ASKED, numbered
from training.towers import TextTower
from training.words import encode
from vitrine.finetune import losses
from vitrine.finetune.losses import Said

AT_ONCE = 256
EACH = {"products": 6, "phone": 2, "garments": 2} | dict.fromkeys(abroad.TRAINED_STORES, 4)
"""So many lines are written for a shot of each source."""
TITLES = 0.5
NONSENSE = 4000
BATCH, FAR = 640, 96
"""Lines in a batch, and texts that mean nothing beside them."""
PLAIN = 0.7
"""So many of the pictures that lines are written for are shown plain."""
WARM_UP = 30


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines as the tower reads them: `together` (n, width) by its layers, ids and mask (n, t)."""

    together: Tensor
    ids: Tensor
    mask: Tensor

    def some(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What `TextTower.said` takes, of these rows, without needless padding."""
        mask = self.mask[rows]
        most = max(1, int(mask.sum(dim=1).max()))
        return self.together[rows], self.ids[rows, :most], mask[:, :most]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Lines, the shot that each was written for and what it says; lines that mean nothing; and the
    shots' facets and titles by number."""

    lines: Lines
    far: Lines
    rows: Tensor
    written: Sequence[Caption]
    facets: Tensor
    titles: Tensor
    names: Sequence[Sequence[str]]


def lessons(tower: TextTower, tokenizer: Tokenizer, shots: Sequence[Shot]) -> Lessons:
    """Lines for the shots, read by the tower's layers."""
    dice = random.Random(0)  # noqa: S311 - no secret
    pairs = [
        (row, captions.caption(shot, dice, TITLES))
        for row, shot in enumerate(shots)
        for _ in range(EACH.get(shot.source, 0))
    ]
    pairs += _named(shots, dice)
    facets, names = numbered(shots)
    titles = [shot.title or f"{shot.source}/{shot.key}" for shot in shots]
    places = {title: number for number, title in enumerate(sorted(set(titles)))}
    return Lessons(
        lines=read(tower, tokenizer, [line.text for _, line in pairs], dice),
        far=read(tower, tokenizer, offtopic.drawn(dice, NONSENSE), dice),
        rows=torch.tensor([row for row, _ in pairs]),
        written=[line for _, line in pairs],
        facets=facets,
        titles=torch.tensor([places[title] for title in titles]),
        names=names,
    )


def read(
    tower: TextTower, tokenizer: Tokenizer, texts: Sequence[str], dice: random.Random | None
) -> Lines:
    """The texts as the tower's layers read them; with dice some words are cut, as in training."""
    ids, mask = (torch.from_numpy(part) for part in encode(tokenizer, texts, dice))
    together = torch.zeros(len(texts), tower.tokens.embedding_dim)
    order = mask.sum(dim=1).argsort()
    with torch.inference_mode():
        for rows in order.split(AT_ONCE):
            most = max(1, int(mask[rows].sum(dim=1).max()))
            together[rows] = tower.together(ids[rows, :most], mask[rows, :most])
    return Lines(together, ids, mask)


def widened(tower: TextTower, to: Tensor) -> TextTower:
    """The tower with its vectors turned by a matrix (new dimension, old dimension)."""
    made = TextTower(tower.tokens.num_embeddings, tower.tokens.embedding_dim, len(to))
    kept = {k: v for k, v in tower.state_dict().items() if not k.startswith(("outer", "bag"))}
    made.load_state_dict(kept, strict=False)
    with torch.no_grad():
        made.outer.weight.copy_(to @ tower.outer.weight)
        made.outer.bias.copy_(to @ tower.outer.bias)
        made.bag.weight.copy_(tower.bag.weight @ to.T)
    return made.eval()


def turning(tower: TextTower, taught: Lessons, pictures: Tensor, penalty: float = 1e-2) -> Tensor:
    """The matrix that brings what the tower says nearest to the pictures (n, d), by ridge."""
    with torch.inference_mode():
        rows = torch.arange(len(taught.rows)).split(4096)
        said = torch.cat([tower.said(*taught.lines.some(some)) for some in rows])
        said = functional.normalize(said, dim=1)
        wanted = pictures[taught.rows]
        square = said.T @ said + penalty * len(said) / said.shape[1] * torch.eye(said.shape[1])
        turned: Tensor = torch.linalg.solve(square, said.T @ wanted).T
    return turned.clone()


def _named(shots: Sequence[Shot], dice: random.Random) -> list[tuple[int, Caption]]:
    """Every way of saying a value, for some shots that have it."""
    pairs = []
    for facet in ASKED:
        having: dict[str, list[int]] = {}
        for row, shot in enumerate(shots):
            if shot.source in EACH and shot.facets.get(facet):
                having.setdefault(shot.facets[facet], []).append(row)
        for value, rows in having.items():
            for language in lexicon.LANGUAGES:
                for line in captions.prompts(facet, value, language):
                    said = Caption(line, (FACETS.index(facet),))
                    pairs += [(row, said) for row in dice.sample(rows, min(2, len(rows)))]
    return pairs


def drawn(taught: Lessons, dice: np.random.Generator) -> Tensor:
    """The places of a batch of lines."""
    return torch.from_numpy(dice.choice(len(taught.rows), min(BATCH, len(taught.rows)), False))


def loss(
    tower: TextTower,
    taught: Lessons,
    some: Tensor,
    pictures: Tensor,
    by: tuple[Tensor, np.random.Generator],
) -> Tensor:
    """How badly the lines (places, k) find the pictures (k, d) of their shots, and these them; `by`
    is 1 / temperature, and the dice that draw what means nothing."""
    scale, dice = by
    far = torch.from_numpy(dice.choice(len(taught.far.ids), FAR, False))
    words = functional.normalize(tower.said(*taught.lines.some(some)), dim=1)
    noise = functional.normalize(tower.said(*taught.far.some(far)), dim=1)
    rows = taught.rows[some]
    facets, titles = taught.facets[rows], taught.titles[rows]
    right, unknown = losses.matches(facets, _said(taught, some), titles, facets, titles)
    scores = scale * words @ pictures.T
    away = scale * pictures @ noise.T
    back = torch.cat([scores.T.masked_fill(unknown.T, losses.NEVER), away], dim=1)
    wide = torch.cat([right.T, torch.zeros(len(rows), FAR, dtype=torch.bool)], dim=1)
    return (losses.one_way(scores, right, unknown) + losses.one_way(back, wide)) / 2


def _said(taught: Lessons, some: Tensor) -> Said:
    numbers = [{value: n for n, value in enumerate(values)} for values in taught.names]
    lines = [taught.written[row] for row in some.tolist()]
    spoken = torch.zeros(len(lines), len(FACETS), dtype=torch.bool)
    also: list[tuple[int, int, int]] = []
    for row, line in enumerate(lines):
        spoken[row, list(line.facets)] = True
        also += [
            (row, facet, numbers[facet][value])
            for facet, value in sorted(line.also)
            if value in numbers[facet]
        ]
    return Said(spoken, torch.tensor(also, dtype=torch.int64).view(-1, 3))


def set_rate(optimiser: torch.optim.Optimizer, step: int, steps: int) -> None:
    """The rate of each group of weights for a step: what it begins with, up and then down."""
    up = min(1.0, (step + 1) / WARM_UP)
    down = 0.5 * (1 + float(np.cos(np.pi * step / steps)))
    for part in optimiser.param_groups:
        part["lr"] = part["begin"] * up * max(down, 0.02)
