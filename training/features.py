"""What the frozen trunk says of every shot, kept on disk so that no photo is looked at twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from training import views
from training.data import Shot
from vitrine.vision import geometry, images, preprocess
from vitrine.vision.types import Size

Features = NDArray[np.float32]
SHARD = 256
LIMITS = images.Limits(min_side=8)


@dataclass(frozen=True, slots=True)
class Reader:
    """Shots in, features out: one trunk, one recipe, one cache folder."""

    session: onnxruntime.InferenceSession
    recipe: preprocess.Recipe
    fingerprint: str
    cache: Path
    backgrounds: tuple[Path, ...] = ()

    def read(self, shots: Sequence[Shot], view: str, label: str) -> Features:
        """Features (n, width) in the order of the shots; view is plain, flip or synthetic-SEED."""
        shards = [shots[start : start + SHARD] for start in range(0, len(shots), SHARD)]
        bar = tqdm(shards, desc=f"features {label} {view}", unit="shard", disable=None)
        rows = [self._shard(shard, view) for shard in bar]
        return np.concatenate(rows).astype(np.float32)

    def _shard(self, shots: Sequence[Shot], view: str) -> NDArray[np.float16]:
        names = "\n".join(f"{shot.source}/{shot.key}" for shot in shots)
        mark = hashlib.sha256(f"{self.fingerprint}\n{view}\n{names}".encode()).hexdigest()[:24]
        path = self.cache / f"{mark}.npy"
        if path.exists():
            return np.load(path)  # type: ignore[no-any-return]
        rows = [self._run(shots[start : start + 32], view) for start in range(0, len(shots), 32)]
        shard = np.concatenate(rows).astype(np.float16)
        self.cache.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part.npy")
        np.save(partial, shard)
        partial.replace(path)
        return shard

    def _run(self, shots: Sequence[Shot], view: str) -> Features:
        pixels = np.stack([self._pixels(shot, view) for shot in shots])
        return np.asarray(self.session.run(None, {"pixel_values": pixels})[0], dtype=np.float32)

    def _pixels(self, shot: Shot, view: str) -> Features:
        picture = images.open(shot.path.read_bytes(), LIMITS).pixels
        box = shot.box or geometry.whole(Size(*picture.size))
        if view == "plain":
            return preprocess.prepare(picture, box, self.recipe)
        if shot.box:
            picture = picture.crop((int(box.x1), int(box.y1), int(box.x2), int(box.y2)))
        seen = self._seen(picture, shot, view)
        return preprocess.prepare(seen, geometry.whole(Size(*seen.size)), self.recipe)

    def _seen(self, picture: Image.Image, shot: Shot, view: str) -> Image.Image:
        if view == "flip":
            return views.flip(picture)
        return views.synthetic(picture, f"{view}/{shot.source}/{shot.key}", self.backgrounds)


def reader(
    trunk: bytes, recipe: preprocess.Recipe, cache: Path, backgrounds: Sequence[Path] = ()
) -> Reader:
    """A Reader over a trunk in ONNX."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(trunk, options, providers=["CPUExecutionProvider"])
    grounds = "\n".join(path.name for path in backgrounds)
    fingerprint = hashlib.sha256(trunk + f"{recipe}{grounds}".encode()).hexdigest()
    return Reader(session, recipe, fingerprint, cache, tuple(backgrounds))
