"""What the two towers are asked for, as functions of a batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def matches(facets: Tensor, spoken: Tensor, groups: Tensor) -> tuple[Tensor, Tensor]:
    """Which shots (columns) a caption (rows) is right for, and for which nobody knows; (n, n) each.

    `facets` (n, f) holds value numbers, -1 unknown; `spoken` (n, f) what each caption speaks of. A
    caption that speaks of no facet belongs to its own group alone.
    """
    right = torch.ones(len(facets), len(facets), dtype=torch.bool)
    possible = right.clone()
    for values, said in zip(facets.T, spoken.T, strict=True):
        agrees = (values[:, None] == values[None, :]) | ~said[:, None]
        right &= agrees
        possible &= agrees | (values < 0)[None, :]
    own = groups[:, None] == groups[None, :]
    general = spoken.any(dim=1, keepdim=True)
    right = (right & general) | own
    return right, possible & general & ~right


def contrast(scores: Tensor, right: Tensor, unknown: Tensor) -> Tensor:
    """Symmetric InfoNCE with several right answers; the unknown ones count neither way."""
    scores = scores.masked_fill(unknown, -1e4)
    return (_one_way(scores, right) + _one_way(scores.T, right.T)) / 2


def gather_alike(embeddings: Tensor, labels: Tensor, temperature: float = 0.1) -> Tensor:
    """Supervised contrast: shots of equal label (-1 unknown) near each other, others apart."""
    known = labels >= 0
    points, kinds = embeddings[known], labels[known]
    itself = torch.eye(len(kinds), dtype=torch.bool)
    right = (kinds[:, None] == kinds[None, :]) & ~itself
    scores = (points @ points.T / temperature).masked_fill(itself, -1e4)
    lonely = ~right.any(dim=1)
    return _one_way(scores[~lonely], right[~lonely]) if (~lonely).any() else scores.sum() * 0


def keep_structure(embeddings: Tensor, trunk: Tensor, temperature: float = 0.1) -> Tensor:
    """How far a batch's neighbourhoods are from the frozen trunk's: KL divergence, 0 = equal."""
    itself = torch.eye(len(trunk), dtype=torch.bool)
    before = (trunk @ trunk.T / temperature).masked_fill(itself, -1e4)
    after = (embeddings @ embeddings.T / temperature).masked_fill(itself, -1e4)
    log_after = functional.log_softmax(after, dim=1)
    return functional.kl_div(log_after, functional.softmax(before, dim=1), reduction="batchmean")


def _one_way(scores: Tensor, right: Tensor) -> Tensor:
    chances = functional.log_softmax(scores, dim=1)
    weights = right.to(scores.dtype)
    return -((chances * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)).mean()
