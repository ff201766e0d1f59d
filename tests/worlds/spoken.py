"""Manifests whose pictures are vectors, and a Vision that reads them out of their files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.services.evaluation.figures import Figure
from vitrine.vision.card import Part
from vitrine.vision.types import (
    Analysis,
    Box,
    Detection,
    LabelScore,
    Size,
    Vector,
    Verdict,
    Versions,
)

SPOKEN = Versions("spoken", "p0", "none", 2)


@dataclass
class SpokenVision:
    """A file holds its own vector as JSON; a text is looked up, and so are labels, by degrees."""

    words: dict[str, list[float]] = field(default_factory=dict)
    named: Callable[[int], Sequence[LabelScore]] = lambda degrees: ()
    boxes: list[Box | None] = field(default_factory=list)
    versions: Versions = SPOKEN
    shown_facets: frozenset[str] = frozenset({"pattern"})
    parts: tuple[Part, ...] = ()

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        self.boxes += boxes or []
        for image, box in zip(images, boxes or [None] * len(images), strict=True):
            if image == b"broken":
                raise Invalid("image_broken", "The picture cannot be read.")
            if box is not None and box.x2 > 9:
                raise Invalid("box_outside", "The box is outside.", fields={"box": "is outside"})
        return [self._see(json.loads(image)) for image in images]

    def embed_crops(self, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        return [
            np.array([json.loads(image) for _ in some], np.float32)
            for image, some in zip(images, boxes, strict=True)
        ]

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        return np.array([self.words.get(text, [1.0, 0.0]) for text in texts], dtype=np.float32)

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        angles = np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))
        return [tuple(self.named(round(float(angle)))) for angle in angles]

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        return self.label(vectors)

    def _see(self, vector: list[float] | None) -> Analysis:
        small = Detection(Box(0, 0, 2, 2), "bag", 0.9, embedding=np.zeros(2, np.float32))
        refused = Detection(Box(0, 0, 9, 9), "top", 0.9, Verdict("rejected", "tiny"))
        if vector is None:
            return Analysis(Size(9, 9), (refused,), self.versions)
        wanted = Detection(Box(0, 0, 5, 5), "top", 0.5, embedding=np.array(vector, np.float32))
        return Analysis(Size(9, 9), (small, wanted, refused), self.versions)


def line(folder: Path, name: str, vector: Any, **known: Any) -> dict[str, Any]:
    (folder / name).write_text(json.dumps(vector))
    return {"image": name, "product_id": name, "split": "gallery"} | known


def manifest(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    return path


def counted(found: Figure | None) -> tuple[float, int]:
    assert found is not None
    return found.value, found.n


def at(degrees: float) -> list[float]:
    angle = np.radians(degrees)
    return [float(np.cos(angle)), float(np.sin(angle))]
