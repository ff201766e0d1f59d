"""Both towers of a model as PyTorch modules, and what they make of pictures and lines."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from vitrine.finetune import looking
from vitrine.finetune.looking import Ints, Model, Tower
from vitrine.finetune.running import Running
from vitrine.finetune.snapshots import Snapshot


class Nets(nn.Module):
    """The image tower and the text tower, with weights that can learn."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.image, self.text = (_running(tower) for tower in (model.image, model.text))

    @property
    def device(self) -> torch.device:
        """Where they compute."""
        found: torch.device = next(self.parameters()).device
        return found

    def pictured(
        self, model: Model, snapshot: Snapshot, looks: tuple[Ints, Ints, Ints]
    ) -> tuple[Tensor, Tensor]:
        """Vectors (n, d) of length 1 and features (n, f) of looks: products, crops and views."""
        pixels = np.stack(
            [looking.one(model, snapshot, *look) for look in zip(*looks, strict=True)]
        )
        return self._made(self.image, model.image, {model.card.image.input: pixels})

    def worded(self, model: Model, lines: list[str]) -> tuple[Tensor, Tensor]:
        """The same of lines of words."""
        return self._made(self.text, model.text, model.encoder.text_feeds(lines))

    def mixed(self, begun: Nets, share: float) -> Nets:
        """Nets that are so much of the way from others to these (WiSE-FT)."""
        made = copy.deepcopy(self)
        with torch.no_grad():
            pairs = zip(made.parameters(), begun.parameters(), strict=True)
            for now, before in pairs:
                now.copy_(before.to(now.device).lerp(now, share))
        return made

    def _made(
        self, net: Running, tower: Tower, feeds: Mapping[str, np.ndarray]
    ) -> tuple[Tensor, Tensor]:
        given = {name: torch.from_numpy(some).to(self.device) for name, some in feeds.items()}
        made = {name: some.cpu() for name, some in net(given).items()}
        vectors = functional.normalize(made[tower.output].float(), dim=1)
        features = vectors if tower.neck == tower.output else made[tower.neck].flatten(1)
        return vectors, features


def _running(tower: Tower) -> Running:
    return Running(tower.path, list(dict.fromkeys((tower.output, tower.neck))))
