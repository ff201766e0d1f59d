"""Shop the look: every item of one photo searched in one request, from one run of the models."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vitrine.core import telemetry
from vitrine.core.clock import new_id
from vitrine.core.errors import Invalid
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import items, models, ranking, search
from vitrine.services.choosing import Wish
from vitrine.services.items import Item
from vitrine.services.queries import Query
from vitrine.services.search import Answer, Asker, Found
from vitrine.tables.jobs import QueryResult
from vitrine.vision.types import Box, Vector


@dataclass(frozen=True, slots=True)
class Group:
    """One item of the photo and the hits for it, best first."""

    item: int
    box: Box
    kind: str
    score: float
    hits: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One list of hits per item, and the row that records them."""

    result: QueryResult
    groups: tuple[Group, ...]


def by_item(sessions: Sessions, ports: Ports, query: Query, asker: Asker = Asker()) -> Look:
    """The nearest products to each item of the photo, `query.limit` for each; records them.

    Raises what `search` raises, and Invalid without a photo or with a box, item or cursor.
    """
    _check(query)
    started = time.perf_counter()
    with sessions.read() as session:
        models.searchable(session, ports.vision.versions)
        photo = search.photo_of(session, ports, query)
    sight = items.detect(ports.vision, photo)
    text = ports.vision.embed_texts([query.text])[0] if query.text.strip() else None
    with sessions.read() as session:
        collection = models.searchable(session, ports.vision.versions)
        found = [
            search.nearest(session, ports, collection, wish)
            for wish in _wishes(query, sight.items, text)
        ]
    groups = tuple(_group(item, hits) for item, (_, hits) in zip(sight.items, found, strict=True))
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


def _wishes(query: Query, sighted: Sequence[Item], text: Vector | None) -> list[Wish]:
    """One per item; the filters leave the same for each, so only the first counts by facet."""
    return [
        Wish(
            ranking.blend(item.vector, text, query.weight),
            query.limit,
            query.filters,
            () if place else query.facets,
            sort=query.sort,
        )
        for place, item in enumerate(sighted)
    ]


def _group(item: Item, hits: tuple[Found, ...]) -> Group:
    return Group(item.number, item.box, item.kind, round(item.score, 4), hits)


def _again(alive: Mapping[str, Found], hits: Sequence[Mapping[str, Any]]) -> tuple[Found, ...]:
    return tuple(
        replace(alive[hit["product_id"]], score=hit["score"], rank=rank)
        for rank, hit in enumerate(hits, 1)
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


def _hit(group: Group, found: Found) -> dict[str, Any]:
    return {
        "item": group.item,
        "product_id": found.product.id,
        "image_id": found.image.id,
        "crop_id": found.crop.id,
        "score": found.score,
        "rank": found.rank,
    }
