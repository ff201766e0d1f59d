"""A collection beside the searched one, before anybody searches it: the same questions to both."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, VitrineError
from vitrine.ports import Ports, Vision
from vitrine.services import models, review
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

FEWEST = 20
"""With so many questions that people verified only these count; with fewer all do."""

SEGMENTS = 12
"""So many categories at most are told of, the largest."""

TIMED = 5
AT_ONCE = 500

Rows = NDArray[np.int64]


class Question(NamedTuple):
    """Whether a product's `design` or another `photo` of it finds what is right.

    `verified` says that a person looked over what asks, and what should be found.
    """

    kind: str
    product_id: str
    verified: bool


Recalls = Mapping[Question, float]
"""By question 1 where what is right is among the first, else 0."""


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

    Right are other variants of a design, and the product itself for another photo of it. Where
    people verified enough of these pairs, in all or in a category, only those count.
    """
    with work.sessions.read() as session:
        active = models.searched(session)
        verified = frozenset(one.product_id for one in review.verified(session))
        ids = _ids(session, active, collection, engine.cache.statuses)
        old, new = (
            _side(session, each, ids, engine.cache.statuses, verified)
            for each in (active, collection)
        )
    told: dict[str, Any] = {
        "at": now().isoformat(),
        "with": active.name,
        "k": K,
        "products": len(ids),
    }
    if len(ids) > 1:
        told |= _figures(ids, old, new, verified)
    return told | {"latency": _latency(work.ports, (active, collection), old.stock)}


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
    session: Session,
    collection: Collection,
    ids: Sequence[str],
    statuses: Sequence[str],
    verified: Set[str],
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
    return Side(vectors, stated.read(session, collection, statuses, verified))


def _figures(ids: Sequence[str], old: Side, new: Side, verified: Set[str]) -> dict[str, Any]:
    rows = {product_id: row for row, product_id in enumerate(ids)}
    shared = [_overlap(rows, old, new, key) for key in _askers(rows, old)]
    found = [_recalls(rows, side, verified) for side in (old, new)]
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


def _recalls(rows: Mapping[str, int], side: Side, verified: Set[str]) -> Recalls:
    """What comes of every question; what people verified asks first."""
    designs: dict[str, set[str]] = {}
    for photo in side.stock.photos:
        if photo.of.key in rows:
            designs.setdefault(photo.of.group, set()).add(photo.of.key)
    asked: dict[Question, float] = {}
    for photo in sorted(side.stock.photos, key=lambda one: one.of.key not in verified):
        key, mates = photo.of.key, designs.get(photo.of.group, set()) - {photo.of.key}
        if key in rows and mates and len(asked) < ASKED:
            sure = mates & verified if key in verified else set()
            near = side.near(photo.vector, rows[key])
            right = {rows[mate] for mate in sure or mates}
            asked[Question("design", key, bool(sure))] = float(bool(right & set(near.tolist())))
    for photo in side.stock.second:
        if photo.of.key in rows:
            near, key = side.near(photo.vector), photo.of.key
            asked[Question("photo", key, key in verified)] = float(rows[key] in near.tolist())
    return asked


def _both(found: Sequence[Recalls], asked: Sequence[Question]) -> dict[str, Any]:
    """Of these questions, or of those that were verified where they are enough."""
    sure = [one for one in asked if one.verified]
    counted = sure if len(sure) >= FEWEST else asked
    before, after = ([side[one] for one in counted] for side in found)
    told = {"n": len(counted), "before": _mean(before), "after": _mean(after)}
    return told | {"verified": counted is sure}


def _by_segment(
    found: Sequence[Recalls], asked: Sequence[Question], segments: Mapping[str, str]
) -> list[dict[str, Any]]:
    parts: dict[str, list[Question]] = {}
    for one in asked:
        parts.setdefault(segments.get(one.product_id, ""), []).append(one)
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
