"""Which products a search finds, in which order, and how many there are by facet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from vitrine.core.errors import NotFound
from vitrine.services.search import orders, rank
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Extra, Place, Rows, Snapshot, conditions_on
from vitrine.services.search.engine import SearchEngine
from vitrine.services.search.filters import EVERYTHING, LABEL, PRICE, Filters
from vitrine.services.search.intent import Intent
from vitrine.services.search.orders import NEWEST, RELEVANCE, Sort
from vitrine.services.search.rank import Detail, Scoring
from vitrine.services.search.request import COUNTED
from vitrine.tables.base import as_amount
from vitrine.tables.models import Collection
from vitrine.vision.tuning import Level
from vitrine.vision.types import Vector

MOST_TOLD = 100
"""Most values of one facet in an answer; the most frequent ones."""

MOST_SORTED = 500
"""So many of the best matches are put in another order: what is further away is no match."""


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """What to find among what the filters leave, after a place: the nearest to a vector.

    Without a vector it is all that the filters leave, the newest first. `sought` is what the vector
    was made of, for re-ranking, levels and reasons.
    """

    vector: Vector | None
    limit: int
    filters: Filters = EVERYTHING
    facets: Sequence[str] = ()
    after: Place | None = None
    without: str | None = None
    sort: Sort = RELEVANCE
    sought: Intent | None = None
    min_level: Level | None = None


class Match(NamedTuple):
    """A product that was found, and how like the query it is; None where nothing was compared."""

    id: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """One page in order, whether more follow, and counts over all that the filters leave.

    `scores` is for places in another order than by likeness: how like the query each is, if known.
    `details` tell by id what made each score, where it is known what was sought.
    """

    places: tuple[Place, ...]
    more: bool
    summary: dict[str, Any]
    details: Mapping[str, Detail] = field(default_factory=dict)
    reranked: bool = False
    scores: Mapping[str, float] | None = None

    @property
    def matches(self) -> list[Match]:
        """What was found, in order."""
        if self.scores is None:
            return [Match(place.id, place.score) for place in self.places]
        return [Match(place.id, self.scores.get(place.id)) for place in self.places]


def choose(
    session: Session, engine: SearchEngine, collection: Collection, wish: RankingRequest
) -> Chosen:
    """The page that was wished for, from SQL as this reading session sees it, or newer.

    Exact: the same products in the same order as comparing with every vector. Only without
    filters, in a catalogue above `index_above` products, the vector index proposes the first page.
    """
    snapshot = refresh.current(session, engine.cache, collection)
    mask = _left(snapshot, wish)
    how = rank.of(engine, collection, snapshot, wish.sought, wish.min_level)
    seen = _Seen(engine, collection, snapshot, how.sure(mask), how)
    summary = {"total": int(seen.mask.sum())} | _counted(seen, wish)
    if wish.vector is not None and wish.sort == RELEVANCE:
        rows, extra, found = _nearest(seen, wish)
        page = tuple(found[: wish.limit])
        more, details = len(found) > wish.limit, how.details(page, rows, extra)
        return Chosen(page, more, summary, details, bool(how.found))
    return _sorted(seen, wish, summary)


class _Seen(NamedTuple):
    """What is searched: a collection's snapshot, the rows that count, and how they are scored."""

    engine: SearchEngine
    collection: Collection
    snapshot: Snapshot
    mask: Mask
    how: Scoring


def _left(snapshot: Snapshot, wish: RankingRequest, lifted: str | None = None) -> Mask:
    """The rows that the filters leave, but for the product that is asked with."""
    mask = snapshot.where(wish.filters, lifted)
    if wish.without is not None:
        mask[snapshot.rows_of([wish.without], mask)] = False
    return mask


def _nearest(seen: _Seen, wish: RankingRequest) -> tuple[Rows, Extra | None, list[Place]]:
    """The rows that were ordered, what was added, and a page and one more, the best first."""
    if wish.vector is None:
        raise ValueError("a vector is needed")
    rows: Rows | None = None
    if _may_propose(wish) and seen.mask.sum() > seen.engine.cache.index_above:
        rows = _proposed(seen, wish, wish.vector)
    rows = np.flatnonzero(seen.mask) if rows is None else rows
    extra = seen.how.added(rows)
    return rows, extra, seen.snapshot.best(wish.vector, rows, wish.limit + 1, wish.after, extra)


def _sorted(seen: _Seen, wish: RankingRequest, summary: dict[str, Any]) -> Chosen:
    """A page by price or age: of the best matches if something is compared, else of all."""
    sort = NEWEST if wish.sort == RELEVANCE else wish.sort
    scores: dict[str, float] = {}
    rows = np.flatnonzero(seen.mask)
    if wish.vector is not None:
        *_, matches = _nearest(seen, replace(wish, limit=MOST_SORTED, after=None))
        scores = {place.id: place.score for place in matches[:MOST_SORTED]}
        rows = seen.snapshot.rows_of(scores, seen.mask)
        summary = summary | {"sorted": len(scores)}
    places = orders.first(seen.snapshot, rows, sort, wish.limit + 1, wish.after)
    page = tuple(places[: wish.limit])
    more, details = len(places) > wish.limit, seen.how.details(page, rows)
    return Chosen(page, more, summary, details, bool(seen.how.found), scores)


def _may_propose(wish: RankingRequest) -> bool:
    """Whether the index may be asked: it knows no filters, no levels, and no further pages."""
    return not wish.filters and wish.after is None and wish.min_level is None


def _counted(seen: _Seen, wish: RankingRequest) -> dict[str, Any]:
    """Counts by facet, each without what the filters want of that facet itself."""
    told: dict[str, Any] = {"facets": {}, "price_range": None}
    snapshot = seen.snapshot
    for facet in _asked(snapshot, wish):
        lifted = conditions_on(wish.filters, facet)
        here = seen.how.sure(_left(snapshot, wish, facet)) if lifted else seen.mask
        if facet == PRICE:
            prices = snapshot.price_range(here)
            told["price_range"] = [str(as_amount(price)) for price in prices] if prices else None
        else:
            counts = snapshot.counts(facet, here)[:MOST_TOLD]
            told["facets"][facet] = [{"value": each.value, "count": each.count} for each in counts]
    return told


def _asked(snapshot: Snapshot, wish: RankingRequest) -> Sequence[str]:
    """The facets to count; who names none gets the facets of labels that there are as well."""
    if wish.facets != COUNTED:
        return wish.facets
    return (*COUNTED, *sorted(name for name in snapshot.columns if name.startswith(LABEL)))


def _proposed(seen: _Seen, wish: RankingRequest, vector: Vector) -> Rows | None:
    """The rows of the index's neighbours; None if it knows fewer than a page and one more."""
    enough, wanted = wish.limit + 1, wish.limit + 11
    while True:
        try:
            hits = seen.engine.ports.vectors.query(seen.collection.name, vector, wanted)
        except NotFound:  # nothing was published yet, or the index was lost
            return None
        rows = seen.snapshot.rows_of((hit.id for hit in hits), seen.mask)
        if len(rows) >= enough:
            return rows
        if len(hits) < wanted:
            return None
        wanted *= 4
