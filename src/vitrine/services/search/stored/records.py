"""Entries as rows, and rows as entries again: exactly those that were written."""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Row, func

from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.columns import Column
from vitrine.services.search.cache.snapshot import UNPRICED, Snapshot
from vitrine.services.search.cache.store import Aliases, Entry, Store
from vitrine.services.search.cache.traits import Trait
from vitrine.services.search.cache.views import View
from vitrine.services.search.filters import Value, number
from vitrine.services.search.stored import tags
from vitrine.tables.search_rows import ROWS
from vitrine.vision.types import Vector

COLUMNS: tuple[ColumnElement[Any], ...] = (
    ROWS.c.product_id,
    ROWS.c.price,
    ROWS.c.entry,
    ROWS.c.views,
    func.vector_send(ROWS.c.vector).label("vector"),
)
"""What `entry` makes an entry of; vectors as bytes, since text would cost ten times more."""

NAMES = "product_id", "vector", "tags", "numbers", "price", "design", "views", "entry", "digest"
TYPES = "varchar", "bytea", "int8[]", "jsonb", "int8", "int8", "bytea", "text", "int8"
"""What `record` tells, and how each is sent to the server."""

ROUNDED = 1e-5
"""How far a dot product that the server tells may be from ours."""

_HEAD = struct.Struct(">HH")


@dataclass(frozen=True, slots=True)
class Record:
    """A row of `search_rows` as it is sent, by facet what it says, for terms, and the vectors of
    its views as they are sent."""

    row: tuple[Any, ...]
    facets: dict[str, list[Value]]
    views: Sequence[bytes] = ()

    @property
    def digest(self) -> int:
        """The hash of all of it."""
        return int(self.row[-1])


def record(entry: Entry) -> Record:
    """The row of an entry."""
    facets = {facet: list(values) for facet, values in entry.facets.items() if values}
    told = {"facets": facets, "codes": list(entry.codes), **_told(entry.trait)}
    if entry.views:
        told["views"] = [{"crop": each.crop_id, **_told(each.trait)} for each in entry.views]
    packed = b"".join(each.vector.astype(">f4").tobytes() for each in entry.views) or None
    written = json.dumps(told, separators=(",", ":"))
    vector = _sent(entry.vector)
    row = (
        entry.id,
        vector,
        tags.tags_of(entry),
        _numbers(facets),
        entry.price,
        tags.design_of(entry),
        packed,
        written,
    )
    digest = _digest(vector or b"", packed or b"", f"{entry.price} {written}".encode())
    views = [sent for each in entry.views if (sent := _sent(each.vector)) is not None]
    return Record((*row, digest), facets, views)


def entry(row: Row[Any], dimension: int) -> Entry:
    """The entry of a row of COLUMNS; without a photo its vector is zero."""
    told = row.entry
    return Entry(
        row.product_id,
        _received(row.vector, dimension),
        {facet: tuple(values) for facet, values in told["facets"].items()},
        row.price,
        _trait(told),
        tuple(told["codes"]),
        tuple(_views(row.views, told["views"])) if row.views else (),
    )


def _views(packed: bytes, told: Sequence[Mapping[str, Any]]) -> Iterator[View]:
    vectors = np.frombuffer(packed, dtype=">f4").astype(np.float32).reshape(len(told), -1)
    for vector, each in zip(vectors, told, strict=True):
        yield View(each["crop"], vector, _trait(each))


def _told(trait: Trait) -> dict[str, Any]:
    return {"colours": [list(each) for each in trait.colours], "aspect": trait.aspect}


def _trait(told: Mapping[str, Any]) -> Trait:
    return Trait(tuple(tuple(each) for each in told["colours"]), told["aspect"])


def snapshot_of(entries: Iterable[Entry], dimension: int, aliases: Aliases) -> Snapshot:
    """A snapshot of these entries alone, each product once."""
    once = list({each.id: each for each in entries}.values())
    size, pairs = len(once), defaultdict[str, list[tuple[int, Sequence[Value]]]](list)
    store, nothing = stores.empty(dimension, size, size * dimension * 4, aliases)
    for row, each in enumerate(once):
        store.add(each)
        for facet, values in each.facets.items():
            pairs[facet].append((row, values))
    prices = [UNPRICED if each.price is None else each.price for each in once]
    return replace(
        nothing,
        vectors=store.vectors,
        alive=np.ones(size, dtype=np.bool_),
        columns=_Columns(store, pairs),
        prices=np.array(prices, dtype=np.int64),
        traits=nothing.traits.replaced(size, np.arange(size), [each.trait for each in once]),
        views=store.grown(),
    )


class _Columns(Mapping[str, Column]):
    """Columns that are made when first asked for: of most facets one search asks nothing."""

    def __init__(self, store: Store, pairs: Mapping[str, Sequence[tuple[int, Sequence[Value]]]]):
        self._store, self._pairs = store, dict(pairs)
        self._made: dict[str, Column] = {}

    def __getitem__(self, facet: str) -> Column:
        made = self._made.get(facet)
        if made is None:
            column, pairs = self._store.column(facet), self._pairs[facet]
            rows = [row for row, values in pairs for _ in values]
            codes = [column.words.code(value) for _, values in pairs for value in values]
            made = Column(column.words, np.array(rows, np.int32), np.array(codes, np.int32))
            self._made[facet] = made
        return made

    def __contains__(self, facet: object) -> bool:
        return facet in self._pairs

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


def written(vector: Vector) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{each:.9g}" for each in vector.tolist()) + "]"


def _sent(vector: Vector) -> bytes | None:
    """The vector as pgvector receives it; None for zero, which is like nothing."""
    if not vector.any():
        return None
    return _HEAD.pack(len(vector), 0) + vector.astype(">f4").tobytes()


def _received(sent: bytes | None, dimension: int) -> Vector:
    if sent is None:
        return np.zeros(dimension, dtype=np.float32)
    return np.frombuffer(sent, dtype=">f4", offset=_HEAD.size).astype(np.float32)


def _numbers(facets: dict[str, list[Value]]) -> dict[str, list[float]] | None:
    """By facet those of its values that are numbers."""
    found = {facet: numbers for facet, values in facets.items() if (numbers := _finite(values))}
    return found or None


def _finite(values: Sequence[Value]) -> list[float]:
    return [found for value in values if (found := number(value)) == found]


def _digest(*parts: bytes) -> int:
    made = blake2b(digest_size=8)
    for part in parts:
        made.update(part)
    return int.from_bytes(made.digest(), signed=True)
