"""All living products of one collection at one moment: filter, count and rank them exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vitrine.fields.designs import LARGEST
from vitrine.fields.facets import PRICE
from vitrine.services.search.cache.columns import Chosen, Column, Count, Mask, Words
from vitrine.services.search.cache.compared import Compared, Extra, Place, Rows, Scores
from vitrine.services.search.cache.traits import Traits
from vitrine.services.search.filters import AnyOf, Between, Condition, Filters, Not, key
from vitrine.services.search.tokens import DESIGN, WORDS
from vitrine.vision.types import Vector

__all__ = [
    "NOTHING_ALIKE",
    "UNPRICED",
    "Extra",
    "Likeness",
    "Place",
    "Prices",
    "Rows",
    "Scores",
    "Snapshot",
    "conditions_on",
]

Prices = NDArray[np.int64]

UNPRICED = -1


class Likeness(NamedTuple):
    """The best cosine to a vector of all living products, their mean, and their deviation."""

    best: float
    mean: float
    spread: float


NOTHING_ALIKE = Likeness(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Snapshot(Compared):
    """What is compared, and by row facets, prices in 1/10,000, traits.

    `coded` are the rows of each external id and other number of an article. It may know more rows
    than `alive`. The vector of a product without a photo is zero, and it has the facet UNSEEN.
    """

    columns: Mapping[str, Column]
    prices: Prices
    traits: Traits = field(default_factory=Traits)
    coded: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def facets(self) -> Collection[str]:
        """The facets that any product had a value of."""
        return self.columns.keys()

    def words_of(self, facet: str) -> Words | None:
        """The values of a facet, also those that no product has any more; None for no facet."""
        column = self.columns.get(facet)
        return column.words if column else None

    def counted(self, facet: str) -> list[Count]:
        """How many living products have each value of a facet, the most frequent first."""
        return self.counts(facet, Chosen(self.alive))

    def spoken(self) -> dict[str, int]:
        """By word of titles and brands how many living products hold it."""
        column = self.columns.get(WORDS)
        if column is None:
            return {}
        counts = np.bincount(column.codes[self.alive[column.rows]]).tolist()
        words = column.words.values[: len(counts)]
        return {str(word): count for word, count in zip(words, counts, strict=True) if count}

    def holds(self, word: str) -> bool:
        """Whether any product's title or brand held the word."""
        words = self.words_of(WORDS)
        return words is not None and bool(words.by_key.get(word))

    def holds_all(self, words: Iterable[str]) -> bool:
        """Whether one living product holds every word in title and brand."""
        column, left = self.columns.get(WORDS), self.alive.copy()
        if column is None:
            return False
        for word in words:
            here = np.zeros_like(left)
            here[column.having(column.words.by_key.get(word, ()))] = True
            left &= here
        return bool(left.any())

    def likeness(self, vector: Vector, rough: Vector | None = None) -> Likeness:
        """How like the vector the living products are, mean and spread by their primary photos;
        `rough` are the cosines, if known."""
        if rough is None:  # of all rows, which is read faster than most of them
            rough = self.rough(vector, np.arange(self.size))
        cosines = rough if self.alive.all() else rough[self.alive]
        if not len(cosines):
            return NOTHING_ALIKE
        best = float(cosines.max())
        if len(self.views):
            cosines = self._primary(rough, vector)[self.alive]
        return Likeness(best, float(cosines.mean()), float(cosines.std()))

    def where(self, filters: Filters, lifted: str | None = None) -> Mask:
        """The living rows that fulfil the filters, but for the wanted values of `lifted`."""
        mask = self.alive.copy()
        for condition in filters.conditions:
            if isinstance(condition, Not):
                mask &= ~self._fulfilling(condition.condition)
            elif condition.facet != lifted:
                mask &= self._fulfilling(condition)
        return mask

    def row_of(self, product_id: str) -> int | None:
        """The living row of a product, None if it has none here; by now `places` may know of a
        later row, or of none."""
        row = self.places.get(product_id, -1)
        if 0 <= row < self.size and self.alive[row]:
            return row
        living = np.flatnonzero(self.alive).tolist()
        return next((each for each in living if self.ids[each] == product_id), None)

    def rows_of(self, ids: Iterable[str], mask: Mask) -> Rows:
        """The rows of those ids that are in the mask."""
        places = (self.places.get(each, -1) for each in ids)
        rows = [row for row in places if 0 <= row < self.size and mask[row]]
        return np.array(sorted(set(rows)), dtype=np.int64)

    def rows_coded(self, codes: Iterable[str]) -> Rows:
        """The living rows one of whose numbers is among the codes (`tokens.code`)."""
        rows = {row for code in codes for row in self.coded.get(code, ()) if row < self.size}
        return np.array([row for row in sorted(rows) if self.alive[row]], dtype=np.int64)

    def having(self, facet: str, value: str) -> Mask:
        """The rows, dead ones too, that have the value of a facet."""
        return self._fulfilling(AnyOf(facet, frozenset((key(value),))))

    def rows_with(self, facet: str) -> Rows:
        """The rows that have any value of a facet."""
        column = self.columns.get(facet)
        return np.unique(column.rows).astype(np.int64) if column else np.empty(0, dtype=np.int64)

    def value_of(self, product_id: str, facet: str) -> str | None:
        """The key of a living product's first value of a facet; None where it has none."""
        row, column = self.row_of(product_id), self.columns.get(facet)
        if row is None or column is None:
            return None
        codes = column.codes[column.rows == row]
        return column.words.keys[codes[0]] if len(codes) else None

    def designs(self) -> Rows:
        """By row the number of its design; a row of none, or of one too large, has its own."""
        found = np.arange(self.size, dtype=np.int64)
        column = self.columns.get(DESIGN)
        if column is None or not len(column.codes):
            return found
        living = column.codes[self.alive[column.rows]]
        sizes = np.bincount(living, minlength=int(column.codes.max()) + 1)
        variants = sizes[column.codes] <= LARGEST
        found[column.rows[variants]] = self.size + column.codes[variants]
        return found

    def counts(
        self, facet: str, chosen: Chosen, numbers: Rows | None = None, most: int | None = None
    ) -> list[Count]:
        """How many chosen rows have each value of a facet, at most so many values; rows of the same
        number are counted once."""
        column = self.columns.get(facet)
        return column.counts(chosen, numbers, most) if column else []

    def price_range(self, mask: Mask) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest price in the mask, None if nothing there has one."""
        known = self.prices[np.flatnonzero(mask & (self.prices != UNPRICED))]  # not by the mask
        if not len(known):
            return None
        low, high = int(known.min()), int(known.max())
        return Decimal(low) / 10_000, Decimal(high) / 10_000

    def facing(self, vector: Vector, rough: Vector) -> Snapshot:
        """The same with the traits of the photo of each product that is nearest to the vector, of
        which `rough` are the cosines of all rows."""
        rows, numbers = self.views.facing(vector, rough)
        if not len(rows):
            return self
        return replace(self, traits=self.traits.turned(rows, self.views.traits, numbers))

    def _fulfilling(self, condition: AnyOf | Between) -> Mask:
        if condition.facet == PRICE and isinstance(condition, Between):
            low = 0 if condition.low is None else _units(condition.low, ROUND_CEILING)
            mask = self.prices >= max(0, low)
            if condition.high is not None:
                mask &= self.prices <= _units(condition.high, ROUND_FLOOR)
            return mask
        column = self.columns.get(condition.facet)
        return column.where(condition, self.size) if column else np.zeros(self.size, np.bool_)


def conditions_on(filters: Filters, facet: str) -> list[Condition]:
    """The conditions that lifting the facet takes away."""
    return [
        each for each in filters.conditions if not isinstance(each, Not) and each.facet == facet
    ]


def _units(amount: Decimal, rounding: str) -> int:
    return int((amount * 10_000).to_integral_value(rounding))
