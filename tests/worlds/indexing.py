"""Products that run through the index job, by a vision that sees what a test says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import update

from tests.worlds.factories import product_with_photos
from tests.worlds.fakes import ListQueue
from vitrine.services import catalog, jobs, models
from vitrine.services.jobs import Order
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job
from vitrine.tables.models import RETIRED, Collection
from vitrine.vision.card import Part
from vitrine.vision.types import (
    WHOLE,
    Analysis,
    Box,
    Detection,
    LabelScore,
    Size,
    Vector,
    Versions,
)
from vitrine.wiring import Runtime

UNIT = np.eye(4, dtype=np.float32)
WORDS = {"shirt": 0, "jeans": 1, "boots": 2}


class SteeredVision:
    """Sees in every photo what the test says."""

    shown_facets: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()

    def __init__(self, *detections: Detection, encoder: str = "steered-1") -> None:
        self.versions = Versions(encoder, "p1", "none", 4)
        self.detections = detections
        self.calls = self.labelled = 0
        self.fails: list[Exception] = []
        self.words: list[tuple[LabelScore, ...]] = [()] * 4

    def analyze(
        self, images: Sequence[bytes], boxes: Sequence[Box | None] | None = None
    ) -> list[Analysis]:
        self.calls += 1
        if self.fails:
            raise self.fails.pop()
        return [
            Analysis(Size(96, 128), self.detections, self.versions, (("embed", 2.0),))
            for _ in images
        ]

    def embed_crops(self, images: Sequence[bytes], boxes: Sequence[Sequence[Box]]) -> list[Vector]:
        """As it sees the same box, else along the first axis."""
        if self.fails:
            raise self.fails.pop()
        seen = {one.box: one.embedding for one in self.detections if one.embedding is not None}
        return [np.array([seen.get(box, UNIT[0]) for box in some]) for some in boxes]

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        return UNIT[[0] * len(texts)]

    def label(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        self.labelled += len(vectors)
        return [self.words[int(vector.argmax())] for vector in vectors]

    def candidates(self, vectors: Vector) -> list[tuple[LabelScore, ...]]:
        return [self.words[int(vector.argmax())] for vector in vectors]


class Reading(SteeredVision):
    """Steered, and reads the first word it knows."""

    texts = 0

    def embed_texts(self, texts: Sequence[str]) -> Vector:
        self.texts += 1
        asked = [text.split() for text in texts]
        places = [next((WORDS[word] for word in words if word in WORDS), 3) for words in asked]
        return UNIT[places]


def seen_whole(vector: int) -> Detection:
    return Detection(Box(0, 0, 96, 128), WHOLE, 1.0, embedding=UNIT[vector])


def seen(x2: float, vector: int, kind: str = "top", **given: object) -> Detection:
    # `given` are other fields of a Detection, each of a type of its own.
    return Detection(Box(0, 0, x2, 100), kind, 0.9, embedding=UNIT[vector], **given)  # type: ignore[arg-type]


def with_vision(runtime: Runtime, vision: SteeredVision) -> Runtime:
    """A runtime whose only live collection is made by this vision."""
    runtime = replace(runtime, ports=replace(runtime.ports, vision=vision))
    with runtime.sessions.write() as session:
        models.register(session, vision.versions)
        models.activate(session, models.collection_for(session, vision.versions))
        session.execute(update(Collection).where(~Collection.active).values(state=RETIRED))
    return runtime


def indexed(runtime: Runtime, external_id: str, *photos: bytes) -> tuple[Product, Job]:
    with runtime.sessions.write() as session:
        product, job = product_with_photos(session, runtime.ports, external_id, *photos)
    runtime.run_job(job.id)
    return reload(runtime, product.id), job_of(runtime, job.id)


def reload(runtime: Runtime, product_id: str) -> Product:
    with runtime.sessions.read() as session:
        return catalog.get(session, product_id, deleted=True)


def job_of(runtime: Runtime, job_id: str) -> Job:
    with runtime.sessions.read() as session:
        return jobs.get(session, job_id)


def run_kind(runtime: Runtime, order: Order) -> Job:
    with runtime.sessions.write() as session:
        job_id = jobs.submit(session, runtime.ports.queue, order).id
    runtime.run_job(job_id)
    return job_of(runtime, job_id)


def vector_of(runtime: Runtime, product_id: str, collection: str) -> Vector | None:
    return runtime.ports.vectors.get(collection, [product_id]).get(product_id)


def change(shop: Runtime, product: Product, **values: object) -> Product:
    with shop.sessions.write() as session:
        catalog.update(session, shop.ports, catalog.get(session, product.id), values)
    queue = shop.ports.queue
    assert isinstance(queue, ListQueue)
    queue.run_all(shop.run_job)
    return reload(shop, product.id)
