"""Search: a photo, words or both become one vector; its neighbours become hits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vitrine.core import telemetry
from vitrine.core.clock import new_id
from vitrine.core.errors import Conflict, Invalid, NotFound
from vitrine.db import Sessions
from vitrine.ports import Hit, Ports, VectorIndex, Vision
from vitrine.services import models, ranking
from vitrine.services.work import Work
from vitrine.tables.catalog import Crop, CropEmbedding, Image, Product, blob_key
from vitrine.tables.jobs import QueryResult
from vitrine.tables.models import Collection
from vitrine.vision.geometry import whole
from vitrine.vision.types import Box, Vector

MAX_LIMIT = 500
MAX_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; `weight` is the photo's share, 0 to 1, where there are words as well."""

    photo: bytes | None = None
    upload_id: str | None = None
    text: str = ""
    box: Box | None = None
    weight: float = 0.5
    limit: int = 20

    def __post_init__(self) -> None:
        """Refuse what cannot be answered, by field."""
        wrong = {
            "limit": None if 1 <= self.limit <= MAX_LIMIT else f"is not 1 to {MAX_LIMIT}",
            "weight": None if 0 <= self.weight <= 1 else "is not 0 to 1",
            "text": None if len(self.text) <= MAX_TEXT else f"is over {MAX_TEXT:,} characters",
            "box": "needs a photo" if self.box and not self.has_photo else None,
            "upload_id": "comes beside a photo" if self.photo and self.upload_id else None,
            "image": None if self.has_photo or self.text.strip() else "or upload_id or text needed",
        }
        fields = {name: reason for name, reason in wrong.items() if reason}
        if fields:
            reasons = "; ".join(f"{name} {reason}" for name, reason in fields.items())
            raise Invalid("invalid_request", reasons, fields=fields)

    @property
    def has_photo(self) -> bool:
        """Whether a photo is part of the query."""
        return self.photo is not None or self.upload_id is not None


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with what a person wants to see of it."""

    product: Product
    score: float
    rank: int
    image: Image
    crop: Crop


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one search, best first, and the row that records it."""

    result: QueryResult
    hits: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and in which job if not at once."""

    user_id: str | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    collection: Collection
    asked: dict[str, Any]
    hits: tuple[Found, ...]
    seconds: float


def search(sessions: Sessions, ports: Ports, query: Query, asker: Asker = Asker()) -> Answer:
    """The products nearest to the query; records a QueryResult.

    Raises Invalid for a photo or box that does not work, Conflict when the catalogue was indexed
    by other versions, NotFound for an unknown upload.
    """
    found = _find(sessions, ports, query)
    with sessions.write() as session:
        result = _record(session, found, asker)
    return Answer(result, found.hits)


def _find(sessions: Sessions, ports: Ports, query: Query) -> _Outcome:
    # Found and written down apart: no search may hold SQLite's write lock while a model runs or
    # the index looks.
    started = time.perf_counter()
    with sessions.read() as session:
        models.searchable(session, ports.vision.versions)
        photo = query.photo if query.photo is not None else _upload(session, ports, query)
    vector, box = _embed(ports.vision, query, photo)
    with sessions.read() as session:
        collection = models.searchable(session, ports.vision.versions)
        hits = nearest(session, ports.vectors, collection, vector, query.limit)
    asked = {
        "text": query.text,
        "weight": query.weight,
        "limit": query.limit,
        "upload_id": query.upload_id,
        "photo": photo is not None,
        "box": list(box.as_tuple()) if box else None,
    }
    return _Outcome(collection, asked, hits, time.perf_counter() - started)


def similar(
    sessions: Sessions, ports: Ports, product_id: str, limit: int, asker: Asker = Asker()
) -> Answer:
    """The products nearest to a product, itself left out; raises Conflict if it is not indexed."""
    started = time.perf_counter()
    Query(text=product_id, limit=limit)
    with sessions.read() as session:
        product = session.get(Product, product_id)
        if product is None:
            raise NotFound("product_unknown", "There is no such product.")
        collection = models.searchable(session, ports.vision.versions)
        vector = session.scalar(
            select(CropEmbedding.vector).where(
                CropEmbedding.crop_id == product.primary_crop_id,
                CropEmbedding.model_version == collection.model_version,
                CropEmbedding.preprocess_version == collection.preprocess_version,
            )
        )
        if vector is None:
            raise Conflict("not_indexed", "The product has no indexed photo yet.")
        hits = nearest(session, ports.vectors, collection, vector, limit, without=product_id)
    asked = {"product_id": product_id, "limit": limit}
    found = _Outcome(collection, asked, hits, time.perf_counter() - started)
    with sessions.write() as session:
        result = _record(session, found, asker)
    return Answer(result, hits)


def answer_job(work: Work) -> None:
    """The search job: the same search, answered later."""
    asked = dict(work.claim.payload)
    box = asked.pop("box", None)
    query = Query(**asked, box=Box(*box) if box else None)
    found = _find(work.sessions, work.ports, query)
    with work.write() as session:
        _record(session, found, Asker(work.claim.created_by, work.claim.job_id))
        work.finish(session)


def as_payload(query: Query) -> dict[str, Any]:
    """The query as a Job's payload; its photo must have been stored as an upload before."""
    if query.photo is not None:
        raise ValueError("a photo in a payload")
    payload = {key: value for key, value in asdict(query).items() if key not in ("photo", "box")}
    return payload | {"box": list(query.box.as_tuple()) if query.box else None}


def load(session: Session, query_id: str, user_id: str | None = None) -> Answer:
    """A recorded search again, without the products deleted since; None as user sees all."""
    result = session.get(QueryResult, query_id)
    if result is None or (user_id is not None and result.user_id != user_id):
        raise NotFound("query_unknown", "There is no such query.")
    hits = [Hit(hit["product_id"], hit["score"]) for hit in result.hits]
    return Answer(result, _alive(session, hits))


def nearest(
    session: Session,
    vectors: VectorIndex,
    collection: Collection,
    vector: Vector,
    limit: int,
    without: str | None = None,
) -> tuple[Found, ...]:
    """The best `limit` living products; asks for more while deleted ones are among them."""
    wanted = limit + 10
    while True:
        hits = _neighbours(vectors, collection, vector, wanted)
        found = _alive(session, [hit for hit in hits if hit.id != without])
        if len(found) >= limit or len(hits) < wanted:
            return found[:limit]
        wanted *= 4


def _neighbours(
    vectors: VectorIndex, collection: Collection, vector: Vector, wanted: int
) -> Sequence[Hit]:
    try:
        return vectors.query(collection.name, vector, wanted)
    except NotFound:
        return []  # nothing was indexed yet


def _alive(session: Session, hits: Sequence[Hit]) -> tuple[Found, ...]:
    rows = {
        product.id: (product, image, crop)
        for product, image, crop in session.execute(
            select(Product, Image, Crop)
            .join(Crop, Crop.id == Product.primary_crop_id)
            .join(Image, Image.id == Crop.image_id)
            .where(Product.id.in_([hit.id for hit in hits]))
        )
    }
    ranked: Iterable[tuple[int, Hit]] = enumerate((hit for hit in hits if hit.id in rows), 1)
    return tuple(Found(rows[hit.id][0], hit.score, rank, *rows[hit.id][1:]) for rank, hit in ranked)


def _upload(session: Session, ports: Ports, query: Query) -> bytes | None:
    if query.upload_id is None:
        return None
    image = session.get(Image, query.upload_id)
    if image is None:
        raise Invalid(
            "upload_unknown",
            "There is no such upload; send the photo again.",
            fields={"upload_id": "is unknown"},
        )
    return ports.blobs.get(blob_key(image.sha256))


def _embed(vision: Vision, query: Query, photo: bytes | None) -> tuple[Vector, Box | None]:
    """The query's vector and the box it was made from, None for words alone."""
    image, box = _embed_photo(vision, photo, query.box) if photo is not None else (None, None)
    text = vision.embed_texts([query.text])[0] if query.text.strip() else None
    return ranking.blend(image, text, query.weight), box


def _embed_photo(vision: Vision, photo: bytes, box: Box | None) -> tuple[Vector, Box]:
    """The chosen box's vector; without a choice the only item's, or else the whole photo's."""
    analysis = vision.analyze([photo], [box])[0]
    kept = [seen for seen in analysis.detections if seen.embedding is not None]
    if len(kept) != 1:
        everything = whole(analysis.size)
        kept = list(vision.analyze([photo], [everything])[0].detections)
    vector = kept[0].embedding
    if vector is None:
        raise ValueError("vision gave no vector for a given box")
    return vector, kept[0].box


def _record(session: Session, found: _Outcome, asker: Asker) -> QueryResult:
    if asker.job_id is not None:  # a search job that runs again replaces what it found before
        session.execute(delete(QueryResult).where(QueryResult.job_id == asker.job_id))
    telemetry.SEARCH_SECONDS.observe(found.seconds)
    result = QueryResult(
        id=new_id(),
        job_id=asker.job_id,
        user_id=asker.user_id,
        collection=found.collection.name,
        query=found.asked,
        hits=[
            {
                "product_id": hit.product.id,
                "image_id": hit.image.id,
                "crop_id": hit.crop.id,
                "score": hit.score,
                "rank": hit.rank,
            }
            for hit in found.hits
        ],
        milliseconds=round(found.seconds * 1000, 3),
    )
    session.add(result)
    return result
