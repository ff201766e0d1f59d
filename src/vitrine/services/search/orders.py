"""Lists in another order than by likeness: by price or by age, exactly and the same every time."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vitrine.services.search.cache.snapshot import UNPRICED, Place, Rows, Snapshot

Sort = Literal["relevance", "price", "-price", "newest"]
RELEVANCE: Sort = "relevance"
NEWEST: Sort = "newest"

MOST_SORTED = 500
"""So many of the best matches are put in another order: what is further away is no match."""

LAST = 2**62
"""The key of what has no price: behind all prices, the cheapest first or last."""

Keys = NDArray[np.int64]


def first(
    snapshot: Snapshot,
    rows: Rows,
    sort: Sort,
    limit: int,
    after: Place | None,
    groups: Rows | None = None,
) -> list[Place]:
    """The `limit` first of these rows after a place; a place's score is its key in this order.

    By price, the newer product comes first among equals, and those without a price come last. By
    age, lesser `groups` come first.
    """
    keys = keys_of(snapshot, rows, sort, groups)
    if after is not None:
        # Equal keys stay in: which of them are behind the place, their ids say.
        behind = keys >= int(after.score)
        rows, keys = rows[behind], keys[behind]
    known = [(key, snapshot.ids[row]) for key, row in _shortened(rows, keys, limit, after)]
    # Ids sort by age. Two sorts, since text cannot be negated; both find the list nearly in order.
    known.sort(key=lambda pair: pair[1], reverse=True)
    known.sort(key=lambda pair: pair[0])
    places = [Place(key, each) for key, each in known]
    if after is not None:
        places = [place for place in places if _is_behind(place, after)]
    return places[:limit]


def keys_of(snapshot: Snapshot, rows: Rows, sort: Sort, groups: Rows | None = None) -> Keys:
    """What the rows are ordered by, the least first; by age their `groups`, if there are any."""
    if sort not in ("price", "-price"):
        return np.zeros(len(rows), dtype=np.int64) if groups is None else groups[rows]
    prices = snapshot.prices[rows]
    signed = prices if sort == "price" else -prices
    return np.where(prices == UNPRICED, LAST, signed)


def _shortened(rows: Rows, keys: Keys, limit: int, after: Place | None) -> list[tuple[int, int]]:
    """Key and row of those that may be among the `limit` first after the place."""
    enough = limit
    if after is not None:
        enough += int((keys == int(after.score)).sum())
    if enough < len(keys):
        near = keys <= np.partition(keys, enough - 1)[enough - 1]
        rows, keys = rows[near], keys[near]
    return list(zip(keys.tolist(), rows.tolist(), strict=True))


def _is_behind(place: Place, after: Place) -> bool:
    if place.score != after.score:
        return place.score > after.score
    return place.id < after.id
