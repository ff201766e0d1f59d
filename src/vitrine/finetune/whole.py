"""Learning end to end: every matrix of both towers learns, beside what is added to their ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn

from vitrine.finetune.looking import Ints
from vitrine.finetune.material import Material, Towers
from vitrine.finetune.nets import Nets
from vitrine.finetune.spec import Device
from vitrine.finetune.teaching import Pulls, Teaching

RATE = 1e-5


class WholeTeaching(Teaching):
    """The same lesson, for which pictures and lines go through the towers at every step."""

    batch = lines = 96

    def __init__(
        self, material: Material, towers: Towers, pulls: Pulls, seed: int, device: Device
    ) -> None:
        super().__init__(material, towers, pulls, seed)
        self.nets = Nets(material.model).to(device)

    @property
    def learning(self) -> nn.ModuleList:
        """All that learns."""
        return nn.ModuleList([*super().learning, self.nets])

    @property
    def rates(self) -> Sequence[float]:
        """How fast each of them does."""
        return (*super().rates, RATE)

    def _embedded(self, rows: Ints) -> Tensor:
        found, seen = self.material, self.material.seen
        looks = seen.items[rows], seen.crops[rows], seen.views[rows]
        vectors, features = self.nets.pictured(found.model, found.snapshot, looks)
        made: Tensor = self.towers.image(vectors, self.towers.by_image(features))
        return made

    def _said(self, some: Ints) -> Tensor:
        texts = [self.material.lines.texts[line] for line in np.asarray(some).tolist()]
        vectors, features = self.nets.worded(self.material.model, texts)
        made: Tensor = self.towers.text(vectors, self.towers.by_text(features))
        return made
