"""Shop the look: every item of one photo searched in one request, from one run of the models."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vitrine.services.search import context as contexts
from vitrine.services.search import detected, pipeline, present, record, understand
from vitrine.services.search.detected import Item
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.pipeline import Answer
from vitrine.services.search.present import Hit
from vitrine.services.search.record import Asker
from vitrine.services.search.request import SearchRequest
from vitrine.tables.jobs import QueryResult
from vitrine.vision.types import WHOLE, Box


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


def by_item(engine: SearchEngine, request: SearchRequest, asker: Asker = Asker()) -> Look:
    """The nearest products to each item of the photo, `request.limit` for each; records them.

    A row holds products of the item's kind alone; items that no product fits are left out.

    Raises what `search` raises.
    """
    started = time.perf_counter()
    vision = engine.ports.vision
    with engine.sessions.read() as session:
        context = contexts.opened(engine, session)
        photo = pipeline.photo_of(session, engine.ports, request)
    items = detected.detect(vision, photo).items
    words = understand.read_words(vision, request)
    uncounted = request.model_copy(update={"facets": ()})
    groups, summary = list[Group](), dict[str, Any]()
    with engine.sessions.read() as session:
        for item in items:
            # The filters leave the same for each item, so only the first counts by facet.
            asked = uncounted if groups else request
            subject = understand.of_item(item)
            intent = understand.understood(
                context.lexicon,
                context.snapshot,
                subject,
                words,
                request.weight,
                request.emphasis,
            )
            hits, counted, _ = pipeline.found(
                session, context, asked, intent, garment=None if item.kind == WHOLE else item.kind
            )
            summary = summary or counted
            if any(hit.matches for hit in hits):
                groups.append(_group(item, hits))
    asked_items = request.as_recorded() | {"items": [_as_json(group) for group in groups]}
    told = [{"item": group.item, **hit.as_json()} for group in groups for hit in group.hits]
    result = record.draft(context, asked_items, told, summary, started)
    with engine.sessions.write() as session:
        record.save(session, result, asker)
    return Look(result, tuple(groups))


def regroup(answer: Answer) -> Look:
    """A recorded look again, from its hits that still live."""
    alive = {hit.product.id: hit for hit in answer.hits}
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


def _group(item: Item, hits: tuple[Hit, ...]) -> Group:
    return Group(item.number, item.box, item.kind, round(item.score, 4), hits)


def _again(alive: Mapping[str, Hit], stored: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
    return tuple(
        present.reread(replace(alive[hit["product_id"]], score=hit["score"], rank=rank), hit)
        for rank, hit in enumerate(stored, 1)
    )


def _as_json(group: Group) -> dict[str, Any]:
    return {
        "item": group.item,
        "box": list(group.box.as_tuple()),
        "kind": group.kind,
        "score": group.score,
    }
