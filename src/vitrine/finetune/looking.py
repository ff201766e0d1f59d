"""What a model's towers make of a snapshot's crops, views of them, and lines of words.

Pixels take the road of every search. What was seen is kept on disk piece by piece, so that a run
that was stopped looks at nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.core.errors import Invalid
from vitrine.finetune import graphs, keeping
from vitrine.finetune.snapshots import Crop, Snapshot
from vitrine.vision import geometry, images, registry, views
from vitrine.vision.card import EncoderCard, Padding, read_card
from vitrine.vision.images import Limits, Picture
from vitrine.vision.nets import Encoder
from vitrine.vision.preprocess import Recipe, prepare, recipe_of
from vitrine.vision.sessions import Array, Graph, Runtime, open_graph
from vitrine.vision.types import Box, Size, Vector

Ints = NDArray[np.int64]
Halves = NDArray[np.float16]

VIEWS = 2
"""Made-up views of each crop, beside the plain one."""
AT_ONCE = 32
"""Crops of one piece."""
LINES = 512
LIMITS = Limits(min_side=8)

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Tower:
    """A tower that gives its last features beside its vectors; `neck` names those, and is the
    output itself where the tower has none."""

    path: Path
    output: str
    neck: str
    graph: Graph

    def run(self, feeds: dict[str, Array]) -> tuple[Vector, Halves]:
        """Vectors (n, d) of length 1, and features (n, f)."""
        names = [self.output] if self.neck == self.output else [self.output, self.neck]
        made = self.graph.run_several(feeds, names)
        vectors = unit(made[0].astype(np.float32))
        features = vectors if len(made) == 1 else made[1].reshape(len(vectors), -1)
        return vectors, features.astype(np.float16)


@dataclass(frozen=True, slots=True)
class Model:
    """A model folder opened for fine-tuning."""

    card: EncoderCard
    folder: Path
    encoder: Encoder
    image: Tower
    text: Tower
    recipe: Recipe

    @property
    def parts(self) -> list[tuple[int, float]]:
        """Size and share of each part of a picture's vector; one where it is a whole."""
        return [(part.size, part.weight) for part in self.card.parts] or [(self.card.dimension, 1)]


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of what was seen: the place of each one's product, which of its crops, which view (0 is
    plain), its vector (n, d) and its features (n, f)."""

    items: Ints
    crops: Ints
    views: Ints
    vectors: Vector
    features: Halves


def open_model(
    folder: Path,
    work: Path,
    runtime: Runtime,
    margin: float = 0.15,
    padding: Padding | None = None,
) -> Model:
    """The encoder in a folder, its files proven; `work` holds its graphs cut open."""
    card = read_card(folder / "card.json")
    if not isinstance(card, EncoderCard):
        raise Invalid("model_role", f"{folder} holds a {card.role}; an encoder is needed.")
    registry.verify(card, folder)
    encoder = Encoder(card, folder, runtime)
    side = card.image.size
    pixels: dict[str, Array] = {card.image.input: np.zeros((2, 3, side, side), dtype=np.float32)}
    words = encoder.text_feeds(["a red dress", "shoes"])
    image = _open_tower(folder / card.image.file, card.image.output, pixels, (work, runtime))
    text = _open_tower(folder / card.text.file, card.text.output, words, (work, runtime))
    return Model(card, folder, encoder, image, text, recipe_of(card.image, margin, padding))


def look(model: Model, snapshot: Snapshot, work: Path, tell: Tell) -> Seen:
    """Every product's crops, plain and in views; `tell` hears how many crops are done."""
    wanted = [
        (place, number, crop)
        for place, item in enumerate(snapshot.items)
        for number, crop in enumerate(item.shown)
    ]
    folder = work / f"seen-{_mark(model, snapshot)}"
    pieces = []
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        path = folder / f"{start:07d}.npz"
        pieces.append(keeping.arrays(path, partial(_look, model, snapshot, some)))
        tell(min(start + AT_ONCE, len(wanted)))
    columns = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    return Seen(**columns)


def read(model: Model, lines: Sequence[str], work: Path) -> tuple[Vector, Halves]:
    """Vectors (n, d) and features (n, f) of lines of words."""
    mark = hashlib.sha256("\n".join([registry.checksum(model.text.path), *lines]).encode())
    folder = work / f"read-{mark.hexdigest()[:16]}"
    pieces = []
    for start in range(0, len(lines), LINES):
        some = lines[start : start + LINES]
        path = folder / f"{start:07d}.npz"
        pieces.append(keeping.arrays(path, partial(_read, model, some)))
    vectors, features = (
        np.concatenate([piece[name] for piece in pieces]) for name in ("vectors", "features")
    )
    return vectors, features


def again(card: EncoderCard, folder: Path) -> Encoder:
    """The encoder in a folder that was just written, as searches run it."""
    return Encoder(card, folder, Runtime())


def unit(rows: Vector) -> Vector:
    """The rows at length 1."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.asarray(rows / lengths, dtype=np.float32)


def cut(picture: Picture, crop: Crop, margin: float) -> Image.Image:
    """The crop with a margin around it, as the product shows it to the tower."""
    area = geometry.clip(geometry.expand(_inside(crop.area, picture.size), margin), picture.size)
    left, top = int(area.x1), int(area.y1)
    box = left, top, max(left + 1, round(area.x2)), max(top + 1, round(area.y2))
    return picture.pixels.crop(box)


def pixels(how: Recipe, picture: Picture, crop: Crop, seed: str) -> Iterator[Vector]:
    """The crop as the tower wants it, plain and in each view: (3, size, size) each."""
    yield prepare(picture.pixels, _inside(crop.area, picture.size), how)
    plain = Picture(cut(picture, crop, how.margin), picture.media_type)
    for number in range(VIEWS):
        seen = images.open(views.second(plain, f"{seed}/{number}"), LIMITS)
        yield prepare(seen.pixels, geometry.whole(seen.size), how)


def one(model: Model, snapshot: Snapshot, item: int, crop: int, view: int) -> Vector:
    """One look (3, size, size) at a product: the number of its crop, and of the view."""
    wanted = snapshot.items[item].shown[crop]
    picture = images.open(snapshot.photo(wanted.image_sha256).read_bytes(), LIMITS)
    return next(islice(pixels(model.recipe, picture, wanted, wanted.image_sha256), view, None))


def _look(
    model: Model, snapshot: Snapshot, wanted: Sequence[tuple[int, int, Crop]]
) -> dict[str, Array]:
    batch: list[Vector] = []
    for _, _, crop in wanted:
        picture = images.open(snapshot.photo(crop.image_sha256).read_bytes(), LIMITS)
        batch += pixels(model.recipe, picture, crop, crop.image_sha256)
    vectors, features = model.image.run({model.card.image.input: np.stack(batch)})
    each = 1 + VIEWS
    return {
        "items": np.repeat([place for place, _, _ in wanted], each),
        "crops": np.repeat([number for _, number, _ in wanted], each),
        "views": np.tile(np.arange(each), len(wanted)),
        "vectors": vectors,
        "features": features,
    }


def _read(model: Model, lines: Sequence[str]) -> dict[str, Array]:
    vectors, features = model.text.run(model.encoder.text_feeds(lines))
    return {"vectors": vectors, "features": features}


def _inside(box: Box, size: Size) -> Box:
    """The box inside its picture; boxes of a snapshot may be a rounding error beside it."""
    inner = geometry.clip(box, size)
    return inner if geometry.inside(inner, size) else geometry.whole(size)


def _open_tower(
    path: Path, output: str, probe: dict[str, Array], where: tuple[Path, Runtime]
) -> Tower:
    work, runtime = where
    opened = work / f"open-{registry.checksum(path)[:16]}.onnx"
    found = graphs.behind_products(graphs.graph(path), output)
    keeping.write(opened, graphs.with_outputs(path, found))
    graph = open_graph(opened, runtime)
    shapes = zip(found, graph.run_several(probe, found) if found else [], strict=True)
    neck = next((name for name, made in shapes if _tells_of_each(made, probe)), output)
    keeping.write(opened, graphs.with_outputs(path, [neck]))
    return Tower(path, output, neck, open_graph(opened, runtime))


def _tells_of_each(made: Array, probe: dict[str, Array]) -> bool:
    """Whether a tensor has one row of numbers for each of what the tower was shown."""
    rows = len(next(iter(probe.values())))
    numbers = made.dtype == np.float32 and made.ndim > 1 and len(made) == rows
    return bool(numbers and made[0].size <= graphs.WIDEST)


def _mark(model: Model, snapshot: Snapshot) -> str:
    told = f"{registry.checksum(model.image.path)} {model.recipe.version} {snapshot.digest} {VIEWS}"
    some = " ".join(item.product_id for item in snapshot.items)
    return hashlib.sha256(f"{told} {some}".encode()).hexdigest()[:16]
