"""Linear heads of facets on vectors at rest, for labels in any shop.

What a shop has many of says nothing of the next one, so its frequent kinds and colours are held
back while heads learn; and the words for each are added to its row, since they know other photos.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.labels import HEAD_SCALE, Labels
from training.towers import TextTower
from training.words import encode

STEPS, BATCH, RATE, DECAY = 300, 2048, 1e-2, 0.01
SMOOTHING = 0.05
VIEWED = 0.3
"""So many shots are shown in a view."""
BALANCE = {"category": 0.7, "colour": 0.7}
"""So much of the log of its share is added to a value's logit while heads learn, by facet."""
WORDS = {"category": 20.0, "colour": 30.0}
"""What the cosine to its words is worth in a value's logit; where nothing is said, nothing."""


def heads(asked: Labels, facets: Tensor, pictures: Tensor, text: TextTower) -> dict[str, nn.Linear]:
    """A head per facet that gives logits of pictures (2, n, d), plain and in a view; `facets`
    (n, f) are the values by number."""
    wanted = {facet: asked.wanted(facets, facet) for facet in asked.values}
    learnt = _learnt(wanted, {f: len(some) for f, some in asked.values.items()}, pictures)
    for facet, head in learnt.items():
        with torch.no_grad():
            head.weight.mul_(HEAD_SCALE)
            head.bias.mul_(HEAD_SCALE)
            if facet in WORDS:
                head.weight.add_(WORDS[facet] * _words(asked, facet, text))
    return learnt


def _learnt(
    wanted: dict[str, Tensor], counts: dict[str, int], pictures: Tensor
) -> dict[str, nn.Linear]:
    torch.manual_seed(0)
    made = nn.ModuleDict({f: nn.Linear(pictures.shape[2], count) for f, count in counts.items()})
    held = {f: BALANCE.get(f, 0.0) * _log_shares(w, counts[f]) for f, w in wanted.items()}
    optimiser = torch.optim.AdamW(made.parameters(), lr=RATE, weight_decay=DECAY)
    dice = np.random.default_rng(0)
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        rows = torch.from_numpy(dice.integers(0, pictures.shape[1], BATCH))
        views = torch.from_numpy((dice.random(BATCH) < VIEWED).astype(np.int64))
        shown, loss = pictures[views, rows], torch.zeros(())
        for facet, head in made.items():
            loss = loss + _asked(HEAD_SCALE * head(shown) + held[facet], wanted[facet][rows])
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return {str(facet): head.requires_grad_(False) for facet, head in made.items()}


def _asked(logits: Tensor, wanted: Tensor) -> Tensor:
    if not bool((wanted >= 0).any()):
        return logits.sum() * 0
    return functional.cross_entropy(logits, wanted, ignore_index=-1, label_smoothing=SMOOTHING)


def _log_shares(wanted: Tensor, count: int) -> Tensor:
    sizes = torch.bincount(wanted[wanted >= 0], minlength=count).clamp(min=1).float()
    return (sizes / sizes.sum()).log()


def _words(asked: Labels, facet: str, text: TextTower) -> Tensor:
    """The mean vector (values, d), of length 1, of the lines for each value."""
    rows = [_mean(asked.tokenizer, lines, text) for lines in asked.lines[facet]]
    return functional.normalize(torch.stack(rows), dim=1)


def _mean(tokenizer: Tokenizer, lines: Sequence[str], text: TextTower) -> Tensor:
    ids, mask = encode(tokenizer, lines)
    with torch.inference_mode():
        said = text(torch.from_numpy(ids), torch.from_numpy(mask))
    return said.mean(dim=0).clone()
