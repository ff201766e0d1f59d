"""Every photo decoded once and kept small in one mapped file, so that drawing views is quick."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from training.data import Shot
from vitrine.vision import geometry, images
from vitrine.vision.types import Box, Size

Pixels = NDArray[np.uint8]

SIDE = 288
"""The longer side of a stored picture at most: more than any training size, margin included."""
MARGIN = 0.3
"""How far beyond a shot's box its stored picture goes, so that views can vary their margin."""
LIMITS = images.Limits(min_side=8)


@dataclass(frozen=True, slots=True)
class Store:
    """Pictures of shots by their place: uint8 (height, width, 3), and the shot's box on each."""

    pixels: Pixels
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    boxes: NDArray[np.float32]

    def picture(self, place: int) -> Pixels:
        """The stored picture of the shot at this place."""
        height, width = (int(side) for side in self.sizes[place])
        start = int(self.starts[place])
        return self.pixels[start : start + height * width * 3].reshape(height, width, 3)

    def box(self, place: int) -> Box:
        """The shot's box in pixels of its stored picture."""
        return Box(*(float(edge) for edge in self.boxes[place]))


def open_store(shots: Sequence[Shot], cache: Path) -> Store:
    """The store of these shots, in their order; made at the first call, mapped at the next."""
    names = "\n".join(f"{shot.source}/{shot.key}/{shot.box}" for shot in shots)
    mark = hashlib.sha256(f"{SIDE} {MARGIN}\n{names}".encode()).hexdigest()[:16]
    path, index = cache / f"pictures-{mark}.bin", cache / f"pictures-{mark}.npz"
    if not index.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _write(shots, path, index)
    known = np.load(index)
    pixels = np.memmap(path, dtype=np.uint8, mode="r")
    return Store(pixels, known["starts"], known["sizes"], known["boxes"])


def _write(shots: Sequence[Shot], path: Path, index: Path) -> None:
    sizes, boxes = [], []
    with path.open("wb") as file:
        for shot in tqdm(shots, desc="decode", unit="photo", disable=None):
            picture, box = _small(shot)
            file.write(picture.tobytes())
            sizes.append((picture.height, picture.width))
            boxes.append(box.as_tuple())
    counts = [height * width * 3 for height, width in sizes]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    partial = index.with_suffix(".part.npz")
    np.savez(partial, starts=starts, sizes=np.array(sizes), boxes=np.array(boxes, np.float32))
    partial.replace(index)


def _small(shot: Shot) -> tuple[Image.Image, Box]:
    picture = images.open(shot.path.read_bytes(), LIMITS).pixels
    size = Size(*picture.size)
    box = shot.box or geometry.whole(size)
    area = geometry.clip(geometry.expand(box, MARGIN), size)
    left, top = int(area.x1), int(area.y1)
    crop = picture.crop((left, top, max(left + 1, round(area.x2)), max(top + 1, round(area.y2))))
    scale = min(1.0, SIDE / max(crop.size))
    width, height = max(1, round(crop.width * scale)), max(1, round(crop.height * scale))
    across, down = width / crop.width, height / crop.height
    inner = Box(
        (box.x1 - left) * across,
        (box.y1 - top) * down,
        (box.x2 - left) * across,
        (box.y2 - top) * down,
    )
    small = crop.resize((width, height), Image.Resampling.LANCZOS) if scale < 1 else crop
    return small, geometry.clip(inner, Size(width, height))
