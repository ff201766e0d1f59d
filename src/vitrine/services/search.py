"""Search: a photo, words or both become one vector; its neighbours become hits."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vitrine.core import telemetry
from vitrine.core.clock import new_id
from vitrine.core.errors import Conflict, Invalid, NotFound
from vitrine.db import Sessions
from vitrine.ports import Ports, Vision
from vitrine.services import choosing, items, models, paging, ranking
from vitrine.services.choosing import Chosen, Match, Wish
from vitrine.services.paging import Stop
from vitrine.services.queries import Page, Query, from_payload
from vitrine.services.work import Work
from vitrine.tables.catalog import Crop, CropEmbedding, Image, Product, blob_key
from vitrine.tables.jobs import QueryResult
from vitrine.tables.models import Collection
from vitrine.vision.types import Box, Vector


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with what a person wants to see of it; no score where nothing was compared."""

    product: Product
    score: float | None
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
class _Asked:
    """A query made ready: as it is recorded, its vector unless it browses, and its photo."""

    query: dict[str, Any]
    vector: Vector | None
    photo: bytes | None = None
    without: str | None = None

    def fingerprint(self, collection: Collection) -> str:
        """Equal for equal queries in one collection, whatever the page."""
        photo = hashlib.sha256(self.photo).hexdigest() if self.photo is not None else None
        return paging.fingerprint({"in": collection.name, "photo": photo, "query": self.query})


@dataclass(frozen=True, slots=True)
class _Outcome:
    collection: Collection
    asked: dict[str, Any]
    hits: tuple[Found, ...]
    summary: dict[str, Any]
    seconds: float = 0.0


def search(sessions: Sessions, ports: Ports, query: Query, asker: Asker = Asker()) -> Answer:
    """The products nearest to the query, or all that it browses; records a QueryResult.

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
        photo = photo_of(session, ports, query) if query.has_photo else None
    vector, box = _embed(ports.vision, query, photo)
    asked = {
        "text": query.text,
        "weight": query.weight,
        "upload_id": query.upload_id,
        "photo": photo is not None,
        "box": list(box.as_tuple()) if box else None,
        "filters": query.page.filters.as_json(),
        "sort": query.sort,
        **({} if query.item is None else {"item": query.item}),
    }
    with sessions.read() as session:
        found = _listed(session, ports, _Asked(asked, vector, photo), query.page)
    return replace(found, seconds=time.perf_counter() - started)


def _listed(session: Session, ports: Ports, asked: _Asked, page: Page) -> _Outcome:
    """One page of what is nearest, not timed yet."""
    collection = models.searchable(session, ports.vision.versions)
    search = asked.fingerprint(collection)
    stop = paging.read(page.cursor, search) if page.cursor else None
    wish = Wish(
        asked.vector,
        page.limit,
        page.filters,
        page.facets,
        stop.place if stop else None,
        asked.without,
        page.sort,
    )
    before = stop.rank if stop else 0
    chosen, hits = nearest(session, ports, collection, wish, before)
    summary = chosen.summary | {"next_cursor": _next_cursor(chosen, before, search)}
    return _Outcome(collection, asked.query | {"limit": page.limit}, hits, summary)


def nearest(
    session: Session, ports: Ports, collection: Collection, wish: Wish, before: int = 0
) -> tuple[Chosen, tuple[Found, ...]]:
    """What was wished for, and its living products; `before` is the rank of the last page's end."""
    chosen = choosing.choose(session, ports, collection, wish)
    # Unit vectors of float32 may come out a hair above 1.
    found = [Match(one.id, _within_bounds(one.score)) for one in chosen.matches]
    return chosen, _alive(session, found, before)


def _within_bounds(score: float | None) -> float | None:
    return None if score is None else max(-1.0, min(1.0, score))


def _next_cursor(chosen: Chosen, before: int, search: str) -> str | None:
    if not chosen.more:
        return None
    return paging.write(Stop(chosen.places[-1], before + len(chosen.places)), search)


def similar(
    sessions: Sessions, ports: Ports, product_id: str, page: Page, asker: Asker = Asker()
) -> Answer:
    """The products nearest to a product, itself left out; raises Conflict if it is not indexed."""
    started = time.perf_counter()
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
        asked = {"product_id": product_id, "filters": page.filters.as_json()}
        found = _listed(session, ports, _Asked(asked, vector, without=product_id), page)
    with sessions.write() as session:
        result = _record(session, replace(found, seconds=time.perf_counter() - started), asker)
    return Answer(result, found.hits)


def answer_job(work: Work) -> None:
    """The search job: the same search, answered later."""
    found = _find(work.sessions, work.ports, from_payload(work.claim.payload))
    with work.write() as session:
        _record(session, found, Asker(work.claim.created_by, work.claim.job_id))
        work.finish(session)


def load(session: Session, query_id: str, user_id: str | None = None) -> Answer:
    """A recorded search again, without the products deleted since; None as user sees all."""
    result = session.get(QueryResult, query_id)
    if result is None or (user_id is not None and result.user_id != user_id):
        raise NotFound("query_unknown", "There is no such query.")
    hits = [Match(hit["product_id"], hit["score"]) for hit in result.hits]
    return Answer(result, _alive(session, hits))


def _alive(session: Session, hits: Sequence[Match], before: int = 0) -> tuple[Found, ...]:
    rows = {
        product.id: (product, image, crop)
        for product, image, crop in session.execute(
            select(Product, Image, Crop)
            .join(Crop, Crop.id == Product.primary_crop_id)
            .join(Image, Image.id == Crop.image_id)
            .where(Product.id.in_([hit.id for hit in hits]))
        )
    }
    living = (hit for hit in hits if hit.id in rows)
    ranked: Iterable[tuple[int, Match]] = enumerate(living, before + 1)
    return tuple(Found(rows[hit.id][0], hit.score, rank, *rows[hit.id][1:]) for rank, hit in ranked)


def photo_of(session: Session, ports: Ports, query: Query) -> bytes:
    """The bytes of a query's photo, sent along or uploaded before; Invalid for an unknown one."""
    if query.photo is not None:
        return query.photo
    image = session.get(Image, query.upload_id)
    if image is None:
        raise Invalid(
            "upload_unknown",
            "There is no such upload; send the photo again.",
            fields={"upload_id": "is unknown"},
        )
    return ports.blobs.get(blob_key(image.sha256))


def _embed(vision: Vision, query: Query, photo: bytes | None) -> tuple[Vector | None, Box | None]:
    """The query's vector, None if it browses, and the box it was made from if there is a photo."""
    if query.browses:
        return None, None
    picked = None if photo is None else items.pick(vision, photo, query.item, query.box)
    text = vision.embed_texts([query.text])[0] if query.text.strip() else None
    image = None if picked is None else picked.vector
    return ranking.blend(image, text, query.weight), None if picked is None else picked.box


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
        summary=found.summary,
        milliseconds=round(found.seconds * 1000, 3),
    )
    session.add(result)
    return result
