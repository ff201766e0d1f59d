"""Search: a request is understood, its candidates are ranked, presented, and recorded.

No search holds SQLite's write lock while a model runs or products are compared: what is found is
written down in a transaction of its own.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core.errors import Invalid, NotFound
from vitrine.core.reasons import check
from vitrine.ports import Ports
from vitrine.services.jobs.kinds import Search
from vitrine.services.jobs.work import Work
from vitrine.services.search import (
    candidates,
    counting,
    cursors,
    detected,
    present,
    rank,
    record,
    understand,
    variants,
    weighing,
)
from vitrine.services.search import (
    context as contexts,
)
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.context import SearchContext
from vitrine.services.search.cursors import Stop
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import EVERYTHING, Filters
from vitrine.services.search.present import Hit
from vitrine.services.search.record import Asker
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.services.search.scoring import Scoring
from vitrine.tables.catalog import Image, blob_key
from vitrine.tables.jobs import QueryResult


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one search, best first, and the row that records it."""

    result: QueryResult
    hits: tuple[Hit, ...]


def search(engine: SearchEngine, request: SearchRequest, asker: Asker = Asker()) -> Answer:
    """The products nearest to the query, or all that it browses; records a QueryResult.

    Raises Invalid for a photo or box that does not work, Conflict where nobody has the model
    that made what is searched, NotFound for an unknown upload.
    """
    answer = find(engine, request)
    record.note(engine, answer.result, asker)
    return answer


def answer_job(engine: SearchEngine, work: Work) -> None:
    """The search job: the same search, answered later."""
    answer = find(engine, check(SearchRequest, work.asked(Search).query))
    with work.write() as session:
        record.save(session, answer.result, Asker(work.claim.created_by, work.claim.job_id))
        work.finish(session)


def find(engine: SearchEngine, request: SearchRequest, within: Filters = EVERYTHING) -> Answer:
    """What a search finds, with its record, which is not saved yet.

    Only what lies within the filters given beside the request is found, and counted.
    """
    started = time.perf_counter()
    with engine.sessions.read() as session:
        context = contexts.opened(engine, session, within, drafts=request.preview_rules)
        photo = photo_of(session, engine.ports, request) if request.has_photo else None
        subject = None
        if request.product_id is not None:
            subject = understand.of_product(session, context.collection, request.product_id)
        asked = request.as_recorded()
        reading, request = understand.read(session, context, request)
    asked["recognised"] = [one.as_json() for one in reading.named]
    if photo is not None:
        sights = engine.cache.sights
        picked = detected.pick(sights, context.vision, photo, request.item, request.box)
        subject, asked["box"] = understand.of_item(picked), list(picked.box.as_tuple())
    intent = None
    if not request.browses:
        words = understand.read_words(context.vision, request, reading)
        intent = understand.understood(
            context.lexicon, context.catalogue, subject, words, request.weight, request.emphasis
        )
    search_id = _fingerprint(context, asked, photo)
    stop = cursors.read(request.cursor, search_id) if request.cursor else None
    with engine.sessions.read() as session:
        garment = None
        if request.product_id is not None:
            garment = candidates.garment(context.holding(session, request.product_id), request)
        hits, summary, end = found(session, context, request, Sought(intent, garment), stop)
    summary["next_cursor"] = cursors.write(end, search_id) if end else None
    if intent is not None:
        asked["understood"] = intent.as_json()
    told = [hit.as_json() for hit in hits]
    return Answer(record.draft(context, asked, told, summary, started), hits)


def found(
    session: Session,
    context: SearchContext,
    request: SearchRequest,
    sought: Sought,
    stop: Stop | None = None,
) -> tuple[tuple[Hit, ...], dict[str, Any], Stop | None]:
    """One page of hits after a stop, counts, and where the page stops if more follow."""
    context = context.gathered(session, request, [sought], stop)
    scoring = weighing.weighed(context, request, sought)
    mask = candidates.left(context, request)
    hits, told, end = page(session, context, request, scoring, mask, stop)
    counted = counting.told(context, request, counting.of(context, request, [scoring], mask))
    return hits, counted | told, end


def page(
    session: Session,
    context: SearchContext,
    request: SearchRequest,
    scoring: Scoring,
    mask: Mask,
    stop: Stop | None = None,
) -> tuple[tuple[Hit, ...], dict[str, Any], Stop | None]:
    """One page of hits of the mask after a stop, what is told of all, and where the page stops if
    more follow."""
    after, before = (stop.place, stop.rank) if stop else (None, 0)
    shown = scoring.shown(mask)
    one_each = variants.one_each(scoring, request, shown) if request.one_per_design else shown
    ranking = rank.ranked(context, request, scoring, one_each, after)
    told = scoring.told()
    if ranking.sorted is not None:
        told["sorted"] = ranking.sorted
    more = {}
    if one_each is not shown:
        more = variants.others(context, scoring, ranking.places, shown)
    hits = present.hits(session, ranking, scoring.intent, before)
    hits = variants.seen_best(session, context, scoring.intent, hits)
    hits = tuple(replace(hit, variants=more.get(hit.product.id, 0)) for hit in hits)
    end = Stop(ranking.places[-1], before + len(ranking.places)) if ranking.more else None
    return hits, told, end


def load(session: Session, query_id: str, user_id: str | None = None) -> Answer:
    """A recorded search again, without the products deleted since; None as user sees all."""
    result = session.get(QueryResult, query_id)
    if result is None or (user_id is not None and result.user_id != user_id):
        raise NotFound("query_unknown", "There is no such query.")
    return Answer(result, present.again(session, result.hits))


def photo_of(session: Session, ports: Ports, request: SearchRequest) -> bytes:
    """The bytes of a photo, sent along or uploaded before; Invalid for an unknown one."""
    if request.photo is not None:
        return request.photo
    image = session.get(Image, request.upload_id)
    if image is None:
        raise Invalid(
            "upload_unknown",
            "There is no such upload; send the photo again.",
            fields={"upload_id": "is unknown"},
        )
    return ports.blobs.get(blob_key(image.sha256))


def _fingerprint(context: SearchContext, asked: dict[str, Any], photo: bytes | None) -> str:
    """Equal for equal queries in one collection, ranked alike, whatever the page."""
    query = {name: value for name, value in asked.items() if name != "limit"}
    return cursors.fingerprint(
        {
            "in": context.collection.name,
            "photo": None if photo is None else hashlib.sha256(photo).hexdigest(),
            "query": query,
            "weights": context.tuning.weights,
        }
    )
