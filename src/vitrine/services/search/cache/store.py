"""The newest snapshot of each collection in this process, shared by its threads."""

from __future__ import annotations

import tempfile
import threading
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from vitrine.services.search.cache.called import Names, names_of
from vitrine.services.search.cache.columns import Column, Mask, Words
from vitrine.services.search.cache.snapshot import UNPRICED, Snapshot
from vitrine.services.search.cache.traits import UNMEASURED, Trait
from vitrine.services.search.cache.views import View, Views, mark
from vitrine.services.search.filters import Value
from vitrine.services.search.sights import Sights
from vitrine.tables.catalog import ACTIVE
from vitrine.vision.tuning import Tuning
from vitrine.vision.types import Vector

Aliases = Mapping[str, Names]
"""By facet and key of a value the other names it is found by."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What search needs to know of one product; the price in 1/10,000.

    `codes` are its external id and other numbers of its article, as `tokens.code` writes them;
    `views` its photos that look otherwise.
    """

    id: str
    vector: Vector
    facets: Mapping[str, Sequence[Value]]
    price: int | None
    trait: Trait = UNMEASURED
    codes: tuple[str, ...] = ()
    views: tuple[View, ...] = ()

    def like(self, vector: Vector) -> float:
        """The dot product of the vector with what of the product is nearest to it."""
        known = (self.vector, *(view.vector for view in self.views))
        return max(float(np.dot(each, vector)) for each in known)


class Store:
    """Rows that are only ever added to, so that older snapshots stay as they were.

    Vectors beyond `most_bytes` lie in a file without a name, which the system pages in and out.
    """

    def __init__(
        self, dimension: int, capacity: int, most_bytes: int, aliases: Aliases | None = None
    ) -> None:
        self.ids: list[str] = []
        self._aliases = aliases or {}
        self.places: dict[str, int] = {}
        self.codes: list[tuple[str, ...]] = []
        self.coded: defaultdict[str, list[int]] = defaultdict(list)
        self.views = Views()
        self.marks: dict[int, str] = {}
        self._fresh: list[tuple[int, View]] = []
        self._most_bytes = most_bytes
        self.vectors = self._room(max(16, capacity), dimension)

    def add(self, entry: Entry) -> int:
        """The row of a new entry."""
        row = len(self.ids)
        if row == len(self.vectors):
            larger = self._room(row + row // 2, self.vectors.shape[1])
            larger[:row] = self.vectors
            self.vectors = larger
        self.vectors[row] = entry.vector
        self.ids.append(entry.id)
        self.places[entry.id] = row
        self.codes.append(entry.codes)
        for code in entry.codes:
            self.coded[code].append(row)
        if entry.views:
            self.marks[row] = str(mark(entry.views))
            self._fresh.extend((row, view) for view in entry.views)
        return row

    def grown(self) -> Views:
        """The views of all rows."""
        self.views, self._fresh = self.views.grown(self._fresh), []
        return self.views

    def fill(
        self, vectors: Vector, ids: Sequence[str], codes: Sequence[Sequence[str]], alive: Mask
    ) -> None:
        """Put rows into an empty store that has room for them; the dead ones are nobody's place."""
        self.vectors[: len(ids)] = vectors
        self.ids.extend(ids)
        self.codes.extend(map(tuple, codes))
        self.places.update((self.ids[row], row) for row in np.flatnonzero(alive).tolist())
        for row, written in enumerate(codes):
            for code in written:
                self.coded[code].append(row)

    def holds(self, row: int, entry: Entry) -> bool:
        """Whether the row has these very vectors and numbers, which never change in a row."""
        same = np.array_equal(self.vectors[row], entry.vector)
        same = same and self.marks.get(row) == mark(entry.views)
        return same and self.codes[row] == entry.codes

    def column(self, facet: str) -> Column:
        """A facet of which nothing is known yet."""
        return Column(Words(self._aliases.get(facet), names_of(facet)))

    def _room(self, rows: int, dimension: int) -> Vector:
        if rows * dimension * 4 <= self._most_bytes:
            return np.empty((rows, dimension), dtype=np.float32)
        with tempfile.TemporaryFile() as file:
            return np.memmap(file, dtype=np.float32, shape=(rows, dimension), mode="w+")


@dataclass(frozen=True, slots=True)
class Held:
    """A collection's store and newest snapshot, and how far the database was read for it.

    `horizon` and `seen` are as `refresh` understands them; `read_at` is monotonic.
    """

    store: Store
    snapshot: Snapshot
    horizon: int
    seen: frozenset[int]
    read_at: float

    @property
    def crowded(self) -> bool:
        """Whether so many rows are dead that all should be read anew."""
        dead = self.snapshot.size - int(self.snapshot.alive.sum())
        return dead > 1_000 and dead * 4 > self.snapshot.size


@dataclass(slots=True)
class SearchCache:
    """What is held by collection name; whoever changes it holds the lock of that name.

    `warm` are the names of what was read once, which is held but for moments.
    `fitted` is what was last fitted of each collection, and when.

    Catalogues above `index_above` products are searched without filters by the vector index.
    Only products of these `statuses` are held, and so found. In `folder` snapshots outlast the
    process, which wrote down those of the `kept` horizons.
    """

    most_bytes: int = 2_000_000_000
    index_above: int = 250_000
    statuses: tuple[str, ...] = (ACTIVE,)
    folder: Path | None = None
    kept: dict[str, int] = field(default_factory=dict, repr=False)
    fitted: dict[str, tuple[datetime, Tuning | None]] = field(default_factory=dict, repr=False)
    locks: dict[str, threading.Lock] = field(default_factory=dict, repr=False)
    warm: set[str] = field(default_factory=set, repr=False)
    begun: dict[str, float] = field(default_factory=dict, repr=False)
    held: dict[str, Held] = field(default_factory=dict, repr=False)
    names: dict[str, dict[str, Vector]] = field(default_factory=dict, repr=False)
    sights: Sights = field(default_factory=Sights, repr=False)

    def lock_of(self, name: str) -> threading.Lock:
        """The lock of a collection: reading one keeps nobody from another."""
        return self.locks.setdefault(name, threading.Lock())

    def begins(self, name: str, moment: float, again: float) -> bool:
        """Whether a collection is to be loaded now: nobody began to within `again` seconds."""
        with self.lock_of(f"{name} loading"):
            if moment - self.begun.get(name, -again) < again:
                return False
            self.begun[name] = moment
            return True

    def drop(self, name: str) -> None:
        """Let go all that is held of a collection."""
        with self.lock_of(name):
            self.warm.discard(name)
            for held in (self.held, self.names, self.fitted, self.begun):
                held.pop(name, None)


def empty(
    dimension: int, capacity: int, most_bytes: int, aliases: Aliases | None = None
) -> tuple[Store, Snapshot]:
    """A store with room for so many products, and the snapshot of nothing."""
    store = Store(dimension, capacity, most_bytes, aliases)
    nothing = np.empty(0, dtype=np.bool_)
    prices = np.empty(0, dtype=np.int64)
    return store, Snapshot(
        store.ids, store.places, store.vectors, nothing, {}, prices, coded=store.coded
    )


def changed(
    store: Store, before: Snapshot, entries: Iterable[Entry], gone: Iterable[str] = ()
) -> Snapshot:
    """The next snapshot: these entries put or replaced by id, those ids gone."""
    pairs: defaultdict[str, list[tuple[int, Value]]] = defaultdict(list)
    rows, prices, dead = array("q"), array("q"), array("q")
    traits: list[Trait] = []
    for entry in entries:
        row = _row(store, entry, dead)
        rows.append(row)
        prices.append(UNPRICED if entry.price is None else entry.price)
        traits.append(entry.trait)
        for facet, values in entry.facets.items():
            pairs[facet].extend((row, value) for value in values)
    dead.extend(store.places.pop(each) for each in gone if each in store.places)
    return _assembled(store, before, _Change(rows, prices, dead, pairs, traits))


@dataclass(frozen=True, slots=True)
class _Change:
    rows: array[int]
    prices: array[int]
    dead: array[int]
    pairs: Mapping[str, list[tuple[int, Value]]]
    traits: Sequence[Trait]


def _row(store: Store, entry: Entry, dead: array[int]) -> int:
    """The row the product has, or a new one if its vector or id is new; the old row dies."""
    row = store.places.get(entry.id)
    if row is not None:
        if store.holds(row, entry):
            return row
        dead.append(row)
    return store.add(entry)


def _assembled(store: Store, before: Snapshot, change: _Change) -> Snapshot:
    size, old = len(store.ids), before.size
    alive, touched = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    prices = np.full(size, UNPRICED, dtype=np.int64)
    alive[:old], prices[:old] = before.alive, before.prices
    rows = np.array(change.rows, dtype=np.int64)
    alive[rows], prices[rows], touched[rows] = True, change.prices, True
    dead = np.array(change.dead, dtype=np.int64)
    alive[dead], touched[dead] = False, True
    columns = {
        facet: (before.columns.get(facet) or store.column(facet)).replaced(
            touched, change.pairs.get(facet, ())
        )
        for facet in {**before.columns, **change.pairs}
    }
    traits = before.traits.replaced(size, rows, change.traits)
    return Snapshot(
        *(store.ids, store.places, store.vectors, alive, columns, prices, traits),
        coded=store.coded,
        views=store.grown(),
    )
