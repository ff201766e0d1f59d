"""How many products a search leaves, in all and by facet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from vitrine.fields.facets import COUNTED, LABEL, PRICE
from vitrine.fields.types import as_amount
from vitrine.services.search import candidates
from vitrine.services.search.cache.columns import Chosen, Count, Mask
from vitrine.services.search.cache.snapshot import Rows, conditions_on
from vitrine.services.search.context import SearchContext
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Tally
from vitrine.services.search.scoring import Scoring

MOST_COUNTED = 100
"""Most values of one facet in an answer; the most frequent ones."""


@dataclass(slots=True)
class AtHandAlone:
    """Counts of the products at hand that the filters leave and that match; `matches` leaves of a
    mask those that do."""

    context: SearchContext
    request: SearchRequest
    matches: Callable[[Mask], Mask]
    mask: Mask
    capped: bool = False
    _matching: Chosen = field(init=False)
    _designs: Rows | None = field(init=False)

    def __post_init__(self) -> None:
        self._matching = Chosen(self.matches(self.mask))
        self._designs = self.context.snapshot.designs() if self.request.one_per_design else None

    def total(self) -> int:
        """How many products match, or designs."""
        if self._designs is None:
            return int(np.count_nonzero(self._matching.mask))
        return len(np.unique(self._designs[self._matching.mask]))

    def counts(self, facet: str) -> Sequence[Count]:
        """How many have each of its most frequent values, as if none were wanted."""
        return self.context.snapshot.counts(facet, self._here(facet), self._designs, MOST_COUNTED)

    def price_range(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest price, as if no price were wanted."""
        return self.context.snapshot.price_range(self._here(PRICE).mask)

    def _here(self, facet: str) -> Chosen:
        if not conditions_on(self.request.filters, facet):
            return self._matching
        return Chosen(self.matches(candidates.left(self.context, self.request, facet)))


def of(
    context: SearchContext, request: SearchRequest, scorings: Sequence[Scoring], mask: Mask
) -> Tally:
    """Counts of what matches any of these, each product once, of the mask that filters leave.

    Where a line decides, and products that are not at hand may reach it, only those at hand are
    counted, and the counts say so.
    """

    def matches(here: Mask) -> Mask:
        return np.asarray(np.logical_or.reduce([each.matches(here) for each in scorings]))

    beyond = context.beyond
    if beyond is None:
        return AtHandAlone(context, request, matches, mask)
    lines = [(each.sought, each.line(request)) for each in scorings]
    if all(line is None for _, line in lines):
        return beyond.tally(facets_of(context, request))
    capped = any(line is not None and beyond.reached(sought, line) for sought, line in lines)
    return AtHandAlone(context, request, matches, mask, capped)


def told(context: SearchContext, request: SearchRequest, tally: Tally) -> dict[str, Any]:
    """Counts as they are recorded: the total, by facet the most frequent values, the price range,
    and whether there are more."""
    found: dict[str, Any] = {"total": tally.total(), "facets": {}, "price_range": None}
    for facet in facets_of(context, request):
        if facet == PRICE:
            prices = tally.price_range()
            found["price_range"] = [str(as_amount(price)) for price in prices] if prices else None
        else:
            counts = tally.counts(facet)[:MOST_COUNTED]
            found["facets"][facet] = [_value(context, facet, each) for each in counts]
    return found | {"capped": tally.capped}


def facets_of(context: SearchContext, request: SearchRequest) -> Sequence[str]:
    """The facets to count; who names none gets the facets of labels that there are as well."""
    if request.facets != COUNTED:
        return request.facets
    labels = sorted(name for name in context.catalogue.facets() if name.startswith(LABEL))
    return (*COUNTED, *labels)


def _value(context: SearchContext, facet: str, each: Count) -> dict[str, Any]:
    """How many have a value, and the word of the vocabulary that the shop means by it."""
    words = context.catalogue.words_of(facet) or context.snapshot.words_of(facet)
    means = None if words is None else words.means(each.value)
    found = {"value": each.value, "count": each.count}
    return found if means is None else found | {"means": means}
