"""What plain ImageNet nets say of every stored picture: to distil from, and to compare with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn
from tqdm import tqdm

from training import backbone
from training.store import Store
from vitrine.finetune import lite
from vitrine.vision.preprocess import Recipe, prepare

Features = NDArray[np.float32]
BATCH = 64


def recipe(size: int, margin: float = 0.15) -> Recipe:
    """How Lite nets want their pixels at this size, prepared as the product prepares them."""
    return Recipe(size, lite.MEAN, lite.STD, margin)


def look(trunk: nn.Module, store: Store, places: Sequence[int], how: Recipe, name: str) -> Features:
    """What a net says (n, width) of the stored pictures at these places, prepared by `how`."""
    rows = []
    starts = range(0, len(places), BATCH)
    for start in tqdm(starts, desc=name, unit="batch", disable=None):
        some = places[start : start + BATCH]
        pixels = torch.from_numpy(np.stack([_prepared(store, place, how) for place in some]))
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            rows.append(trunk(pixels).float())
    return torch.cat(rows).numpy()


def taught(store: Store, mark: str, cache: Path, size: int = 224) -> Features:
    """The teacher's features (n, 1408) of all stored pictures, of length 1; kept in the cache."""
    path = cache / f"teacher-lite2-{size}-{mark}.npy"
    if not path.exists():
        trunk = backbone.load(name="lite2", size=size)
        said = look(trunk, store, range(len(store.starts)), recipe(size), "teacher")
        deep = said[:, -backbone.TEACHER_WIDTH :]
        centred = deep - deep.mean(axis=0)
        centred /= np.linalg.norm(centred, axis=1, keepdims=True)
        partial = path.with_suffix(".part.npy")
        np.save(partial, centred.astype(np.float16))
        partial.replace(path)
    return np.load(path).astype(np.float32)


def mark_of(keys: Sequence[str]) -> str:
    """A short name for a list of shots."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


def _prepared(store: Store, place: int, how: Recipe) -> Features:
    return prepare(Image.fromarray(store.picture(place)), store.box(place), how)
