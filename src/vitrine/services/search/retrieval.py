"""The port behind which products are searched: in the memory of this process, or in an engine.

The stages of a search work on a Snapshot. In memory it holds every product; of an engine it holds
those that may be among the first, and `Beyond` answers for the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np
from sqlalchemy import Select
from sqlalchemy.orm import Session

from vitrine.db import Sessions
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.columns import Count, Mask
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.cursors import Stop
from vitrine.services.search.filters import EVERYTHING, AnyOf, Filters
from vitrine.services.search.intent import Intent
from vitrine.services.search.merchandising import Rule
from vitrine.services.search.request import SearchRequest
from vitrine.tables.models import Collection as Space


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """What one ranking looks for, nothing where it browses, and the garment that it keeps to."""

    intent: Intent | None = None
    garment: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what it looks for, for looks several; where its page begins; what of the
    catalogue may be found at all; and the rules that are about it."""

    request: SearchRequest
    sought: Sequence[Sought]
    stop: Stop | None = None
    within: Filters = EVERYTHING
    rules: Sequence[Rule] = ()


class Counts(Protocol):
    """How many products have each of some values of a facet, and fulfil further conditions: by the
    values' numbers in `Catalogue.words_of`, those of none being left out."""

    def __call__(
        self, facet: str, conditions: Sequence[AnyOf], codes: Sequence[int]
    ) -> Mapping[int, int]:
        """The counts, and no others."""
        ...


class Tally(Protocol):
    """Counts of what a search leaves: products, or designs where one stands for all variants."""

    @property
    def capped(self) -> bool:
        """Whether there are more than are counted."""
        ...

    def total(self) -> int:
        """How many there are, or more where it is capped."""
        ...

    def counts(self, facet: str) -> Sequence[Count]:
        """How many have each value of a facet, as if nothing were wanted of it."""
        ...

    def price_range(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest price, as if no price were wanted."""
        ...


class Beyond(Protocol):
    """What can be asked of the products that are not at hand, while the session is open."""

    def tally(self, facets: Sequence[str]) -> Tally:
        """Counts of all that the filters leave, whatever is looked for, by these facets."""
        ...

    def reached(self, sought: Sought, line: float) -> bool:
        """Whether products beyond those at hand may reach the line of what is sought."""
        ...

    def variants(self, sought: Sought, designs: Collection[str]) -> Mapping[str, int]:
        """By key of a design how many of its products may be shown for what is sought."""
        ...


@dataclass(frozen=True, slots=True)
class AtHand:
    """The products that a search works on, and the whole catalogue that they are of; `beyond` is
    None where they are all of it."""

    catalogue: Catalogue
    snapshot: Snapshot
    beyond: Beyond | None = None


class Retriever(Protocol):
    """Products of a collection for a search, as this session sees them or newer."""

    def opened(self, session: Session, space: Space) -> AtHand:
        """The catalogue for a search that begins; products are at hand once they are gathered."""
        ...

    def holding(
        self, session: Session, space: Space, held: AtHand, ids: Collection[str]
    ) -> Snapshot:
        """A snapshot with those of these products that may be found."""
        ...

    def gathered(self, session: Session, space: Space, held: AtHand, asked: Asked) -> AtHand:
        """The products that one page may show and its counts may need."""
        ...

    def counts(self, session: Session, space: Space, held: AtHand, within: Filters) -> Counts:
        """Counts of the products that lie within, while the session is open."""
        ...

    def matching(
        self,
        session: Session,
        space: Space,
        filters: Filters,
        among: Select[str] | None,
        most: int,
    ) -> tuple[Sequence[str], int]:
        """The ids, at most so many, of what the filters leave, and how many there are; only those
        among the selected ids, if such are given."""
        ...

    def warm(self, session: Session, space: Space) -> None:
        """Read what searches need, so that none waits for it."""
        ...

    def is_warm(self, name: str) -> bool:
        """Whether what searches need of a collection was read once."""
        ...

    def complete(self, sessions: Sessions, space: Space) -> None:
        """Return once all products of a live collection can be searched, for it to be promoted."""
        ...

    def untrue(self, sessions: Sessions, space: Space) -> Iterator[Sequence[str]]:
        """By pages the products that are searched as something else than SQL says."""
        ...

    def mend(self, session: Session, space: Space, ids: Sequence[str]) -> None:
        """Have these products searched as SQL says, from the commit on."""
        ...

    def forget(self, active: str, live: Collection[str]) -> None:
        """Let go what is held of collections that are no more, and what nobody asks for."""
        ...


@dataclass(frozen=True, slots=True)
class InSnapshot:
    """Counts of the rows of a mask."""

    snapshot: Snapshot
    mask: Mask

    def __call__(
        self, facet: str, conditions: Sequence[AnyOf], codes: Sequence[int]
    ) -> Mapping[int, int]:
        """As the port says."""
        column, mask = self.snapshot.columns[facet], self.mask
        for one in conditions:
            mask = mask & self.snapshot.columns[one.facet].where(one, self.snapshot.size)
        # A later snapshot may have added words this very moment.
        counts = np.bincount(column.codes[mask[column.rows]], minlength=1)
        return {code: int(counts[code]) for code in codes if code < len(counts) and counts[code]}


@dataclass(frozen=True, slots=True)
class InMemory:
    """Every product of a collection in one snapshot, which follows SQL before every search."""

    cache: SearchCache

    def opened(self, session: Session, space: Space) -> AtHand:
        """As the port says; all are at hand at once."""
        snapshot = refresh.current(session, self.cache, space)
        return AtHand(snapshot, snapshot)

    def holding(
        self, session: Session, space: Space, held: AtHand, ids: Collection[str]
    ) -> Snapshot:
        """As the port says."""
        return held.snapshot

    def gathered(self, session: Session, space: Space, held: AtHand, asked: Asked) -> AtHand:
        """As the port says."""
        return held

    def counts(self, session: Session, space: Space, held: AtHand, within: Filters) -> Counts:
        """As the port says."""
        return InSnapshot(held.snapshot, held.snapshot.where(within))

    def matching(
        self,
        session: Session,
        space: Space,
        filters: Filters,
        among: Select[str] | None,
        most: int,
    ) -> tuple[Sequence[str], int]:
        """As the port says."""
        snapshot = refresh.current(session, self.cache, space)
        ids = [snapshot.ids[row] for row in np.flatnonzero(snapshot.where(filters)).tolist()]
        if among is not None:
            ids = sorted(set(ids).intersection(session.scalars(among)))
        return ids[:most], len(ids)

    def warm(self, session: Session, space: Space) -> None:
        """As the port says."""
        refresh.current(session, self.cache, space)

    def is_warm(self, name: str) -> bool:
        """As the port says."""
        return name in self.cache.warm

    def complete(self, sessions: Sessions, space: Space) -> None:
        """As the port says: nothing is to be made before it is read."""

    def untrue(self, sessions: Sessions, space: Space) -> Iterator[Sequence[str]]:
        """As the port says: none, as nothing outlasts the process but what is checked when it is
        read."""
        return iter(())

    def mend(self, session: Session, space: Space, ids: Sequence[str]) -> None:
        """As the port says: nothing is."""

    def forget(self, active: str, live: Collection[str]) -> None:
        """As the port says."""
        for name, held in list(self.cache.held.items()):
            if name != active and (name not in live or refresh.is_stale(held)):
                self.cache.drop(name)
