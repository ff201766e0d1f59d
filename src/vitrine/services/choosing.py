"""Which products a search finds, in which order, and how many there are by facet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from vitrine.core.errors import NotFound
from vitrine.ports import Ports, VectorIndex
from vitrine.resident.columns import Mask
from vitrine.resident.filters import EVERYTHING, PRICE, Filters
from vitrine.resident.snapshot import Place, Rows, Snapshot, conditions_on
from vitrine.services import residency
from vitrine.tables.base import as_amount
from vitrine.tables.models import Collection
from vitrine.vision.types import Vector

MOST_TOLD = 100
"""Most values of one facet in an answer; the most frequent ones."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to find: the nearest to a vector among what the filters leave, after a place."""

    vector: Vector
    limit: int
    filters: Filters = EVERYTHING
    facets: Sequence[str] = ()
    after: Place | None = None
    without: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """One page, best first, whether more follow, and counts over all that the filters leave."""

    places: tuple[Place, ...]
    more: bool
    summary: dict[str, Any]


def choose(session: Session, ports: Ports, collection: Collection, wish: Wish) -> Chosen:
    """The page that was wished for, from SQL as this reading session sees it, or newer.

    Exact: the same products in the same order as comparing with every vector. Only without
    filters, in a catalogue above `index_above` products, the vector index proposes the first page.
    """
    snapshot = residency.current(session, ports.resident, collection)
    mask = snapshot.where(wish.filters)
    if wish.without is not None:
        mask[snapshot.rows_of([wish.without], mask)] = False
    total = int(mask.sum())
    rows: Rows | None = None
    if not wish.filters and wish.after is None and total > ports.resident.index_above:
        rows = _proposed(ports.vectors, collection, wish, snapshot, mask)
    rows = np.flatnonzero(mask) if rows is None else rows
    found = snapshot.best(wish.vector, rows, wish.limit + 1, wish.after)
    summary = {"total": total} | _counted(snapshot, wish, mask)
    return Chosen(tuple(found[: wish.limit]), len(found) > wish.limit, summary)


def _counted(snapshot: Snapshot, wish: Wish, mask: Mask) -> dict[str, Any]:
    """Counts by facet, each without what the filters want of that facet itself."""
    told: dict[str, Any] = {"facets": {}, "price_range": None}
    for facet in wish.facets:
        lifted = conditions_on(wish.filters, facet)
        here = snapshot.where(wish.filters, facet) if lifted else mask
        if facet == PRICE:
            prices = snapshot.price_range(here)
            told["price_range"] = [str(as_amount(price)) for price in prices] if prices else None
        else:
            counts = snapshot.counts(facet, here)[:MOST_TOLD]
            told["facets"][facet] = [{"value": each.value, "count": each.count} for each in counts]
    return told


def _proposed(
    vectors: VectorIndex, collection: Collection, wish: Wish, snapshot: Snapshot, mask: Mask
) -> Rows | None:
    """The rows of the index's neighbours; None if it knows fewer than a page and one more."""
    enough, wanted = wish.limit + 1, wish.limit + 11
    while True:
        try:
            hits = vectors.query(collection.name, wish.vector, wanted)
        except NotFound:  # nothing was published yet, or the index was lost
            return None
        rows = snapshot.rows_of((hit.id for hit in hits), mask)
        if len(rows) >= enough:
            return rows
        if len(hits) < wanted:
            return None
        wanted *= 4
