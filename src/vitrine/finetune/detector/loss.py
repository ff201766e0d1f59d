"""The detector's loss: task-aligned places, CIoU and distributions for boxes, BCE for kinds.

After Feng et al. 2021 (TOOD), Zheng et al. 2020 (CIoU) and Li et al. 2020 (distribution focal
loss).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from vitrine.finetune.detector.net import BINS, corners, expected, grid

BOX, SHAPE, KIND = 7.5, 1.5, 0.5
"""How much CIoU, the distributions and the kinds count."""
CANDIDATES = 10
SCORE_POWER, OVERLAP_POWER = 0.5, 6.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What is on one picture: kinds (m,), boxes (m, 4) in pixels, and kinds nobody marked (k,)."""

    kinds: Tensor
    boxes: Tensor
    unmarked: Tensor

    def on(self, device: torch.device) -> Truth:
        """The same on this device."""
        return Truth(*(part.to(device) for part in (self.kinds, self.boxes, self.unmarked)))


@dataclass(frozen=True, slots=True)
class Assigned:
    """Which truth each place answers for, -1 none, and how well it does, 0 to 1."""

    truth: Tensor
    weight: Tensor


def loss(distances: Tensor, logits: Tensor, truths: list[Truth], side: int) -> Tensor:
    """The mean loss over the batch's marked garments."""
    places, strides = grid(side, logits.device)
    boxes = corners(expected(distances), places, strides)
    total = logits.new_zeros(())
    weight = logits.new_zeros(())
    for row, truth in enumerate(truths):
        found = assign(logits[row].detach().sigmoid(), boxes[row].detach(), truth, places)
        total = total + KIND * _kind_loss(logits[row], truth, found)
        here = found.truth >= 0
        weight = weight + found.weight.sum()
        if bool(here.any()):
            wanted, share = truth.boxes[found.truth[here]], found.weight[here]
            total = total + BOX * (share * (1 - ciou(boxes[row][here], wanted))).sum()
            sides = _sides(wanted, places[here], strides[here])
            total = total + SHAPE * (share * _shape_loss(distances[row][here], sides)).sum()
    return total / weight.clamp(min=1.0)


def assign(scores: Tensor, boxes: Tensor, truth: Truth, places: Tensor) -> Assigned:
    """The places that best agree with each truth in kind and box together, inside its box.

    A place that two truths ask for answers for the one it overlaps more.
    """
    count = len(truth.kinds)
    if not count:
        nobody = torch.full((len(places),), -1, device=places.device)
        return Assigned(nobody, places.new_zeros(len(places)))
    overlap = pair_iou(truth.boxes, boxes)
    inner = torch.minimum(
        places[None] - truth.boxes[:, None, :2], truth.boxes[:, None, 2:] - places[None]
    )
    inside = inner.amin(2) > 0
    fit = scores[:, truth.kinds].T ** SCORE_POWER * overlap**OVERLAP_POWER * inside
    best = fit.topk(min(CANDIDATES, fit.shape[1]), dim=1)
    chosen = torch.zeros_like(inside)
    chosen.scatter_(1, best.indices, best.values > 1e-12)
    # A small garment may hold no place that fits yet: the nearest one to its middle takes it.
    middles = (truth.boxes[:, :2] + truth.boxes[:, 2:]) / 2
    nearest = torch.cdist(middles, places).argmin(1)
    lonely = ~chosen.any(1)
    chosen[lonely, nearest[lonely]] = True
    rivals = torch.where(chosen, overlap + 1e-6, 0.0)
    value, owner = rivals.max(0)
    taken = value > 0
    fit = torch.where(chosen, fit, 0.0)
    scale = (rivals.amax(1) / fit.amax(1).clamp(min=1e-9))[owner]
    weight = (fit[owner, torch.arange(len(places), device=places.device)] * scale).clamp(0, 1)
    weight = torch.maximum(weight, torch.full_like(weight, 0.05))
    return Assigned(torch.where(taken, owner, -1), torch.where(taken, weight, 0.0))


def pair_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union (n, m) of boxes (n, 4) and (m, 4)."""
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    both = (high - low).clamp(min=0).prod(2)
    areas = (a[:, 2:] - a[:, :2]).clamp(min=0).prod(1)[:, None]
    others = (b[:, 2:] - b[:, :2]).clamp(min=0).prod(1)[None]
    return both / (areas + others - both + 1e-7)


def ciou(a: Tensor, b: Tensor) -> Tensor:
    """IoU of boxes row by row (n, 4), less what middles and shapes differ by."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(1)
    size_a, size_b = (a[:, 2:] - a[:, :2]).clamp(min=1e-3), (b[:, 2:] - b[:, :2]).clamp(min=1e-3)
    overlap = both / (size_a.prod(1) + size_b.prod(1) - both + 1e-7)
    hull = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    apart = (a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]).square().sum(1) / 4
    turn = torch.atan(size_b[:, 0] / size_b[:, 1]) - torch.atan(size_a[:, 0] / size_a[:, 1])
    shape = 4 / math.pi**2 * turn.square()
    with torch.no_grad():
        trade = shape / (1 - overlap + shape + 1e-7)
    return overlap - apart / (hull.square().sum(1) + 1e-7) - trade * shape


def _kind_loss(logits: Tensor, truth: Truth, found: Assigned) -> Tensor:
    wanted = torch.zeros_like(logits)
    here = found.truth >= 0
    wanted[here, truth.kinds[found.truth[here]]] = found.weight[here]
    each = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    if len(truth.unmarked):
        # Nobody looked for these kinds here: not seeing them is neither right nor wrong.
        each = each.clone()
        each[:, truth.unmarked] = 0
    return each.sum()


def _sides(boxes: Tensor, places: Tensor, strides: Tensor) -> Tensor:
    reach = torch.cat([places - boxes[:, :2], boxes[:, 2:] - places], 1) / strides
    return reach.clamp(0, BINS - 1.01)


def _shape_loss(distances: Tensor, sides: Tensor) -> Tensor:
    """Cross-entropy of the two distances around each true one, nearer counts more; mean of 4."""
    logs = distances.view(-1, 4, BINS).log_softmax(2)
    low = sides.floor().long()
    share = sides - low
    below = logs.gather(2, low[..., None]).squeeze(2)
    above = logs.gather(2, low[..., None] + 1).squeeze(2)
    return -(below * (1 - share) + above * share).mean(1)
