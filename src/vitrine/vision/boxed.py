"""Reads a snapshot of format "yolo": photos by split, and which kinds of garment lie where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from vitrine.core.errors import Invalid
from vitrine.vision.types import Box, Size

SPLITS = ("train", "val", "test")

Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BoxedPhoto:
    """A photo's file, and the kinds (m,) and boxes (m, 4) on it, in shares of its width and height.

    Boxes are x1 y1 x2 y2.
    """

    path: Path
    kinds: NDArray[np.int64]
    boxes: Boxes

    def on(self, size: Size) -> list[tuple[int, Box]]:
        """Kinds and boxes in pixels of a picture of this size."""
        sides = np.array([size.width, size.height] * 2, dtype=np.float32)
        boxes = (self.boxes * sides).tolist()
        return [(int(kind), Box(*box)) for kind, box in zip(self.kinds, boxes, strict=True)]


def read(folder: Path, kinds: Sequence[str]) -> Mapping[str, list[BoxedPhoto]]:
    """The photos of each split by name, their kinds numbered as in `kinds`.

    Raises Invalid for a folder that is no such snapshot, and for a kind that is not among these.
    """
    numbers = _numbers(folder, kinds)
    return {
        split: [
            _photo(folder, split, path, numbers)
            for path in sorted((folder / "images" / split).glob("*"))
        ]
        for split in SPLITS
    }


def _numbers(folder: Path, kinds: Sequence[str]) -> Mapping[int, int]:
    """By its number in the snapshot the number of each kind in the model."""
    try:
        told: Any = yaml.safe_load((folder / "data.yaml").read_text(encoding="utf-8"))
        names = told["names"]
        named = names.items() if isinstance(names, dict) else enumerate(names)
        there = {int(number): str(name) for number, name in named}
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        raise _wrong(folder / "data.yaml", "is missing or names no kinds") from None
    unknown = sorted(set(there.values()) - set(kinds))
    if unknown:
        raise Invalid(
            "train_kinds",
            f"The model does not know the kinds {', '.join(unknown)}; it knows {', '.join(kinds)}. "
            "Give these boxes a kind that it knows.",
        )
    return {number: list(kinds).index(name) for number, name in there.items()}


def _photo(folder: Path, split: str, path: Path, numbers: Mapping[int, int]) -> BoxedPhoto:
    labels = folder / "labels" / split / f"{path.stem}.txt"
    lines = labels.read_text(encoding="utf-8").split("\n") if labels.is_file() else []
    try:
        rows = [[float(part) for part in line.split()] for line in lines if line.strip()]
        table = np.array(rows, dtype=np.float32).reshape(-1, 5)
        kinds = np.array([numbers[int(row[0])] for row in rows], dtype=np.int64)
    except (ValueError, KeyError):
        raise _wrong(labels, "has a line that is not a kind and a box") from None
    middle, half = table[:, 1:3], table[:, 3:5] / 2
    return BoxedPhoto(
        path, kinds, np.concatenate([middle - half, middle + half], axis=1).clip(0, 1)
    )


def _wrong(path: Path, reason: str) -> Invalid:
    return Invalid(
        "train_snapshot",
        f"{path} {reason}. Write the snapshot with `vitrine export --format yolo FOLDER`.",
    )
