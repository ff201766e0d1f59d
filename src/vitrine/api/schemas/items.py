"""The items of a photo, and a search by each of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, Id, RequestModel
from vitrine.api.schemas.search import (
    Edges,
    FacetValue,
    Hit,
    PriceRange,
    RecognisedWords,
    hit_told,
    prices_told,
    recognised_told,
)
from vitrine.api.scores import Score
from vitrine.services.search.detected import DetectedItems
from vitrine.services.search.looks import Look


class DetectRequest(RequestModel):
    """The uploaded photo to look at."""

    upload_id: Id


class Item(AnswerModel):
    """One thing on a photo; search with its number as `item`, or with its `box`."""

    item: int
    box: Edges
    kind: str
    score: Score = Field(description="How sure the detector is, 0 to 1; null for viewers.")


class DetectAnswer(AnswerModel):
    """What is on a photo, the surest first; kind `whole` where no item was found.

    `main` is the number of the item that a search without `item` and `box` is for: the only one, or
    a sure garment far larger than all others; null where it is for the whole photo.
    """

    width: int
    height: int
    items: list[Item]
    main: int | None


class HitGroup(Item):
    """One item and its hits, best first."""

    hits: list[Hit]


class LookAnswer(AnswerModel):
    """One list of hits per item of the photo, and counts over all that the filters leave."""

    query_id: str
    collection: str
    query: dict[str, Any]
    milliseconds: float
    created_at: datetime
    total: int | None
    capped: bool = Field(description="Whether there are more than were counted.")
    recognised: list[RecognisedWords] = Field(description="What of the words is more than words.")
    facets: dict[str, list[FacetValue]]
    price_range: PriceRange | None
    groups: list[HitGroup]


def seen(detected: DetectedItems) -> DetectAnswer:
    """A photo's items in the API's words."""
    told = [
        Item(item=one.number, box=one.box.as_tuple(), kind=one.kind, score=round(one.score, 4))
        for one in detected.items
    ]
    size = detected.size
    return DetectAnswer(width=size.width, height=size.height, items=told, main=detected.main)


def look_told(look: Look) -> LookAnswer:
    """A search by item in the API's words."""
    made = look.result
    groups = [
        HitGroup(
            item=group.item,
            box=group.box.as_tuple(),
            kind=group.kind,
            score=group.score,
            hits=[hit_told(found) for found in group.hits],
        )
        for group in look.groups
    ]
    return LookAnswer(
        query_id=made.id,
        collection=made.collection,
        query=made.query,
        milliseconds=made.milliseconds,
        created_at=made.created_at,
        total=made.summary.get("total"),
        capped=made.summary.get("capped", False),
        recognised=recognised_told(made.query),
        facets=made.summary.get("facets", {}),
        price_range=prices_told(made.summary),
        groups=groups,
    )
