"""Shop the look: every item of one photo searched in one request, from one run of the models."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from vitrine.services.search import (
    candidates,
    counting,
    detected,
    pipeline,
    present,
    record,
    understand,
    weighing,
    worn,
)
from vitrine.services.search import context as contexts
from vitrine.services.search.context import SearchContext
from vitrine.services.search.detected import Item
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import EVERYTHING, Filters
from vitrine.services.search.pipeline import Answer
from vitrine.services.search.present import Hit
from vitrine.services.search.recognising import Reading
from vitrine.services.search.record import Asker
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.services.search.scoring import Scoring
from vitrine.services.search.understand import Words
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


def by_item(
    engine: SearchEngine,
    request: SearchRequest,
    asker: Asker = Asker(),
    within: Filters = EVERYTHING,
) -> Look:
    """The nearest products to each item of the photo, `request.limit` for each; records them.

    A row holds products of the item's kind alone; items that no product fits are left out. Only
    what lies within the filters given beside the request is found.

    Raises what `search` raises.
    """
    started = time.perf_counter()
    with engine.sessions.read() as session:
        context = contexts.opened(engine, session, within, drafts=request.preview_rules)
        photo = pipeline.photo_of(session, engine.ports, request)
        asked = _read(session, context, request)
    items = detected.detect(engine.cache.sights, context.vision, photo).items
    return _searched(engine, context, asked, items, asker, started)


def of_product(
    engine: SearchEngine,
    request: SearchRequest,
    asker: Asker = Asker(),
    within: Filters = EVERYTHING,
) -> Look:
    """What else is worn on the photos of the product that is asked with: a row for each such item,
    from what was seen when the photos came in. No model runs.

    Raises what `by_item` raises, Invalid for an unknown product.
    """
    started = time.perf_counter()
    with engine.sessions.read() as session:
        context = contexts.opened(engine, session, within)
        items = worn.beside(session, context, request.product_id or "")
        asked = _read(session, context, request)
    return _searched(engine, context, asked, items, asker, started)


@dataclass(frozen=True, slots=True)
class _Read:
    """A request with the words that are left to compare, what its words name, and how it is
    recorded."""

    request: SearchRequest
    reading: Reading
    recorded: dict[str, Any]


def _read(session: Session, context: SearchContext, request: SearchRequest) -> _Read:
    reading, left = understand.read(session, context, request)
    named = [one.as_json() for one in reading.named]
    return _Read(left, reading, request.as_recorded() | {"recognised": named})


def _searched(
    engine: SearchEngine,
    context: SearchContext,
    read: _Read,
    items: Sequence[Item],
    asker: Asker,
    started: float,
) -> Look:
    request, asked = read.request, read.recorded
    words = understand.read_words(context.vision, request, read.reading)
    groups, summary, scorings = list[Group](), dict[str, Any](), list[Scoring]()
    with engine.sessions.read() as session:
        sought = [_sought(context, request, words, item) for item in items]
        context = context.gathered(session, request, sought)
        mask = candidates.left(context, request)
        for item, one in zip(items, sought, strict=True):
            scorings.append(weighing.weighed(context, request, one))
            hits, told, _ = pipeline.page(session, context, request, scorings[-1], mask)
            summary = summary or told
            if any(hit.matches for hit in hits):
                groups.append(_group(item, hits))
        if scorings:
            tally = counting.of(context, request, scorings, mask)
            summary |= counting.told(context, request, tally)
            summary["fits"] = any(each.matching.fits for each in scorings)
    asked["items"] = [_as_json(group) for group in groups]
    recorded = [{"item": group.item, **hit.as_json()} for group in groups for hit in group.hits]
    result = record.draft(context, asked, recorded, summary, started)
    record.note(engine, result, asker)
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


def _sought(context: SearchContext, request: SearchRequest, words: Words, item: Item) -> Sought:
    """What is like an item, and of its kind."""
    intent = understand.understood(
        context.lexicon,
        context.catalogue,
        understand.of_item(item),
        words,
        request.weight,
        request.emphasis,
    )
    return Sought(intent, None if item.kind == WHOLE else item.kind)


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
