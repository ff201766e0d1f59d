"""A catalogue of a thousand hats and shirts that states what it is, and a vision that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from tests.worlds.factories import insert_indexed
from tests.worlds.indexing import SteeredVision, with_vision
from vitrine.services import models
from vitrine.tables.models import Collection
from vitrine.vision.types import LabelScore, Vector
from vitrine.wiring import Runtime

SORTS = {"Dress": "dress", "Vest top": "tank top", "Jeans": "jeans", "Hat": "hat"}
COLOURS = {"Maroon": "burgundy", "Blue": "blue", "Green": "green"}
DIMENSION = 16


class ReadingVision(SteeredVision):
    """Knows each sort and each colour by an axis of its own, in pictures as in words."""

    shown_facets = frozenset({"style"})

    def __init__(self) -> None:
        super().__init__()
        self.versions = type(self.versions)("steered-2", "p1", "none", DIMENSION)

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        names = [*SORTS.items(), *COLOURS.items()]
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for axis, spelled in enumerate(names):
                if any(name.casefold() in text.casefold() for name in spelled):
                    row[axis] = 1
            row[-1] = 0.1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        sorts, colours = list(SORTS.values()), list(COLOURS.values())
        return [
            (
                LabelScore("category", sorts[int(vector[:4].argmax())], 0.9, "head"),
                LabelScore("colour", colours[int(vector[4:7].argmax())], 0.9, "head"),
            )
            for vector in vectors
        ]

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        return self.label(vectors)


def stated(count: int, noise: float = 0.35, seed: int = 0) -> tuple[Vector, list[dict[str, Any]]]:
    """Vectors of products and what they state; every second of a sort's colour is a variant."""
    dice = np.random.default_rng(seed)
    vectors = np.zeros((count, DIMENSION), dtype=np.float32)
    rows = []
    for number in range(count):
        sort, colour = number % len(SORTS), (number // 4) % len(COLOURS)
        vectors[number, [sort, 4 + colour]] = 1, 0.8
        vectors[number] += dice.normal(0, noise, DIMENSION) / np.sqrt(DIMENSION) * 2
        rows.append(
            {
                "category": list(SORTS)[sort],
                "colour": list(COLOURS)[colour],
                "attributes": {"group": f"design {number // 2}"},
            }
        )
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), rows


def shop_of(runtime: Runtime, vectors: Vector, rows: Sequence[dict[str, Any]]) -> Runtime:
    """A shop that holds these products, searched by such a vision."""
    vision = ReadingVision()
    runtime = with_vision(runtime, vision)
    with runtime.sessions.write() as session:
        models.activate(session, models.collection_for(session, vision.versions))
        if len(rows):
            insert_indexed(session, vision.versions, vectors, rows)
    return runtime


def collection_of(runtime: Runtime) -> Collection:
    """The active collection."""
    with runtime.sessions.read() as session:
        return session.scalars(select(Collection).where(Collection.active)).one()
