"""The training loop: captions and features in, two fitted towers out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from training import losses
from training.backbone import EARLY_WIDTH
from training.captions import caption
from training.data import FACETS, Shot
from training.features import Features
from training.towers import ImageHead, TextTower, principal_axes, standardisation
from training.words import encode


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard to train; the weights say how much each loss counts."""

    steps: int = 2500
    batch: int = 512
    rate: float = 2e-3
    decay: float = 0.05
    early_share: float = 0.2
    alike: float = 0.3
    view: float = 0.5
    keep: float = 0.3
    street: float = 0.3
    noise: float = 0.1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Shots of one vocabulary; `views` is (v, n, width), the plain view first."""

    shots: Sequence[Shot]
    views: Tensor
    facets: Tensor
    groups: Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """One draw from a source: two views, and words for each shot."""

    first: Tensor
    second: Tensor
    ids: Tensor
    mask: Tensor
    facets: Tensor
    spoken: Tensor
    groups: Tensor


class Towers(torch.nn.Module):
    """Both towers and the temperature they learn under."""

    def __init__(self, head: ImageHead, text: TextTower) -> None:
        super().__init__()
        self.head = head
        self.text = text
        self.log_scale = torch.nn.Parameter(torch.tensor(2.66))

    def scale(self) -> Tensor:
        """1 / temperature, at most 50."""
        return self.log_scale.exp().clamp(max=50.0)


def source(shots: Sequence[Shot], views: Sequence[Features]) -> Source:
    """Shots and features as tensors, with values and groups numbered."""
    columns = [_numbered([shot.facets.get(facet, "") for shot in shots]) for facet in FACETS]
    # Shots of one title are one answer to that title; a shot without one is its own group.
    groups = _numbered([shot.title or f"{shot.source}/{shot.key}" for shot in shots])
    return Source(shots, torch.from_numpy(np.stack(views)), torch.stack(columns, 1), groups)


def fit(
    catalogue: Source, street: Sequence[Source], tokenizer: Tokenizer, plan: Plan
) -> tuple[Towers, list[float]]:
    """Fitted towers and the loss of every step; equal seeds give equal towers on one machine."""
    torch.manual_seed(plan.seed)
    dice = random.Random(plan.seed)  # noqa: S311 - no secret
    towers = _start(catalogue, tokenizer.get_vocab_size(), plan)
    optimiser = torch.optim.AdamW(_groups(towers, plan), lr=plan.rate, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=[g["lr"] for g in optimiser.param_groups], total_steps=plan.steps
    )
    history: list[float] = []
    bar = tqdm(range(plan.steps), desc="fit", unit="step", disable=None)
    for _ in bar:
        loss = _loss(towers, draw(catalogue, tokenizer, plan.batch, dice), plan)
        for other in street:
            part = draw(other, tokenizer, plan.batch // 3, dice)
            loss = loss + plan.street * _loss(towers, part, plan)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        history.append(float(loss.detach()))
        bar.set_postfix(loss=f"{history[-1]:.3f}", refresh=False)
    return towers.eval(), history


def draw(source: Source, tokenizer: Tokenizer, size: int, dice: random.Random) -> Batch:
    """A batch without repeats: two different views and one new caption for each shot."""
    picked = dice.sample(range(len(source.shots)), min(size, len(source.shots)))
    captions = [caption(source.shots[index], dice) for index in picked]
    ids, mask = encode(tokenizer, [line.text for line in captions])
    spoken = torch.zeros(len(picked), len(FACETS), dtype=torch.bool)
    for row, line in enumerate(captions):
        spoken[row, list(line.facets)] = True
    rows = torch.tensor(picked)
    first, second = torch.tensor([_two_views(len(source.views), dice) for _ in picked]).T
    return Batch(
        first=source.views[first, rows],
        second=source.views[second, rows],
        ids=torch.from_numpy(ids),
        mask=torch.from_numpy(mask),
        facets=source.facets[picked],
        spoken=spoken,
        groups=source.groups[picked],
    )


def _two_views(views: int, dice: random.Random) -> tuple[int, int]:
    # Half plain, since galleries are; the rest shared by the other views.
    first = 0 if dice.random() < 0.5 else dice.randrange(views)
    return first, (first + dice.randint(1, max(1, views - 1))) % views


def _loss(towers: Towers, batch: Batch, plan: Plan) -> Tensor:
    first, second = towers.head(_noisy(batch.first, towers, plan)), towers.head(batch.second)
    words = towers.text(batch.ids, batch.mask)
    right, unknown = losses.matches(batch.facets, batch.spoken, batch.groups)
    total = losses.contrast(towers.scale() * words @ first.T, right, unknown)
    own = batch.groups[:, None] == batch.groups[None, :]
    itself = torch.eye(len(own), dtype=torch.bool)
    if plan.view:
        total = total + plan.view * losses.contrast(first @ second.T / 0.07, itself, own & ~itself)
    if plan.alike:
        for column in (0, 1):
            total = total + plan.alike * losses.gather_alike(first, batch.facets[:, column])
    if plan.keep:
        deep = (batch.first - towers.head.mean)[:, EARLY_WIDTH:]
        before = functional.normalize(deep, dim=1)
        total = total + plan.keep * losses.keep_structure(first, before)
    return total


def _noisy(features: Tensor, towers: Towers, plan: Plan) -> Tensor:
    keep = torch.rand_like(features) >= plan.noise
    return torch.where(keep, features, towers.head.mean) if plan.noise else features


def _start(catalogue: Source, vocabulary: int, plan: Plan) -> Towers:
    plain = catalogue.views[0]
    mean, scale = standardisation(plain, EARLY_WIDTH, plan.early_share)
    head = ImageHead(mean, scale)
    axes = principal_axes((plain - mean) * scale, len(head.linear.bias))
    with torch.no_grad():
        head.linear.weight[: len(axes)].copy_(axes)
        head.linear.bias.zero_()
    return Towers(head, TextTower(vocabulary)).train()


def _groups(towers: Towers, plan: Plan) -> list[dict[str, object]]:
    still = [towers.log_scale, towers.head.linear.bias]
    names = {id(value) for value in still}
    moving = [value for value in towers.parameters() if id(value) not in names]
    return [
        {"params": moving, "weight_decay": plan.decay, "lr": plan.rate},
        {"params": still, "weight_decay": 0.0, "lr": plan.rate},
    ]


def _numbered(values: Sequence[str]) -> Tensor:
    """Each value's number, -1 for an empty one."""
    names = {value: number for number, value in enumerate(sorted(set(values) - {""}))}
    return torch.from_numpy(np.array([names.get(value, -1) for value in values], dtype=np.int64))
