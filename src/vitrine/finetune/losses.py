"""What the two towers are asked for, as functions of a batch."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

NEVER = -1e4
"""A score that no softmax can see."""


class Said(NamedTuple):
    """What n captions speak of: `spoken` (n, f) the facets, `also` (k, 3) further right values.

    A row of `also` is a caption, a facet and the number of a value that its words fit as well.
    """

    spoken: Tensor
    also: Tensor


def matches(
    facets: Tensor, said: Said, groups: Tensor, shot_facets: Tensor, shot_groups: Tensor
) -> tuple[Tensor, Tensor]:
    """Which shots (columns) a caption (rows) is right for, and for which nobody knows; (n, m) each.

    `facets` (n, f) and `shot_facets` (m, f) hold value numbers, -1 unknown. A caption that speaks
    of no facet belongs to its own group alone.
    """
    spoken = said.spoken
    right = torch.ones(len(facets), len(shot_facets), dtype=torch.bool)
    possible = right.clone()
    for facet, (values, about, others) in enumerate(
        zip(facets.T, spoken.T, shot_facets.T, strict=True)
    ):
        fits = values[:, None] == others[None, :]
        captions, _facet, also = said.also[said.also[:, 1] == facet].T
        if len(captions):
            known = others >= 0
            allowed = torch.zeros(len(facets), max(int(others.max()), int(also.max())) + 1)
            allowed[captions, also] = 1
            fits |= (allowed[:, others.clamp(min=0)] > 0) & known[None, :]
        agrees = fits | ~about[:, None]
        right &= agrees
        possible &= agrees | (others < 0)[None, :]
    own = groups[:, None] == shot_groups[None, :]
    general = spoken.any(dim=1, keepdim=True)
    right = (right & general) | own
    return right, possible & general & ~right


def one_way(scores: Tensor, right: Tensor, unknown: Tensor | None = None) -> Tensor:
    """InfoNCE of each row over its columns, several of them right; the unknown do not count.

    Rows without a right column are left out; 0 where no row has one.
    """
    if unknown is not None:
        scores = scores.masked_fill(unknown, NEVER)
    some = right.any(dim=1)
    if not bool(some.any()):
        return scores.sum() * 0
    chances = functional.log_softmax(scores[some], dim=1)
    weights = right[some].to(scores.dtype)
    return -((chances * weights).sum(dim=1) / weights.sum(dim=1)).mean()


def gather_alike(
    points: Tensor, labels: Tensor, others: Tensor, other_labels: Tensor, temperature: float = 0.1
) -> Tensor:
    """Supervised contrast: points near the others of equal label (-1 unknown), far from the rest.

    The first of the others are the points themselves, in order, and do not count as their own.
    """
    known = labels >= 0
    scores = points[known] @ others.T / temperature
    right = labels[known][:, None] == other_labels[None, :]
    itself = torch.zeros_like(right)
    rows = torch.arange(len(right))
    itself[rows, known.nonzero().squeeze(1)] = True
    hidden = itself | (other_labels < 0)[None, :]
    return one_way(scores, right & ~itself, hidden)


def keep_structure(embeddings: Tensor, start: Tensor, temperature: float = 0.1) -> Tensor:
    """How far a batch's neighbourhoods are from the start's: KL divergence, 0 = equal."""
    itself = torch.eye(len(start), dtype=torch.bool)
    before = (start @ start.T / temperature).masked_fill(itself, NEVER)
    after = (embeddings @ embeddings.T / temperature).masked_fill(itself, NEVER)
    log_after = functional.log_softmax(after, dim=1)
    return functional.kl_div(log_after, functional.softmax(before, dim=1), reduction="batchmean")


def crowding(points: Tensor, alike: Tensor) -> Tensor:
    """How close each point's nearest one lies that is not alike: minus the mean log distance.

    Little for points that spread evenly over the sphere (Sablayrolles et al., KoLeo).
    """
    nearest = (points @ points.T).masked_fill(alike, -1.0).max(dim=1).values
    return -(2 - 2 * nearest).clamp(min=1e-4).log().mean() / 2
