"""Variants of one design: one card for all of them, and on it the photo that the query is like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.search import orders
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Place, Rows
from vitrine.services.search.context import SearchContext
from vitrine.services.search.intent import Intent
from vitrine.services.search.orders import NEWEST, RELEVANCE
from vitrine.services.search.present import Hit
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Beyond
from vitrine.services.search.scoring import Scoring
from vitrine.services.search.tokens import DESIGN
from vitrine.tables.catalog import Crop, CropEmbedding, Image
from vitrine.vision.types import KEPT, Vector

BESIDE = 0.02
"""By how much another photo must be more like the query to be shown in the primary one's place."""


def one_each(scoring: Scoring, request: SearchRequest, mask: Mask) -> Mask:
    """Of the rows of the mask the first of each design, in the order that is asked for."""
    snapshot = scoring.snapshot
    rows = np.flatnonzero(mask)
    rows = rows[_order(scoring, request, rows)]
    _, first = np.unique(snapshot.designs()[rows], return_index=True)
    kept = np.zeros(snapshot.size, dtype=np.bool_)
    kept[rows[first]] = True
    return kept


def others(
    context: SearchContext, scoring: Scoring, places: Sequence[Place], mask: Mask
) -> dict[str, int]:
    """By id of a place how many more products are of its design: rows of the mask, and those like
    them that are not at hand."""
    if context.beyond is not None:
        return _others_beyond(context.beyond, scoring, places)
    snapshot = context.snapshot
    by_design = snapshot.designs()
    numbers, counts = np.unique(by_design[mask], return_counts=True)
    known = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    rows = {place.id: snapshot.row_of(place.id) for place in places}
    return {
        each: known.get(int(by_design[row]), 1) - 1 for each, row in rows.items() if row is not None
    }


def _others_beyond(beyond: Beyond, scoring: Scoring, places: Sequence[Place]) -> dict[str, int]:
    designs = {place.id: scoring.snapshot.value_of(place.id, DESIGN) for place in places}
    known = beyond.variants(scoring.sought, {key for key in designs.values() if key is not None})
    return {each: known.get(key, 1) - 1 for each, key in designs.items() if key is not None}


def seen_best(
    session: Session, context: SearchContext, intent: Intent | None, hits: Sequence[Hit]
) -> tuple[Hit, ...]:
    """The hits, each with the photo of its garment that is most like the query.

    The primary photo stays where no other is clearly more alike, and for words that name no colour:
    it is the best view of the product, and they are about no view. What was found by another photo
    shows that one.
    """
    if intent is None or (intent.image is None and not intent.hues):
        return tuple(hits)
    several = {
        hit.product.id: hit.crop
        for hit in hits
        if hit.crop is not None
        and hit.crop.id == hit.product.primary_crop_id
        and len(hit.product.images) > 1
    }
    views = _views(session, context, several)
    return tuple(_with_best(hit, views.get(hit.product.id, ()), intent.ordering) for hit in hits)


_View = tuple[Crop, Image, Vector]


def _views(
    session: Session, context: SearchContext, several: Mapping[str, Crop]
) -> Mapping[str, Sequence[_View]]:
    """By product the kept crops of the kind that its primary one is of, with their vectors."""
    if not several:
        return {}
    found: defaultdict[str, list[_View]] = defaultdict(list)
    query = (
        select(Crop, Image, CropEmbedding.vector)
        .join(Image, Image.id == Crop.image_id)
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .where(
            Image.product_id.in_(several),
            Crop.verdict == KEPT,
            CropEmbedding.space == context.collection.space,
        )
        .order_by(Image.id, Crop.id)
    )
    for crop, image, vector in session.execute(query):
        primary = several.get(image.product_id or "")
        if primary is not None and crop.kind == primary.kind:
            found[image.product_id or ""].append((crop, image, vector))
    return found


def _with_best(hit: Hit, views: Sequence[_View], vector: Vector) -> Hit:
    if hit.crop is None:
        return hit
    likeness = {crop.id: float(np.dot(seen, vector)) for crop, _, seen in views}
    best = max(views, key=lambda view: likeness[view[0].id], default=None)
    own = likeness.get(hit.crop.id)
    if best is None or own is None or likeness[best[0].id] < own + BESIDE:
        return hit
    return replace(hit, crop=best[0], image=best[1])


def _order(scoring: Scoring, request: SearchRequest, rows: Rows) -> Rows:
    """Places of the rows in their order, the first first; by likeness wherever there is one."""
    if scoring.order is not None:
        return np.argsort(-scoring.order.scores[rows], kind="stable")
    sort = NEWEST if request.sort == RELEVANCE else request.sort
    ids = [scoring.snapshot.ids[row] for row in rows.tolist()]
    newest = np.argsort(np.array(ids), kind="stable")[::-1]
    keys = orders.keys_of(scoring.snapshot, rows, sort, scoring.groups)
    return newest[np.argsort(keys[newest], kind="stable")]
