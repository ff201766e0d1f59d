"""What is known of products that are not at hand, as search rows tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import and_, or_

from vitrine.fields.facets import PRICE
from vitrine.services.search.cache.columns import Count
from vitrine.services.search.cache.snapshot import conditions_on
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.filters import AnyOf, Filters, key
from vitrine.services.search.retrieval import Asked, Sought
from vitrine.services.search.stored import conditions as narrowing
from vitrine.services.search.stored import counting, query, tags
from vitrine.services.search.stored.catalogue import Lore
from vitrine.services.search.stored.conditions import Where
from vitrine.services.search.stored.counting import Counted
from vitrine.services.search.stored.query import Shelf
from vitrine.services.search.tokens import DESIGN, GARMENT
from vitrine.tables.search_rows import ROWS

MOST_ASKED = 50
"""Of so many values at once it is asked how many products have them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a collection a request may show, as conditions; `too_large` are the tags of designs
    that are none, `subject` is the product that is asked with, where it has a row."""

    shelf: Shelf
    asked: Asked
    too_large: Collection[int] = ()
    subject: Entry | None = None

    def of(self, sought: Sought, lifted: str | None = None) -> Where:
        """The rows that may be shown for what is sought, whatever is wanted of the facet lifted."""
        request, shelf = self.asked.request, self.shelf
        found = [*shelf.where(request.filters, lifted), *shelf.where(self.asked.within)]
        found += [
            narrowing.outside(rule.filters, shelf.aliases)
            for rule in self.asked.rules
            if rule.action == "hide"
        ]
        if sought.garment is not None:
            found.append(narrowing.having(GARMENT, (sought.garment,), shelf.aliases))
        if sought.intent is not None and not request.text.strip():
            found.append(ROWS.c.vector.is_not(None))
        return [*found, *self._apart()]

    def of_any(self, lifted: str | None = None) -> Where:
        """The same for any of what is sought."""
        each = [self.of(sought, lifted) for sought in self.asked.sought]
        return each[0] if len(each) == 1 else [or_(*(and_(True, *one) for one in each))]

    def _apart(self) -> Where:
        """Without the product that is asked with, and its design where one stands for all."""
        request = self.asked.request
        if request.product_id is None:
            return ()
        other = ROWS.c.product_id != request.product_id
        design = None if self.subject is None else tags.design_of(self.subject)
        if design is None or not request.one_per_design or request.text.strip():
            return (other,)
        return (other, or_(ROWS.c.design.is_(None), ROWS.c.design != design))


@dataclass(frozen=True, slots=True)
class InRows:
    """The products of a collection that are not at hand; `nearest` are those that are, of what is
    sought, the nearest first, and only where there are more of them."""

    shown: Shown
    nearest: Mapping[Sought, Sequence[Entry]] = field(default_factory=dict)

    def tally(self, facets: Sequence[str]) -> RowTally:
        """As `Beyond.tally`."""
        return RowTally(self.shown, facets)

    def reached(self, sought: Sought, line: float) -> bool:
        """As `Beyond.reached`: by their cosines alone, which re-ranking might yet lift."""
        near = self.nearest.get(sought)
        if not near or sought.intent is None:
            return False
        vector = sought.intent.vector
        return min(each.like(vector) for each in near[-len(near) // 10 :]) >= line

    def variants(self, sought: Sought, designs: Collection[str]) -> Mapping[str, int]:
        """As `Beyond.variants`."""
        rows = query.of_designs(self.shown.shelf, designs, self.shown.of(sought))
        return Counter(key(value) for each in rows for value in each.facets.get(DESIGN, ()))


@dataclass(slots=True)
class RowTally:
    """Counts of rows by filters alone: of so many at most, and that there are more is told."""

    shown: Shown
    facets: Sequence[str]
    _counted: dict[str | None, Counted] = field(default_factory=dict)

    @property
    def capped(self) -> bool:
        """As `Tally.capped`."""
        return self._of(None).capped

    def total(self) -> int:
        """As `Tally.total`."""
        return self._of(None).total

    def counts(self, facet: str) -> Sequence[Count]:
        """As `Tally.counts`."""
        return self._of(self._lifted(facet)).counts.get(facet, ())

    def price_range(self) -> tuple[Decimal, Decimal] | None:
        """As `Tally.price_range`; of all, also where counts are capped."""
        lifted = self._lifted(PRICE)
        counted = self._of(lifted)
        if not counted.capped:
            return counted.prices
        where = (*self.shown.of_any(lifted), ROWS.c.price.is_not(None))
        ends = [
            query.sorted_page(self.shown.shelf, sort, None, where, 1)
            for sort in ("price", "-price")
        ]
        known = [one.price for end in ends for one in end if one.price is not None]
        return (Decimal(known[0]) / 10_000, Decimal(known[-1]) / 10_000) if known else None

    def _lifted(self, facet: str) -> str | None:
        return facet if conditions_on(self.shown.asked.request.filters, facet) else None

    def _of(self, lifted: str | None) -> Counted:
        """Counts of all facets that nothing is wanted of, or of the one that is lifted."""
        if lifted not in self._counted:
            given = [each for each in self.facets if each != PRICE and self._lifted(each) is None]
            wanted = given if lifted is None else [each for each in (lifted,) if each != PRICE]
            shelf, designs = self.shown.shelf, self.shown.asked.request.one_per_design
            large = sorted(self.shown.too_large) if designs else None
            self._counted[lifted] = counting.counted(
                shelf, wanted, self.shown.of_any(lifted), too_large=large
            )
        return self._counted[lifted]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Counts of rows: of all as they are kept, of some as they are now, up to so many."""

    lore: Lore
    shelf: Shelf
    where: Where

    def __call__(
        self, facet: str, conditions: Sequence[AnyOf], codes: Sequence[int]
    ) -> Mapping[int, int]:
        """As `Counts` says; of few values, the most frequent of those asked for."""
        words, counts = self.lore.words[facet], self.lore.counts[facet]
        # Values are numbered as they come, the most frequent first.
        some = sorted(code for code in set(codes) if code < len(counts))[:MOST_ASKED]
        where = [*self.where, *self.shelf.where(Filters(tuple(conditions)))]
        if not where:
            return {code: counts[code].count for code in some}
        wanted = {words.keys[code]: code for code in reversed(some)}
        having = narrowing.having(facet, wanted, self.shelf.aliases)
        found = counting.counted(self.shelf, [facet], [*where, having]).counts[facet]
        return {wanted[known]: each.count for each in found if (known := key(each.value)) in wanted}
