"""A detector to go on from that Ultralytics' own package trained: YOLOv8, and what has its head.

Their checkpoints are pickled objects. Nothing is called that such a file may name but the layers of
PyTorch and of that package.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from vitrine.core.errors import Invalid
from vitrine.finetune.detector.net import BINS, STRIDES, Detector

LAYERS = ("torch.nn.", "ultralytics.nn.")
"""Where classes have to live that a checkpoint may name."""

UNSURE = -5.0
"""The bias of a kind that it never saw: as in a head that begins."""


class Borrowed(Detector):
    """Their layers in the order of their work, and a score for each of our kinds."""

    def __init__(self, model: Any, kinds: Sequence[str]) -> None:
        """What it knows of a kind by its name it keeps."""
        nn.Module.__init__(self)
        *layers, last = model.model
        self.net = nn.ModuleList(layers)
        self.neck = nn.ModuleList()  # theirs is among the layers
        self.head = nn.ModuleDict({"boxes": last.cv2, "kinds": last.cv3})
        self.sources = [layer.f for layer in model.model]
        known = {name: place for place, name in model.names.items()}
        for branch in last.cv3:
            branch[-1] = _for_kinds(branch[-1], [known.get(kind) for kind in kinds])
        self.requires_grad_(True)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Distances (n, places, 4 * BINS) and kind logits (n, places, kinds)."""
        said = [pictures]  # after each layer, the picture being what was before the first
        for layer, source in zip(self.net, self.sources, strict=False):
            said.append(layer(_given(source, said)))
        taps = _given(self.sources[-1], said)
        both = (self.head["boxes"], self.head["kinds"])
        boxes, kinds = (
            torch.cat([part(x).flatten(2) for part, x in zip(parts, taps, strict=True)], 2)
            for parts in both
        )
        return boxes.transpose(1, 2), kinds.transpose(1, 2)


def borrow(checkpoint: Path, kinds: Sequence[str]) -> Detector:
    """The detector in a checkpoint of Ultralytics', for these kinds.

    Raises Invalid where the package is missing, the file names more than layers, or it is no
    detector with YOLOv8's head.
    """
    stored = _loaded(checkpoint)
    model: Any = stored.get("ema") or stored.get("model")
    last = getattr(model, "model", [None])[-1]
    strides = tuple(int(stride) for stride in getattr(last, "stride", ()))
    if getattr(last, "reg_max", 0) != BINS or strides != STRIDES:
        raise Invalid(
            "train_base",
            f"{checkpoint} holds no detector with YOLOv8's head: distances over {BINS} places, at "
            f"strides {', '.join(map(str, STRIDES))}.",
        )
    return Borrowed(model.float(), kinds)


def _loaded(checkpoint: Path) -> Mapping[str, Any]:
    try:
        named = torch.serialization.get_unsafe_globals_in_checkpoint(checkpoint)
        with torch.serialization.safe_globals([_layer(checkpoint, name) for name in named]):
            found = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        told = f"{checkpoint} is no checkpoint that can be read: {error}"
        raise Invalid("train_base", told[:500]) from error
    return found if isinstance(found, dict) else {}


def _layer(checkpoint: Path, name: str) -> type[nn.Module]:
    home, _, own = name.rpartition(".")
    try:
        found = getattr(import_module(home), own, None) if home.startswith(LAYERS) else None
    except ModuleNotFoundError as missing:
        raise Invalid(
            "train_extra",
            f"{checkpoint} needs {missing.name}: pip install ultralytics where it is trained. Mind "
            "its licence, which is AGPL-3.0 unless you bought another.",
        ) from None
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise Invalid(
            "train_base",
            f"{checkpoint} names {name}, which is no layer of a net. Nothing of it was run.",
        )
    return found


def _given(source: int | Sequence[int], said: Sequence[Tensor]) -> Any:
    """What a layer is given: what the one before it said, or those that it names."""
    if isinstance(source, int):
        return said[-1] if source == -1 else said[source + 1]
    return [_given(each, said) for each in source]


def _for_kinds(before: nn.Conv2d, known: Sequence[int | None]) -> nn.Conv2d:
    """The last layer of a branch, for other kinds: each as the place that is known for it."""
    after = nn.Conv2d(before.in_channels, len(known), 1)
    with torch.no_grad():
        after.get_parameter("bias").fill_(UNSURE)
        for place, old in enumerate(known):
            if old is not None:
                for theirs, ours in zip(before.parameters(), after.parameters(), strict=True):
                    ours[place] = theirs[old]
    return after
