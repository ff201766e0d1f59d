"""Search: a photo, words or both become one vector; its neighbours become hits."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from vitrine.core import telemetry
from vitrine.core.clock import new_id
from vitrine.core.errors import Invalid, NotFound
from vitrine.ports import Ports
from vitrine.services import models
from vitrine.services.jobs.work import Work
from vitrine.services.search import candidates, cursors, detected, naming, present, understand
from vitrine.services.search.cache import refresh
from vitrine.services.search.candidates import Chosen, RankingRequest
from vitrine.services.search.cursors import Stop
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.intent import Intent
from vitrine.services.search.present import Hit
from vitrine.services.search.request import Page, Query, from_payload
from vitrine.services.search.understand import Parts
from vitrine.tables.catalog import Image, Product, blob_key
from vitrine.tables.jobs import QueryResult
from vitrine.tables.models import Collection
from vitrine.vision.tuning import Level
from vitrine.vision.types import Box


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one search, best first, and the row that records it."""

    result: QueryResult
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and in which job if not at once."""

    user_id: str | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query made ready: as it is recorded, what it seeks unless it browses, and its photo."""

    query: dict[str, Any]
    sought: Intent | None
    photo: bytes | None = None
    min_level: Level | None = None

    def fingerprint(self, collection: Collection, weights: object) -> str:
        """Equal for equal queries in one collection, ranked alike, whatever the page."""
        photo = hashlib.sha256(self.photo).hexdigest() if self.photo is not None else None
        return cursors.fingerprint(
            {"in": collection.name, "photo": photo, "query": self.query, "weights": weights}
        )

    @property
    def recorded(self) -> dict[str, Any]:
        """The query, and how it was understood."""
        if self.sought is None:
            return self.query
        return self.query | {"understood": self.sought.as_json()}


@dataclass(frozen=True, slots=True)
class _Outcome:
    collection: Collection
    asked: dict[str, Any]
    hits: tuple[Hit, ...]
    summary: dict[str, Any]
    seconds: float = 0.0


def search(engine: SearchEngine, query: Query, asker: Asker = Asker()) -> Answer:
    """The products nearest to the query, or all that it browses; records a QueryResult.

    Raises Invalid for a photo or box that does not work, Conflict when the catalogue was indexed
    by other versions, NotFound for an unknown upload.
    """
    found = _find(engine, query)
    with engine.sessions.write() as session:
        result = _record(session, found, asker)
    return Answer(result, found.hits)


def _find(engine: SearchEngine, query: Query) -> _Outcome:
    # Found and written down apart: no search may hold SQLite's write lock while a model runs or
    # the index looks.
    started, ports = time.perf_counter(), engine.ports
    with engine.sessions.read() as session:
        collection = models.searchable(session, ports.vision.versions)
        photo = photo_of(session, ports, query) if query.has_photo else None
        subject = understand.of_product_named(session, collection, query.product_id)
        snapshot = refresh.current(session, engine.cache, collection)
    picked = None if photo is None else detected.pick(ports.vision, photo, query.item, query.box)
    subject = subject if picked is None else understand.of_item(picked)
    sought = None
    if not query.browses:
        parts = Parts(subject, understand.read_words(ports.vision, query), query.weight)
        sought = understand.make(naming.lexicon(engine, collection), snapshot, parts)
    asked = _asked(query, None if picked is None else picked.box)
    with engine.sessions.read() as session:
        ready = _Asked(asked, sought, photo, query.min_level)
        found = _listed(session, engine, collection, ready, query.page)
    return replace(found, seconds=time.perf_counter() - started)


def _asked(query: Query, box: Box | None) -> dict[str, Any]:
    """The query as it is recorded; what is new in it only where it was asked."""
    rare = {
        "item": query.item,
        "product_id": query.product_id,
        "not_text": query.not_text or None,
        "min_level": query.min_level,
    }
    return {
        "text": query.text,
        "weight": query.weight,
        "upload_id": query.upload_id,
        "photo": query.has_photo,
        "box": list(box.as_tuple()) if box else None,
        "filters": query.page.filters.as_json(),
        "sort": query.sort,
        **{name: value for name, value in rare.items() if value is not None},
    }


def _listed(
    session: Session, engine: SearchEngine, collection: Collection, asked: _Asked, page: Page
) -> _Outcome:
    """One page of what is nearest, not timed yet."""
    weights = engine.tunings.of(collection.model_version, collection.text_share).weights
    search = asked.fingerprint(collection, weights)
    stop = cursors.read(page.cursor, search) if page.cursor else None
    wish = RankingRequest(
        None if asked.sought is None else asked.sought.vector,
        page.limit,
        page.filters,
        page.facets,
        stop.place if stop else None,
        asked.query.get("product_id"),
        page.sort,
        asked.sought,
        asked.min_level,
    )
    before = stop.rank if stop else 0
    chosen, found = nearest(session, engine, collection, wish, before)
    summary = chosen.summary | {"next_cursor": _next_cursor(chosen, before, search)}
    return _Outcome(collection, asked.recorded | {"limit": page.limit}, found, summary)


def nearest(
    session: Session,
    engine: SearchEngine,
    collection: Collection,
    wish: RankingRequest,
    before: int = 0,
) -> tuple[Chosen, tuple[Hit, ...]]:
    """What was wished for, and its living products; `before` is the rank of the last page's end."""
    chosen = candidates.choose(session, engine, collection, wish)
    return chosen, present.of(session, chosen, wish.sought, before)


def _next_cursor(chosen: Chosen, before: int, search: str) -> str | None:
    if not chosen.more:
        return None
    return cursors.write(Stop(chosen.places[-1], before + len(chosen.places)), search)


def similar(engine: SearchEngine, product_id: str, page: Page, asker: Asker = Asker()) -> Answer:
    """The products nearest to a product, itself left out; raises Conflict if it is not indexed."""
    started, ports = time.perf_counter(), engine.ports
    with engine.sessions.read() as session:
        product = session.get(Product, product_id)
        if product is None:
            raise NotFound("product_unknown", "There is no such product.")
        collection = models.searchable(session, ports.vision.versions)
        subject = understand.of_product(session, collection, product)
        snapshot = refresh.current(session, engine.cache, collection)
        sought = understand.make(naming.lexicon(engine, collection), snapshot, Parts(subject))
        asked = {"product_id": product_id, "filters": page.filters.as_json()}
        found = _listed(session, engine, collection, _Asked(asked, sought), page)
    with engine.sessions.write() as session:
        result = _record(session, replace(found, seconds=time.perf_counter() - started), asker)
    return Answer(result, found.hits)


def answer_job(engine: SearchEngine, work: Work) -> None:
    """The search job: the same search, answered later."""
    found = _find(engine, from_payload(work.claim.payload))
    with work.write() as session:
        _record(session, found, Asker(work.claim.created_by, work.claim.job_id))
        work.finish(session)


def load(session: Session, query_id: str, user_id: str | None = None) -> Answer:
    """A recorded search again, without the products deleted since; None as user sees all."""
    result = session.get(QueryResult, query_id)
    if result is None or (user_id is not None and result.user_id != user_id):
        raise NotFound("query_unknown", "There is no such query.")
    return Answer(result, present.again(session, result.hits))


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
        hits=[present.as_json(hit) for hit in found.hits],
        summary=found.summary,
        milliseconds=round(found.seconds * 1000, 3),
    )
    session.add(result)
    return result
