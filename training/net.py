"""What is trained, how hard, and what is known of what it is trained on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.backbone import DEEP_WIDTH, TEACHER_WIDTH, Trunk
from training.labels import Labels
from training.towers import DIMENSION, ImageHead, TextTower

PREFIXES = {256: 1.0, 128: 0.3, 64: 0.3}
"""How much each nested prefix of the embedding counts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to train; rates per part of the net, and how much each loss counts."""

    trunk_rate: float = 1.5e-4
    head_rate: float = 1e-3
    bag_rate: float = 1e-3
    decay: float = 0.02
    warm_up: int = 60
    first_block: int = 3
    smoothing: float = 0.998
    text: float = 1.0
    view: float = 0.5
    alike: float = 0.25
    name: float = 0.25
    heads: float = 0.15
    distil: float = 1.0
    keep: float = 0.6
    memory: int = 16
    seed: int = 0


class Net(nn.Module):
    """Everything that is trained."""

    def __init__(self, trunk: Trunk, head: ImageHead, text: TextTower, labels: Labels) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = head
        self.text = text
        self.heads = nn.ModuleDict(
            {facet: nn.Linear(DIMENSION, len(values)) for facet, values in labels.values.items()}
        )
        self.to_teacher = nn.Linear(DEEP_WIDTH, TEACHER_WIDTH)
        self.log_scale = nn.Parameter(torch.tensor(2.66))

    def scale(self) -> Tensor:
        """1 / temperature, at most 60."""
        return self.log_scale.exp().clamp(max=60.0)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of every shot by its place in the store: (n, ...) tensors."""

    facets: Tensor
    groups: Tensor
    sources: Tensor
    teacher: Tensor
