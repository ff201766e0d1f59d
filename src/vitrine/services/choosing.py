"""Which products a search finds, in which order, and how many there are by facet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from vitrine.core.errors import NotFound
from vitrine.ports import Ports
from vitrine.resident import orders
from vitrine.resident.columns import Mask
from vitrine.resident.filters import EVERYTHING, PRICE, Filters
from vitrine.resident.orders import NEWEST, RELEVANCE, Sort
from vitrine.resident.snapshot import Place, Rows, Snapshot, conditions_on
from vitrine.services import residency
from vitrine.tables.base import as_amount
from vitrine.tables.models import Collection
from vitrine.vision.types import Vector

MOST_TOLD = 100
"""Most values of one facet in an answer; the most frequent ones."""

MOST_SORTED = 500
"""So many of the best matches are put in another order: what is further away is no match."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to find among what the filters leave, after a place: the nearest to a vector.

    Without a vector it is all that the filters leave, the newest first.
    """

    vector: Vector | None
    limit: int
    filters: Filters = EVERYTHING
    facets: Sequence[str] = ()
    after: Place | None = None
    without: str | None = None
    sort: Sort = RELEVANCE


class Match(NamedTuple):
    """A product that was found, and how like the query it is; None where nothing was compared."""

    id: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """One page in order, whether more follow, and counts over all that the filters leave.

    `scores` is for places in another order than by likeness: how like the query each is, if known.
    """

    places: tuple[Place, ...]
    more: bool
    summary: dict[str, Any]
    scores: Mapping[str, float] | None = None

    @property
    def matches(self) -> list[Match]:
        """What was found, in order."""
        if self.scores is None:
            return [Match(place.id, place.score) for place in self.places]
        return [Match(place.id, self.scores.get(place.id)) for place in self.places]


def choose(session: Session, ports: Ports, collection: Collection, wish: Wish) -> Chosen:
    """The page that was wished for, from SQL as this reading session sees it, or newer.

    Exact: the same products in the same order as comparing with every vector. Only without
    filters, in a catalogue above `index_above` products, the vector index proposes the first page.
    """
    snapshot = residency.current(session, ports.resident, collection)
    mask = snapshot.where(wish.filters)
    if wish.without is not None:
        mask[snapshot.rows_of([wish.without], mask)] = False
    seen = _Seen(ports, collection, snapshot, mask)
    summary = {"total": int(mask.sum())} | _counted(snapshot, wish, mask)
    if wish.vector is not None and wish.sort == RELEVANCE:
        found = _nearest(seen, wish)
        return Chosen(tuple(found[: wish.limit]), len(found) > wish.limit, summary)
    return _sorted(seen, wish, summary)


class _Seen(NamedTuple):
    """What is searched: a collection's snapshot, and the rows of it that the filters leave."""

    ports: Ports
    collection: Collection
    snapshot: Snapshot
    mask: Mask


def _nearest(seen: _Seen, wish: Wish) -> list[Place]:
    """A page and one more, the most like the wish's vector first."""
    if wish.vector is None:
        raise ValueError("a vector is needed")
    rows: Rows | None = None
    if (
        not wish.filters
        and wish.after is None
        and seen.mask.sum() > seen.ports.resident.index_above
    ):
        rows = _proposed(seen, wish, wish.vector)
    rows = np.flatnonzero(seen.mask) if rows is None else rows
    return seen.snapshot.best(wish.vector, rows, wish.limit + 1, wish.after)


def _sorted(seen: _Seen, wish: Wish, summary: dict[str, Any]) -> Chosen:
    """A page by price or age: of the best matches if something is compared, else of all."""
    sort = NEWEST if wish.sort == RELEVANCE else wish.sort
    scores: dict[str, float] = {}
    rows = np.flatnonzero(seen.mask)
    if wish.vector is not None:
        matches = _nearest(seen, replace(wish, limit=MOST_SORTED, after=None))[:MOST_SORTED]
        scores = {place.id: place.score for place in matches}
        rows = seen.snapshot.rows_of(scores, seen.mask)
        summary = summary | {"sorted": len(scores)}
    places = orders.first(seen.snapshot, rows, sort, wish.limit + 1, wish.after)
    return Chosen(tuple(places[: wish.limit]), len(places) > wish.limit, summary, scores)


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


def _proposed(seen: _Seen, wish: Wish, vector: Vector) -> Rows | None:
    """The rows of the index's neighbours; None if it knows fewer than a page and one more."""
    enough, wanted = wish.limit + 1, wish.limit + 11
    while True:
        try:
            hits = seen.ports.vectors.query(seen.collection.name, vector, wanted)
        except NotFound:  # nothing was published yet, or the index was lost
            return None
        rows = seen.snapshot.rows_of((hit.id for hit in hits), seen.mask)
        if len(rows) >= enough:
            return rows
        if len(hits) < wanted:
            return None
        wanted *= 4
