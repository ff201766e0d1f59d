"""The pictures that are measured, and their vectors and detections, kept for the next run."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from training import abroad, data, manifests
from training.data import Shot
from training.report.columns import LIMITS, Column
from training.report.finder import Finder, Sight
from vitrine.services.evaluation.figures import Ints, Rows
from vitrine.vision import colours, geometry, images
from vitrine.vision.images import Picture
from vitrine.vision.types import Palette, Vector

BATCH = 32
TRAIN_TIMES = 4
"""With a limit so many train products for each dev product remain, to be found by mistake."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shots:
    """The dev shots of every source, the train products around them, and made-up second photos.

    `shop` and `stores` are photos of other shops.
    """

    dev: Sequence[Shot]
    train: Sequence[Shot]
    views: Sequence[Shot]
    phone: Sequence[Shot]
    street: Sequence[Shot]
    shop: Sequence[Shot] = ()
    stores: Sequence[Shot] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """All that a section needs: shots, columns (shipped first), a detector perhaps, and a cache."""

    root: Path
    shots: Shots
    columns: Mapping[str, Column]
    finder: Finder | None
    cache: Path

    def vectors(self, column: str, shots: Sequence[Shot]) -> Vector:
        """Vectors (n, d) of the shots; from the cache where nothing they depend on has changed."""
        by = self.columns[column]
        path = self.cache / f"{_mark(by.fingerprint, shots)}.npy"
        if not path.exists():
            parts = [
                by.embed(pictures, [shot.box for shot in some])
                for some, pictures in _opened(shots, by.name)
            ]
            with _whole(path).open("wb") as file:
                np.save(file, np.concatenate(parts))
            _whole(path).replace(path)
        return np.load(path)

    def palettes(self, shots: Sequence[Shot]) -> list[Palette]:
        """The main colours of each shot, as indexing measures them; from the cache if it can."""
        mark = hashlib.sha256(Path(colours.__file__).read_bytes()).hexdigest()
        path = self.cache / f"{_mark(mark, shots)}.colours.json"
        if not path.exists():
            found = [
                colours.palette(picture.pixels, shot.box or geometry.whole(picture.size))
                for some, pictures in _opened(shots, "colours")
                for shot, picture in zip(some, pictures, strict=True)
            ]
            _whole(path).write_text(json.dumps(found))
            _whole(path).replace(path)
        return [colours.as_palette(told) for told in json.loads(path.read_text())]

    def sights(self, shots: Sequence[Shot]) -> list[Sight]:
        """What the detector sees in the whole photo of each shot, however unsure it is."""
        finder = self.finder
        if finder is None:
            raise ValueError("There is no detector.")
        path = self.cache / f"{_mark(finder.fingerprint, shots)}.json"
        if not path.exists():
            seen = [
                sight for _, pictures in _opened(shots, "detect") for sight in finder.look(pictures)
            ]
            _whole(path).write_text(json.dumps([sight.as_json() for sight in seen]))
            _whole(path).replace(path)
        return [Sight.of_json(line) for line in json.loads(path.read_text())]

    def rows(self, column: str, shots: Sequence[Shot], labels: Ints) -> Rows:
        """The shots' vectors with one owner each, numbered from 0."""
        return Rows(self.vectors(column, shots), np.arange(len(shots)), labels)


def read(root: Path, cache: Path, limit: int | None) -> Shots:
    """The shots under a data folder; with a limit a seeded sample, for a quick look."""
    products = data.products(root)
    dev = _sample([shot for shot in products if shot.split == "dev"], limit)
    around = None if limit is None else limit * TRAIN_TIMES
    train = _sample([shot for shot in products if shot.split == "train"], around)
    phone = [shot for shot in data.phone(root) if shot.split == "dev"]
    street = [shot for shot in data.garments(root) if shot.split == "dev"]
    photos = _sample(sorted({shot.group for shot in street}), limit)
    return Shots(
        dev=dev,
        train=train,
        views=manifests.second_photos(dev, [shot.path for shot in phone], cache),
        phone=_sample(phone, limit),
        street=[shot for shot in street if shot.group in set(photos)],
        shop=_whole_groups(abroad.shop(root), limit),
        stores=_whole_groups(abroad.stores(root), limit),
    )


def numbered(values: Sequence[str], names: Sequence[str]) -> Ints:
    """The place of each value among the names, -1 where it is none of them."""
    place = {name: number for number, name in enumerate(names)}
    return np.array([place.get(value, -1) for value in values], dtype=np.int64)


def _sample(everything: list[T], limit: int | None) -> list[T]:
    if limit is None or len(everything) <= limit:
        return everything
    chosen = set(random.Random(0).sample(range(len(everything)), limit))  # noqa: S311 - no secret
    return [one for place, one in enumerate(everything) if place in chosen]


def _whole_groups(shots: list[Shot], limit: int | None) -> list[Shot]:
    """All photos of a seeded sample of groups."""
    chosen = set(_sample(sorted({shot.group for shot in shots}), limit))
    return [shot for shot in shots if shot.group in chosen]


def _opened(shots: Sequence[Shot], what: str) -> Iterator[tuple[Sequence[Shot], list[Picture]]]:
    with tqdm(total=len(shots), desc=what, unit="photo", disable=None) as bar:
        for start in range(0, len(shots), BATCH):
            some = shots[start : start + BATCH]
            yield some, [images.open(shot.path.read_bytes(), LIMITS) for shot in some]
            bar.update(len(some))


def _mark(fingerprint: str, shots: Sequence[Shot]) -> str:
    """A name that changes with the model, its recipe, and the pictures and boxes looked at."""
    lines = [f"{shot.source}/{shot.path}/{shot.box}/{shot.path.stat().st_size}" for shot in shots]
    return hashlib.sha256("\n".join([fingerprint, *lines]).encode()).hexdigest()[:32]


def _whole(path: Path) -> Path:
    """Where a file is written before it gets its name, so that half a file never has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_suffix(".part")
