"""Which products a search is about: what its filters leave, and of that what the index proposes."""

from __future__ import annotations

import numpy as np

from vitrine.core.errors import NotFound
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Rows, Snapshot
from vitrine.services.search.context import SearchContext
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.tokens import GARMENT
from vitrine.vision.types import Vector


def left(context: SearchContext, request: SearchRequest, lifted: str | None = None) -> Mask:
    """The rows that the filters leave, but for the product that is asked with.

    The values that are wanted of the facet `lifted` are left out of account, those of the context
    never.
    """
    mask = context.snapshot.where(request.filters, lifted)
    if context.within:
        mask &= context.snapshot.where(context.within)
    if request.product_id is not None:
        mask[_asked(context.snapshot, request, request.product_id)] = False
    return mask


def _asked(snapshot: Snapshot, request: SearchRequest, product_id: str) -> Rows:
    """The row of the product that is asked with; of its whole design where one stands for all, and
    no words ask for another variant."""
    row = snapshot.row_of(product_id)
    if row is None:
        return np.empty(0, dtype=np.int64)
    if not request.one_per_design or request.text.strip():
        return np.array([row], dtype=np.int64)
    by_design = snapshot.designs()
    return np.flatnonzero(by_design == by_design[row])


def garment(snapshot: Snapshot, request: SearchRequest) -> str | None:
    """The kind of garment that the answer keeps to: that of a product asked with alone.

    With words beside it the query may want another; None too where the kind is not known.
    """
    if request.product_id is None or request.text.strip():
        return None
    row, column = snapshot.row_of(request.product_id), snapshot.columns.get(GARMENT)
    if row is None or column is None:
        return None
    codes = column.codes[column.rows == row]
    return str(column.words.values[codes[0]]) if len(codes) else None


def compared(context: SearchContext, request: SearchRequest, mask: Mask, vector: Vector) -> Rows:
    """The rows of the mask that are compared with the vector.

    All of them, which is exact; only the first page of an unfiltered search in a large catalogue
    takes what the vector index proposes.
    """
    if _may_propose(request) and mask.sum() > context.index_above:
        proposed = _proposed(context, request.limit, mask, vector)
        if proposed is not None:
            # The index knows primary photos alone.
            viewed = context.snapshot.views.owners
            return np.union1d(proposed, viewed[mask[viewed]])
    return np.flatnonzero(mask)


def _may_propose(request: SearchRequest) -> bool:
    """Whether the index may be asked: it knows no filters, no levels, no further pages, and its
    neighbours are those of vectors as they were stored."""
    plain = request.cursor is None and request.min_level is None and not request.emphasis
    return plain and not request.filters


def _proposed(context: SearchContext, limit: int, mask: Mask, vector: Vector) -> Rows | None:
    """The rows of the index's neighbours; None if it knows fewer than a page and one more."""
    enough, wanted = limit + 1, limit + 11
    while True:
        try:
            found = context.vectors.query(context.collection.name, vector, wanted)
        except NotFound:  # nothing was published yet, or the index was lost
            return None
        rows = context.snapshot.rows_of((one.id for one in found), mask)
        if len(rows) >= enough:
            return rows
        if len(found) < wanted:
            return None
        wanted *= 4
