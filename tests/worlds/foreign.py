"""Checkpoints as Ultralytics' package writes them, made by a package of that name and shape.

The package itself is not among those that Vitrine is tested with; what is written down here of it,
its pickled classes, `f` and `i` of layers, `cv2`, `cv3`, `reg_max` and `stride` of the last, is
what its version 8 has.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

BINS = 16


def installed(patch: pytest.MonkeyPatch) -> dict[str, type[nn.Module]]:
    """Have Python find the package; its classes by name."""
    home = "ultralytics.nn.tasks"
    parts = home.split(".")
    for end in range(1, len(parts) + 1):
        patch.setitem(sys.modules, ".".join(parts[:end]), ModuleType(".".join(parts[:end])))
    made = {}
    for name in ("DetectionModel", "Detect"):
        made[name] = type(name, (nn.Module,), {"__module__": home})
        setattr(sys.modules[home], name, made[name])
    return made


def checkpoint(path: Path, classes: dict[str, type[nn.Module]], names: list[str]) -> Any:
    """A tiny detector of kinds with these names, written as its best weights are; the model."""
    torch.manual_seed(0)
    last = classes["Detect"]()
    widths = (8, 8, 8)
    last.cv2 = nn.ModuleList(nn.Sequential(nn.Conv2d(wide, 4 * BINS, 1)) for wide in widths)
    last.cv3 = nn.ModuleList(nn.Sequential(nn.Conv2d(wide, len(names), 1)) for wide in widths)
    last.reg_max, last.stride = BINS, torch.tensor([8.0, 16.0, 32.0])
    layers: list[Any] = [
        nn.Conv2d(3, 8, 8, 8),
        nn.Sequential(nn.Conv2d(8, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.SiLU()),
        nn.Conv2d(8, 8, 3, 2, 1),
        last,
    ]
    for place, layer in enumerate(layers):
        layer.i, layer.f = place, -1
    last.f = [0, 1, 2]
    model: Any = classes["DetectionModel"]()
    model.model, model.names = nn.Sequential(*layers), dict(enumerate(names))
    torch.save({"epoch": -1, "model": None, "ema": model.half(), "train_args": {}}, path)
    return model.float().eval()
