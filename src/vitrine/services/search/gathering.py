"""Retrieval from search rows: what one page needs is gathered from PostgreSQL.

The nearest come first; beside them what likeness alone would miss: rows that hold the words, that
an article number names or that rules move, and the best of the whole catalogue, by which is judged
whether a query fits it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from vitrine.db import Sessions
from vitrine.fields.designs import LARGEST
from vitrine.services.search import merchandising, orders, recognising, upkeep
from vitrine.services.search.beyond import InRows, RowCounts, Shown
from vitrine.services.search.cache.reading import Statuses
from vitrine.services.search.cache.snapshot import Place, Snapshot
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.filters import Filters, Not
from vitrine.services.search.intent import Intent
from vitrine.services.search.meaning import FILLING
from vitrine.services.search.merchandising import GROUPS
from vitrine.services.search.orders import MOST_SORTED, NEWEST, RELEVANCE, Sort
from vitrine.services.search.retrieval import Asked, AtHand, Counts, Sought
from vitrine.services.search.stored import catalogue, proving, query, records
from vitrine.services.search.stored import conditions as narrowing
from vitrine.services.search.stored.catalogue import Lore, StoredCatalogue
from vitrine.services.search.stored.conditions import Where
from vitrine.services.search.stored.query import Shelf
from vitrine.services.search.tokens import DESIGN, UNOFFERED, codes
from vitrine.tables.catalog import ACTIVE
from vitrine.tables.models import Collection as Space
from vitrine.tables.search_rows import ROWS


@dataclass(frozen=True, slots=True)
class Reach:
    """How many rows at most are gathered: the nearest, on a first page; the nearest as if nothing
    were wanted of one facet; the best of all; those that hold the words; those that rules move;
    and those without a photo."""

    nearest: int = 600
    lifted: int = 200
    best: int = 50
    holding: int = 100
    moved: int = 100
    unseen: int = 100


PER_DESIGN = 4
"""So many variants a design is reckoned to have where one stands for all."""


@dataclass(frozen=True, slots=True)
class InPostgres:
    """Retrieval of a Retriever from search rows; a process keeps nothing that grows with them."""

    statuses: Statuses
    reach: Reach = Reach()
    lore: dict[str, Lore] = field(default_factory=dict, repr=False)

    def opened(self, session: Session, space: Space) -> AtHand:
        """As the port says."""
        lore, shelf = self._shelf(session, space)
        nothing = records.snapshot_of((), space.dimension, lore.aliases)
        return AtHand(StoredCatalogue(lore, shelf), nothing)

    def holding(
        self, session: Session, space: Space, held: AtHand, ids: Collection[str]
    ) -> Snapshot:
        """As the port says."""
        lore, shelf = self._shelf(session, space, held)
        return records.snapshot_of(query.by_ids(shelf, ids), space.dimension, lore.aliases)

    def gathered(self, session: Session, space: Space, held: AtHand, asked: Asked) -> AtHand:
        """As the port says."""
        lore, shelf = self._shelf(session, space, held)
        shown = Shown(shelf, asked, lore.too_large, _subject(shelf, asked))
        gathering = _Gathering(shown, self.reach)
        browses = all(each.intent is None for each in asked.sought)
        entries = list(gathering.browsed() if browses else gathering.compared())
        if asked.request.one_per_design:
            entries = records.of_true_designs(entries, lore.too_large)
        snapshot = records.snapshot_of(entries, space.dimension, lore.aliases)
        beyond = InRows(gathering.shown, gathering.nearest) if gathering.left_out else None
        return AtHand(StoredCatalogue(lore, shelf), snapshot, beyond)

    def counts(self, session: Session, space: Space, held: AtHand, within: Filters) -> Counts:
        """As the port says."""
        lore, shelf = self._shelf(session, space, held)
        # Where only what is active has rows, asking for it narrows nothing.
        given = [
            one for one in within.conditions if one.facet != UNOFFERED or self.statuses != (ACTIVE,)
        ]
        return RowCounts(lore, shelf, shelf.where(replace(within, conditions=tuple(given))))

    def matching(
        self,
        session: Session,
        space: Space,
        filters: Filters,
        among: Select[str] | None,
        most: int,
    ) -> tuple[Sequence[str], int]:
        """As the port says."""
        _, shelf = self._shelf(session, space)
        where = [ROWS.c.collection == shelf.name, *shelf.where(filters)]
        if among is not None:
            where.append(ROWS.c.product_id.in_(among))
        count = session.scalar(select(func.count()).select_from(ROWS).where(*where)) or 0
        ids = select(ROWS.c.product_id).where(*where).order_by(ROWS.c.product_id).limit(most)
        return session.scalars(ids).all(), count

    def warm(self, session: Session, space: Space) -> None:
        """As the port says."""
        self._lore(session, space)

    def is_warm(self, name: str) -> bool:
        """As the port says."""
        return name in self.lore

    def complete(self, sessions: Sessions, space: Space) -> None:
        """As the port says."""
        upkeep.complete(sessions, self.statuses, space.name)

    def untrue(self, sessions: Sessions, space: Space) -> Iterator[Sequence[str]]:
        """As the port says."""
        return proving.untrue(sessions, space, self.statuses)

    def mend(self, session: Session, space: Space, ids: Sequence[str]) -> None:
        """As the port says."""
        proving.mend(session, space, self.statuses, ids)

    def forget(self, active: str, live: Collection[str]) -> None:
        """As the port says."""
        for name in [each for each in self.lore if each != active and each not in live]:
            self.lore.pop(name, None)

    def _shelf(
        self, session: Session, space: Space, held: AtHand | None = None
    ) -> tuple[Lore, Shelf]:
        """The rows as this session sees them; one search keeps to the lore that it began with."""
        if held is not None and isinstance(held.catalogue, StoredCatalogue):
            lore, shelf = held.catalogue.lore, held.catalogue.shelf
            if shelf.session is session:
                return lore, shelf
        else:
            lore = self._lore(session, space)
        return lore, query.opened(session, space, lore.aliases, lore.extent)

    def _lore(self, session: Session, space: Space) -> Lore:
        known = self.lore.get(space.name)
        if known is None or known.is_old:
            known = catalogue.read(session, space, recognising.is_size, known)
            self.lore[space.name] = known
        return known


@dataclass(slots=True)
class _Gathering:
    """What is gathered for one request; `nearest` are those of which there are more, `left_out`
    whether anything is that the filters leave."""

    shown: Shown
    reach: Reach
    nearest: dict[Sought, Sequence[Entry]] = field(default_factory=dict)
    left_out: bool = False

    def compared(self) -> Iterator[Entry]:
        """What is like the query, or may be ordered or judged beside it."""
        asked, shelf = self.shown.asked, self.shown.shelf
        if self.shown.subject is not None:
            yield self.shown.subject
        yield from query.coded(shelf, codes(asked.request.text))
        for sought in asked.sought:
            if sought.intent is not None:
                yield from self._compared(sought, sought.intent)

    def _compared(self, sought: Sought, intent: Intent) -> Iterator[Entry]:
        asked, shelf, where = self.shown.asked, self.shown.shelf, self.shown.of(sought)
        deep = self._depth()
        near = query.nearest(shelf, intent.ordering, where, deep)
        if len(near) >= deep:
            self.nearest[sought], self.left_out = near, True
        yield from near
        words = [each for each in intent.words if each not in FILLING]
        words += [other for each in words for other in intent.instead.get(each, ())]
        yield from query.holding(shelf, words, intent.ordering, where, self.reach.holding)
        yield from self._unseen(where)
        for facet in self._lifted():
            freed, most = self.shown.of(sought, facet), self.reach.lifted
            yield from self._whole(query.nearest(shelf, intent.ordering, freed, most), most)
            yield from self._unseen(freed)
        if where or intent.emphasised is not None:
            yield from query.nearest(shelf, intent.vector, limit=self.reach.best)
        for rule in asked.rules:
            if rule.action in ("pin", "boost"):
                moved = (*where, *shelf.where(rule.filters))
                yield from query.nearest(shelf, intent.ordering, moved, self.reach.moved)

    def _unseen(self, where: Where) -> Sequence[Entry]:
        """The newest without a photo, which words alone find."""
        if not self.shown.asked.request.text.strip():
            return ()
        unseen, most = (*where, narrowing.unseen()), self.reach.unseen
        return self._whole(query.sorted_page(self.shown.shelf, NEWEST, None, unseen, most), most)

    def browsed(self) -> Iterator[Entry]:
        """A page in its order and one more; where one stands for all variants of a design, with
        all of them, so that it is told which comes first."""
        request, shelf = self.shown.asked.request, self.shown.shelf
        sort = NEWEST if request.sort == RELEVANCE else request.sort
        wanted, cards = request.limit + 1, 0
        self.left_out = self.shown.asked.stop is not None or bool(self._lifted())
        for where, begins in self._stretches():
            after = begins
            while True:
                found = query.sorted_page(shelf, sort, after, where, wanted)
                yield from found
                if request.one_per_design:
                    variants = self._variants(found)
                    yield from variants
                    cards += self._cards(found, variants, sort)
                else:
                    cards += len(found)
                if cards >= wanted:
                    self.left_out = True
                    return
                if len(found) < wanted:
                    break
                after = query.place(found[-1], sort)

    def _stretches(self) -> Iterator[tuple[Where, Place | None]]:
        """What follows each other in the order, and the place behind which each begins: where
        rules put products, those of one group behind those of another."""
        asked, where = self.shown.asked, self.shown.of_any()
        after = asked.stop.place if asked.stop else None
        if asked.request.sort != RELEVANCE or not any(one.action in GROUPS for one in asked.rules):
            yield where, after
            return
        groups, free = dict[int, Where](), list(where)
        for action, group in GROUPS.items():
            rules = [one.filters for one in asked.rules if one.action == action]
            touched = or_(false(), *(and_(true(), *self.shown.shelf.where(one)) for one in rules))
            groups[group] = (*free, touched)
            free.append(touched.is_not(True))
        groups[0] = free
        for group in sorted(groups):
            if after is None or group > after.score:
                yield groups[group], None
            elif group == after.score:
                yield groups[group], after

    def _variants(self, found: Sequence[Entry]) -> Sequence[Entry]:
        """All that may be shown of the designs of these."""
        shelf, known = self.shown.shelf, records.of_true_designs(found, self.shown.too_large)
        designs = {str(each.facets[DESIGN][0]) for each in known if each.facets.get(DESIGN)}
        return query.of_designs(shelf, designs, self.shown.of_any(), len(designs) * LARGEST)

    def _cards(self, found: Sequence[Entry], variants: Sequence[Entry], sort: Sort) -> int:
        """How many of the rows stand for their design, or for themselves, as those of none do."""
        snapshot = records.snapshot_of(variants, self.shown.shelf.dimension, {})
        groups = None
        if self.shown.asked.request.sort == RELEVANCE:
            groups = merchandising.grouped(snapshot, self.shown.asked.rules)
        keys = orders.keys_of(snapshot, np.arange(snapshot.size), sort, groups).tolist()
        first: dict[int, str] = {}
        newest = sorted(range(len(keys)), key=lambda row: snapshot.ids[row], reverse=True)
        designs = snapshot.designs()
        for row in sorted(newest, key=lambda row: keys[row]):
            first.setdefault(int(designs[row]), snapshot.ids[row])
        behind = set(snapshot.ids) - set(first.values())
        return sum(each.id not in behind for each in found)

    def _depth(self) -> int:
        """How many of the nearest a page after the stop may need."""
        request, stop = self.shown.asked.request, self.shown.asked.stop
        if request.sort != RELEVANCE:
            return max(self.reach.nearest, MOST_SORTED + 1)
        shown = (stop.rank if stop else 0) + request.limit
        rows = shown * PER_DESIGN if request.one_per_design else shown
        return max(self.reach.nearest, rows + self.reach.nearest // 2)

    def _lifted(self) -> Sequence[str]:
        """The facets of which something is wanted, and which are counted as if nothing were."""
        request = self.shown.asked.request
        wanted = (one.facet for one in request.filters.conditions if not isinstance(one, Not))
        return [facet for facet in dict.fromkeys(wanted) if facet in request.facets]

    def _whole(self, found: Sequence[Entry], most: int) -> Sequence[Entry]:
        """These, of which there may be more where they are so many."""
        self.left_out = self.left_out or len(found) >= most
        return found


def _subject(shelf: Shelf, asked: Asked) -> Entry | None:
    """The product that is asked with, where it has a row."""
    product_id = asked.request.product_id
    found = query.by_ids(shelf, (product_id,)) if product_id else ()
    return next(iter(found), None)
