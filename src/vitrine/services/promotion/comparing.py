"""A collection beside the searched one, before anybody searches it: the same questions to both."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, VitrineError
from vitrine.ports import Ports, Vision
from vitrine.services import models
from vitrine.services.calibration import asking, stated
from vitrine.services.calibration.stated import Stock
from vitrine.services.jobs.work import Work
from vitrine.services.search.engine import SearchEngine
from vitrine.tables.catalog import CropEmbedding, Product, blob_key
from vitrine.tables.models import Collection
from vitrine.tables.vectors import blended, embedded, words
from vitrine.vision.types import Box, Vector

K = 10
ASKED = 300
"""So many products at most are asked for what is like them."""

SEGMENTS = 12
"""So many categories at most are told of, the largest."""

TIMED = 5
AT_ONCE = 500

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """One collection: its products' vectors by row, and the photos that ask."""

    vectors: Vector
    stock: Stock

    def near(self, vector: Vector, apart: int = -1) -> Rows:
        """The rows of the K nearest products, without the one apart."""
        scores = self.vectors @ vector
        order = np.argsort(-scores, kind="stable")
        return np.asarray(order[order != apart][:K])


def compare(engine: SearchEngine, work: Work, collection: Collection) -> dict[str, Any]:
    """What changes if this collection were searched: the overlap of the first ten, how often the
    right ones are among them by both, in all and by category, and what a query costs.

    Right are other variants of a design, and the product itself for another photo of it.
    """
    with work.sessions.read() as session:
        active = models.searched(session)
        ids = _ids(session, active, collection, engine.cache.statuses)
        sides = [_side(session, each, ids, engine.cache.statuses) for each in (active, collection)]
    told: dict[str, Any] = {
        "at": now().isoformat(),
        "with": active.name,
        "k": K,
        "products": len(ids),
    }
    if len(ids) > 1:
        told |= _figures(ids, *sides)
    return told | {"latency": _latency(work.ports, (active, collection), sides[0].stock)}


def _ids(
    session: Session, active: Collection, collection: Collection, statuses: Sequence[str]
) -> list[str]:
    """The products that both hold, a seeded sample of many."""
    held = [
        set(
            session.scalars(
                embedded(each).where(Product.status.in_(statuses)).with_only_columns(Product.id)
            )
        )
        for each in (active, collection)
    ]
    return asking.sample(sorted(held[0] & held[1]), stated.MOST)


def _side(
    session: Session, collection: Collection, ids: Sequence[str], statuses: Sequence[str]
) -> Side:
    place = {product_id: row for row, product_id in enumerate(ids)}
    vectors = np.zeros((len(ids), collection.dimension), dtype=np.float32)
    query = embedded(collection).with_only_columns(
        Product.id, CropEmbedding.vector, words(collection)
    )
    for start in range(0, len(ids), AT_ONCE):
        some = query.where(Product.id.in_(ids[start : start + AT_ONCE]))
        for product_id, photo, text in session.execute(some):
            vectors[place[product_id]] = blended(photo, text, collection.text_share)
    return Side(vectors, stated.read(session, collection, statuses))


def _figures(ids: Sequence[str], old: Side, new: Side) -> dict[str, Any]:
    rows = {product_id: row for row, product_id in enumerate(ids)}
    shared = [_overlap(rows, old, new, key) for key in _askers(rows, old)]
    found = [_recalls(rows, side) for side in (old, new)]
    both = sorted(found[0].keys() & found[1].keys())
    segments = {photo.of.key: photo.of.facets.get("category", "") for photo in old.stock.photos}
    return {
        "overlap": _mean(shared),
        "recall": _both(found, both),
        "segments": _by_segment(found, both, segments),
    }


def _askers(rows: Mapping[str, int], side: Side) -> list[str]:
    return asking.sample([one.of.key for one in side.stock.photos if one.of.key in rows], ASKED)


def _overlap(rows: Mapping[str, int], old: Side, new: Side, key: str) -> float:
    row = rows[key]
    first, second = (set(side.near(side.vectors[row], row).tolist()) for side in (old, new))
    return len(first & second) / len(first)


def _recalls(rows: Mapping[str, int], side: Side) -> dict[tuple[str, str], float]:
    """By question whether what is right is among the first."""
    designs: dict[str, list[int]] = {}
    for photo in side.stock.photos:
        if photo.of.key in rows:
            designs.setdefault(photo.of.group, []).append(rows[photo.of.key])
    asked: dict[tuple[str, str], float] = {}
    for photo in side.stock.photos:
        row = rows.get(photo.of.key, -1)
        mates = set(designs.get(photo.of.group, ())) - {row}
        if row >= 0 and mates and len(asked) < ASKED:
            near = side.near(photo.vector, row)
            asked["design", photo.of.key] = float(bool(mates & set(near.tolist())))
    for photo in side.stock.second:
        if photo.of.key in rows:
            near = side.near(photo.vector)
            asked["photo", photo.of.key] = float(rows[photo.of.key] in near.tolist())
    return asked


def _both(
    found: Sequence[Mapping[tuple[str, str], float]], keys: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    before, after = ([side[key] for key in keys] for side in found)
    return {"n": len(keys), "before": _mean(before), "after": _mean(after)}


def _by_segment(
    found: Sequence[Mapping[tuple[str, str], float]],
    keys: Sequence[tuple[str, str]],
    segments: Mapping[str, str],
) -> list[dict[str, Any]]:
    parts: dict[str, list[tuple[str, str]]] = {}
    for key in keys:
        parts.setdefault(segments.get(key[1], ""), []).append(key)
    largest = sorted(parts, key=lambda name: (-len(parts[name]), name))[:SEGMENTS]
    return [{"category": name} | _both(found, parts[name]) for name in largest]


def _latency(
    ports: Ports, collections: Sequence[Collection], stock: Stock
) -> dict[str, dict[str, float | None]]:
    """Milliseconds of words and of a photo becoming vectors, by both models; medians."""
    photo = next((getattr(one.of, "sha256", "") for one in stock.photos), "")
    told: dict[str, dict[str, float | None]] = {}
    for name, each in zip(("before", "after"), collections, strict=True):
        try:
            vision = ports.vision_of(each.versions)
        except Conflict:  # nobody has the model any more: that is why another is built
            continue
        told[name] = {
            "words": _timed(partial(vision.embed_texts, ["a red summer dress"])),
            "photo": _timed_photo(ports, vision, photo),
        }
    return told


def _timed_photo(ports: Ports, vision: Vision, sha256: str) -> float | None:
    try:
        data = ports.blobs.get(blob_key(sha256)) if sha256 else b""
        return _timed(lambda: vision.embed_crops([data], [[Box(0, 0, 16, 16)]])) if data else None
    except VitrineError as error:
        if error.retried:
            raise
        return None


def _timed(ask: Callable[[], object]) -> float:
    spent = []
    for _ in range(TIMED):
        started = time.perf_counter()
        ask()
        spent.append(1000 * (time.perf_counter() - started))
    return round(median(spent), 1)


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
