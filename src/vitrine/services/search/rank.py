"""In which order candidates come: by likeness and what re-ranking adds, by price, or by age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vitrine.services.search import candidates, orders
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Place, Rows
from vitrine.services.search.context import SearchContext
from vitrine.services.search.orders import MOST_SORTED, NEWEST, RELEVANCE
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.scoring import Detail, Scoring
from vitrine.services.search.tokens import UNSEEN


@dataclass(frozen=True, slots=True)
class Ranking:
    """One page in order, and whether more follow.

    `scores` tell how like the query each place is, if known, where its own score tells its order.
    `details` tell by id what made each score; `sorted` is how many matches were put in another
    order, None for all that the filters leave.
    """

    places: tuple[Place, ...]
    more: bool
    details: Mapping[str, Detail] = field(default_factory=dict)
    reranked: bool = False
    scores: Mapping[str, float] | None = None
    sorted: int | None = None

    def score(self, place: Place) -> float | None:
        """How like the query a place is; None where nothing was compared.

        Unit vectors of float32 may come out a hair above 1; re-ranking may lift a score further.
        """
        score = place.score if self.scores is None else self.scores.get(place.id)
        return score if score is None or self.reranked else max(-1.0, min(1.0, score))


def ranked(
    context: SearchContext,
    request: SearchRequest,
    scoring: Scoring,
    mask: Mask,
    after: Place | None = None,
) -> Ranking:
    """The page of the mask's rows after a place.

    Exact: the same products in the same order as comparing with every vector, unless the vector
    index proposes (`candidates.compared`). By price or age only matches come; where nothing
    matches, the nearest do as by relevance.
    """
    matched = scoring.matches(mask)
    if scoring.intent is None or (request.sort != RELEVANCE and matched.any()):
        return _sorted(context, request, scoring, matched, after)
    rows, found = _nearest(context, request, scoring, mask, after)
    page = tuple(found[: request.limit])
    details = scoring.details(page, rows, ranked=True)
    scores = {place.id: place.score for place in page}
    if scoring.lowered is not None:
        at = [context.snapshot.row_of(place.id) for place in page]
        lowered = scoring.lowered[np.array(at, dtype=np.int64)].tolist()
        scores = {place.id: place.score + more for place, more in zip(page, lowered, strict=True)}
    return Ranking(page, len(found) > request.limit, details, bool(scoring.added), scores)


def _nearest(
    context: SearchContext,
    request: SearchRequest,
    scoring: Scoring,
    mask: Mask,
    after: Place | None,
) -> tuple[Rows, list[Place]]:
    """The rows that were ordered, and a page and one more, the best first."""
    vector = scoring.vector
    if vector is None:
        raise ValueError("a vector is needed")
    rows = candidates.compared(context, request, mask, vector)
    # What the index cannot know of is put beside what it proposes.
    apart = (scoring.named, context.snapshot.rows_with(UNSEEN))
    beside = [row for some in apart for row in some.tolist() if mask[row]]
    if beside:
        rows = np.union1d(rows, np.array(beside, dtype=np.int64))
    found = context.snapshot.best(vector, rows, request.limit + 1, after, scoring.order)
    return rows, found


def _sorted(
    context: SearchContext,
    request: SearchRequest,
    scoring: Scoring,
    mask: Mask,
    after: Place | None,
) -> Ranking:
    """A page by price or age: of the best matches if something is compared, else of all."""
    sort = NEWEST if request.sort == RELEVANCE else request.sort
    scores: dict[str, float] = {}
    rows = np.flatnonzero(mask)
    if scoring.intent is not None:
        all_of_them = request.model_copy(update={"limit": MOST_SORTED, "cursor": None})
        _, matches = _nearest(context, all_of_them, scoring, mask, None)
        scores = {place.id: place.score for place in matches[:MOST_SORTED]}
        rows = context.snapshot.rows_of(scores, mask)
    places = orders.first(context.snapshot, rows, sort, request.limit + 1, after, scoring.groups)
    page = tuple(places[: request.limit])
    return Ranking(
        places=page,
        more=len(places) > request.limit,
        details=scoring.details(page, rows),
        reranked=bool(scoring.added),
        scores=scores,
        sorted=None if scoring.intent is None else len(scores),
    )
