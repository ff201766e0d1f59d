"""Shop the look: every item of one photo searched in one request, from one run of the models."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vitrine.core import telemetry
from vitrine.core.clock import new_id
from vitrine.core.errors import Invalid
from vitrine.services import models
from vitrine.services.search import detected, naming, pipeline, present, understand
from vitrine.services.search.cache import refresh
from vitrine.services.search.candidates import RankingRequest
from vitrine.services.search.detected import Item
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.intent import Intent
from vitrine.services.search.pipeline import Answer, Asker
from vitrine.services.search.present import Hit
from vitrine.services.search.request import Query
from vitrine.services.search.understand import Parts
from vitrine.tables.jobs import QueryResult
from vitrine.vision.types import Box


@dataclass(frozen=True, slots=True)
class Group:
    """One item of the photo and the hits for it, best first."""

    item: int
    box: Box
    kind: str
    score: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One list of hits per item, and the row that records them."""

    result: QueryResult
    groups: tuple[Group, ...]


def by_item(engine: SearchEngine, query: Query, asker: Asker = Asker()) -> Look:
    """The nearest products to each item of the photo, `query.limit` for each; records them.

    Raises what `search` raises, and Invalid without a photo or with a box, item or cursor.
    """
    _check(query)
    started, sessions, ports = time.perf_counter(), engine.sessions, engine.ports
    with sessions.read() as session:
        models.searchable(session, ports.vision.versions)
        photo = pipeline.photo_of(session, ports, query)
    sight = detected.detect(ports.vision, photo)
    words = understand.read_words(ports.vision, query)
    with sessions.read() as session:
        collection = models.searchable(session, ports.vision.versions)
        snapshot = refresh.current(session, engine.cache, collection)
    lexicon = naming.lexicon(engine, collection)
    sought = [
        understand.make(lexicon, snapshot, Parts(understand.of_item(item), words, query.weight))
        for item in sight.items
    ]
    with sessions.read() as session:
        found = [
            pipeline.nearest(session, engine, collection, wish) for wish in _wishes(query, sought)
        ]
    groups = tuple(_group(item, one) for item, (_, one) in zip(sight.items, found, strict=True))
    seconds = time.perf_counter() - started
    telemetry.SEARCH_SECONDS.observe(seconds)
    result = QueryResult(
        id=new_id(),
        job_id=asker.job_id,
        user_id=asker.user_id,
        collection=collection.name,
        query=_asked(query, groups),
        hits=[_hit(group, one) for group in groups for one in group.hits],
        summary=found[0][0].summary if found else {},
        milliseconds=round(seconds * 1000, 3),
    )
    with sessions.write() as session:
        session.add(result)
    return Look(result, groups)


def regroup(answer: Answer) -> Look:
    """A recorded look again, from its hits that still live."""
    alive = {found.product.id: found for found in answer.hits}
    stored = [hit for hit in answer.result.hits if hit["product_id"] in alive]
    groups = tuple(
        Group(
            item=one["item"],
            box=Box(*one["box"]),
            kind=one["kind"],
            score=one["score"],
            hits=_again(alive, [hit for hit in stored if hit["item"] == one["item"]]),
        )
        for one in answer.result.query["items"]
    )
    return Look(answer.result, groups)


def is_look(result: QueryResult) -> bool:
    """Whether the recorded search was one by item."""
    return "items" in result.query


def _check(query: Query) -> None:
    beside = {"box": query.box, "item": query.item, "cursor": query.cursor}
    chosen = next((name for name, value in beside.items() if value is not None), None)
    if query.has_photo and chosen is None:
        return
    reason = f"item cannot come beside {chosen}" if chosen else "item needs a photo"
    raise Invalid("invalid_request", f"group_by={reason}.", fields={"group_by": reason})


def _wishes(query: Query, sought: Sequence[Intent]) -> list[RankingRequest]:
    """One per item; the filters leave the same for each, so only the first counts by facet."""
    return [
        RankingRequest(
            one.vector,
            query.limit,
            query.filters,
            () if place else query.facets,
            sort=query.sort,
            sought=one,
            min_level=query.min_level,
        )
        for place, one in enumerate(sought)
    ]


def _group(item: Item, found: tuple[Hit, ...]) -> Group:
    return Group(item.number, item.box, item.kind, round(item.score, 4), found)


def _again(alive: Mapping[str, Hit], stored: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
    return tuple(
        present.reread(replace(alive[hit["product_id"]], score=hit["score"], rank=rank), hit)
        for rank, hit in enumerate(stored, 1)
    )


def _asked(query: Query, groups: Sequence[Group]) -> dict[str, Any]:
    return {
        "text": query.text,
        "weight": query.weight,
        "limit": query.limit,
        "upload_id": query.upload_id,
        "photo": True,
        "filters": query.filters.as_json(),
        "sort": query.sort,
        "group_by": "item",
        "items": [
            {
                "item": group.item,
                "box": list(group.box.as_tuple()),
                "kind": group.kind,
                "score": group.score,
            }
            for group in groups
        ],
    }


def _hit(group: Group, found: Hit) -> dict[str, Any]:
    return {"item": group.item, **present.as_json(found)}
