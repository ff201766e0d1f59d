"""Written fakes of the ports; each passes the same tests as its real twins in tests/ports."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from vitrine.core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from vitrine.ports import Neighbour, Point
from vitrine.vision import colours, geometry, images
from vitrine.vision.card import Part
from vitrine.vision.types import (
    WHOLE,
    Analysis,
    Box,
    Detection,
    LabelScore,
    Measures,
    Vector,
    Versions,
)

COLOURS = {
    "red": (200, 30, 40),
    "green": (30, 150, 60),
    "blue": (30, 60, 190),
    "yellow": (230, 200, 40),
    "black": (20, 20, 20),
    "white": (250, 250, 250),
}
SIDE = 4
DIMENSION = SIDE**3
FAKE = Versions("fake-1", "none-1", "none", DIMENSION)


class MemoryBlobs:
    """Blobs in a dictionary."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.expiring: set[str] = set()

    def put(self, key: str, data: bytes, media_type: str) -> None:
        self.stored[_plain(key)] = data
        self.expiring.discard(key)

    def get(self, key: str) -> bytes:
        if _plain(key) not in self.stored:
            raise NotFound("blob_unknown", f"There is no blob {key}.")
        return self.stored[key]

    def exists(self, key: str) -> bool:
        return _plain(key) in self.stored

    def delete(self, key: str) -> None:
        self.stored.pop(_plain(key), None)
        self.expiring.discard(key)

    def mark(self, key: str, expiring: bool) -> None:
        self.get(key)
        (self.expiring.add if expiring else self.expiring.discard)(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        return iter([key for key in self.stored if key.startswith(prefix)])


class ExactIndex:
    """A VectorIndex that compares with every vector it holds."""

    def __init__(self) -> None:
        self._dimensions: dict[str, int] = {}
        self._vectors: dict[str, dict[str, Vector]] = {}

    def ensure(self, collection: str, dimension: int) -> None:
        self._dimensions.setdefault(collection, dimension)
        self._vectors.setdefault(collection, {})
        self._check(collection, dimension)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        held = self._held(collection)
        for point in points:
            self._check(collection, len(point.embedding))
        held.update({point.id: point.embedding for point in points})

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        for each in ids:
            self._vectors.get(collection, {}).pop(each, None)

    def query(self, collection: str, vector: Vector, limit: int) -> list[Neighbour]:
        held = self._held(collection)
        self._check(collection, len(vector))
        # A copy, taken at once: other threads may be writing.
        hits = [Neighbour(each, float(stored @ vector)) for each, stored in list(held.items())]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[: max(0, limit)]

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Vector]:
        held = self._held(collection)
        return {each: held[each] for each in ids if each in held}

    def ids(self, collection: str) -> set[str]:
        return set(self._held(collection))

    def count(self, collection: str) -> int:
        return len(self._held(collection))

    def drop(self, collection: str) -> None:
        self._vectors.pop(collection, None)
        self._dimensions.pop(collection, None)

    def _held(self, collection: str) -> dict[str, Vector]:
        if collection not in self._vectors:
            raise NotFound("collection_unknown", f"There is no collection {collection}.")
        return self._vectors[collection]

    def _check(self, collection: str, dimension: int) -> None:
        expected = self._dimensions[collection]
        if dimension != expected:
            raise Conflict("collection_dimension", f"{expected} dimensions, not {dimension}.")


@dataclass
class FakeVision:
    """Vision without models: a picture is its colours, a word its colour or its letters."""

    versions: Versions = FAKE
    limits: images.Limits = field(default_factory=images.Limits)
    shown_facets: frozenset[str] = frozenset({"colour"})
    parts: tuple[Part, ...] = ()

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        wanted = boxes if boxes is not None else [None] * len(images)
        return [self._analysis(data, box) for data, box in zip(images, wanted, strict=True)]

    def embed_crops(self, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        nothing = np.zeros((0, DIMENSION), np.float32)
        return [
            np.array([self._analysis(data, box).detections[0].embedding for box in some] or nothing)
            for data, some in zip(images, boxes, strict=True)
        ]

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        vectors = [_unit(sum((_word(word) for word in text.split()), _word(""))) for text in texts]
        return np.array(vectors, dtype=np.float32).reshape(len(texts), DIMENSION)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """The nearest colour, which is trusted, and a style, which is not."""
        known = self.embed_texts(list(COLOURS))
        near = np.maximum(vectors @ known.T, 0)
        names = list(COLOURS)
        return [
            (
                LabelScore(
                    "colour",
                    names[int(row.argmax())],
                    round(min(1.0, float(row.max())), 4),
                    "head",
                    True,
                ),
                LabelScore("style", "casual", 0.5),
            )
            for row in near
        ]

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        """Every colour, the nearest first, and the style."""
        near = np.maximum(vectors @ self.embed_texts(list(COLOURS)).T, 0)
        styles = (LabelScore("style", "casual", 0.5), LabelScore("style", "sporty", 0.4))
        return [(*_colours_by_nearness(row), *styles) for row in near]

    def _analysis(self, data: bytes, box: Box | None) -> Analysis:
        picture = images.open(data, self.limits)
        if box is not None and not geometry.inside(box, picture.size):
            raise Invalid("box_outside", "The box must lie inside the picture.")
        whole = geometry.whole(picture.size)
        kind = WHOLE if box is None else "given"
        embedding = _colours(picture.pixels, box or whole)
        (labels,) = self.label(embedding[None])
        told = Measures(colours=colours.palette(picture.pixels, box or whole))
        seen = Detection(box or whole, kind, 1.0, embedding=embedding, measures=told, labels=labels)
        return Analysis(picture.size, (seen,), self.versions, (("decode", 1.0), ("embed", 1.0)))


@dataclass
class FakeVisions:
    """Visions without models: of those that are known, each a fake of its own."""

    known: list[FakeVision] = field(default_factory=lambda: [FakeVision()])
    kept: frozenset[str] = frozenset()

    def of(self, versions: Versions) -> FakeVision:
        for vision in self.known:
            if vision.versions.collection == versions.collection:
                return vision
        raise Conflict("model_not_stored", f"There is no model of {versions.collection}.")

    def keep(self, models: Collection[str]) -> None:
        self.kept = frozenset(models)


@dataclass
class ListQueue:
    """A Queue that keeps what was sent, as (job id, delay), until a test has it run."""

    broken: bool = False
    sends: bool = True
    sent: list[tuple[str, float]] = field(default_factory=list)

    def send(self, job_id: str, delay: float = 0.0) -> None:
        if self.broken:
            raise Unavailable("queue_unavailable", "The message broker does not answer.")
        self.sent.append((job_id, delay))

    def ping(self) -> None:
        if self.broken:
            raise Unavailable("queue_unavailable", "The message broker does not answer.")

    def run_all(self, run: Callable[[str], None]) -> None:
        """Run what was sent, the least delayed first, whatever a run raises."""
        while self.sent:
            first = min(self.sent, key=lambda entry: entry[1])
            self.sent.remove(first)
            try:
                run(first[0])
            except Exception:  # as real queues do, which log it
                continue


@dataclass
class FakeCourier:
    """A Courier to receivers that are entries here: a host answers a status, or nothing at all."""

    statuses: dict[str, int] = field(default_factory=dict)
    private: frozenset[str] = frozenset()
    posted: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        host = str(urlsplit(url).hostname)
        if host in self.private:
            raise Forbidden("address_not_public", f"{host} is a private address.")
        if host not in self.statuses:
            raise Unavailable("receiver_unavailable", "No answer.")
        self.posted.append((url, body, dict(headers)))
        return self.statuses[host]


def _plain(key: str) -> str:
    parts = key.split("/")
    if "\0" in key or any(part in ("", ".", "..") for part in parts):
        raise Invalid("blob_key", f"{key!r} is no key for a blob.")
    return key


def _colours(pixels: Image.Image, box: Box) -> Vector:
    """How much of each of 64 colours there is; what is colourful counts most."""
    x1, y1, x2, y2 = (round(edge) for edge in box.as_tuple())
    inside = np.asarray(pixels.crop((x1, y1, x2, y2)), dtype=np.float32).reshape(-1, 3)
    weights = np.ptp(inside, axis=1) / 255 + 0.02
    counted = np.bincount(_bins(inside), weights=weights, minlength=DIMENSION)
    return _unit(counted / counted.sum() + 0.001)


def _bins(rgb: np.ndarray) -> np.ndarray:
    levels = (rgb // (256 // SIDE)).astype(int)
    return np.asarray(levels @ np.array([SIDE * SIDE, SIDE, 1]))


def _colours_by_nearness(near: np.ndarray) -> list[LabelScore]:
    scored = [
        LabelScore("colour", name, round(min(1.0, float(score)), 4), "head", True)
        for name, score in zip(COLOURS, near, strict=True)
    ]
    return sorted(scored, key=lambda one: -one.score)


def _word(word: str) -> Vector:
    if word in COLOURS:
        place = int(_bins(np.array(COLOURS[word], np.float32)))
        one: Vector = np.eye(DIMENSION, dtype=np.float32)[place]
        return one
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
    letters = np.random.default_rng(seed).random(DIMENSION, dtype=np.float32)
    return np.asarray(letters / 100, np.float32)


def _unit(vector: np.ndarray) -> Vector:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
