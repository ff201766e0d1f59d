"""Entries as rows, and rows as entries again: exactly those that were written."""

from __future__ import annotations

import json
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain
from typing import Any

import numpy as np
from pydantic_core import from_json
from sqlalchemy import ColumnElement, Text, cast, func

from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.columns import Column
from vitrine.services.search.cache.snapshot import UNPRICED, Snapshot
from vitrine.services.search.cache.store import Aliases, Entry, Store
from vitrine.services.search.cache.traits import Trait
from vitrine.services.search.cache.views import View
from vitrine.services.search.filters import Value, number
from vitrine.services.search.stored import tags
from vitrine.services.search.tokens import DESIGN
from vitrine.tables.search_rows import ROWS
from vitrine.vision.types import Vector

COLUMNS: tuple[ColumnElement[Any], ...] = (
    ROWS.c.product_id,
    ROWS.c.price,
    cast(ROWS.c.entry, Text),
    ROWS.c.views,
    func.vector_send(ROWS.c.vector),
)
"""What `entries` makes entries of; vectors as bytes, since text would cost ten times more."""

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


def entries(rows: Sequence[Sequence[Any]], dimension: int) -> list[Entry]:
    """The entries of rows of COLUMNS; without a photo a vector is zero."""
    # All at once: one by one, a search would spend most of its time here.
    written = ",".join(row[2] for row in rows)
    told = from_json(f"[{written}]", cache_strings="all")
    vectors = _received([row[4] for row in rows], dimension)
    return [
        Entry(
            row[0],
            vector,
            each["facets"],
            row[1],
            _trait(each),
            tuple(each["codes"]),
            tuple(_views(row[3], each["views"])) if row[3] else (),
        )
        for row, vector, each in zip(rows, vectors, told, strict=True)
    ]


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
    size = len(once)
    store, nothing = stores.empty(dimension, size, size * dimension * 4, aliases)
    for each in once:
        store.add(each)
    prices = [UNPRICED if each.price is None else each.price for each in once]
    return replace(
        nothing,
        vectors=store.vectors,
        alive=np.ones(size, dtype=np.bool_),
        columns=_Columns(store, [each.facets for each in once]),
        prices=np.array(prices, dtype=np.int64),
        traits=nothing.traits.replaced(size, np.arange(size), [each.trait for each in once]),
        views=store.grown(),
    )


def of_true_designs(entries: Sequence[Entry], too_large: Collection[int]) -> list[Entry]:
    """The entries, without the name of a design whose tag says that it is too large to be one."""
    if not too_large:
        return list(entries)
    return [
        replace(each, facets={**each.facets, DESIGN: ()})
        if tags.design_of(each) in too_large
        else each
        for each in entries
    ]


class _Columns(Mapping[str, Column]):
    """Columns that are made when first asked for: of most facets one search asks nothing."""

    def __init__(self, store: Store, facets: Sequence[Mapping[str, Sequence[Value]]]) -> None:
        self._store, self._facets = store, facets
        self._there = dict.fromkeys(chain.from_iterable(facets))
        self._made: dict[str, Column] = {}

    def __getitem__(self, facet: str) -> Column:
        made = self._made.get(facet)
        if made is None:
            if facet not in self._there:
                raise KeyError(facet)
            words = self._store.column(facet).words
            by_row = [each.get(facet, ()) for each in self._facets]
            rows = np.repeat(np.arange(len(by_row), dtype=np.int32), list(map(len, by_row)))
            values = list(chain.from_iterable(by_row))
            if set(map(type, values)) == {str}:  # which are known sooner than told
                texts = {each: words.code(each) for each in dict.fromkeys(values)}
                codes = [texts[each] for each in values]
            else:
                codes = [words.code(each) for each in values]
            made = self._made[facet] = Column(words, rows, np.array(codes, np.int32))
        return made

    def __contains__(self, facet: object) -> bool:
        return facet in self._there

    def __iter__(self) -> Iterator[str]:
        return iter(self._there)

    def __len__(self) -> int:
        return len(self._there)


def written(vector: Vector) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{each:.9g}" for each in vector.tolist()) + "]"


def _sent(vector: Vector) -> bytes | None:
    """The vector as pgvector receives it; None for zero, which is like nothing."""
    if not vector.any():
        return None
    return _HEAD.pack(len(vector), 0) + vector.astype(">f4").tobytes()


def _received(sent: Sequence[bytes | None], dimension: int) -> Vector:
    """The vectors (n, dimension) that pgvector sent."""
    found = np.zeros((len(sent), dimension), dtype=np.float32)
    seen = [row for row, each in enumerate(sent) if each is not None]
    bare = b"".join(each[_HEAD.size :] for each in sent if each is not None)
    found[seen] = np.frombuffer(bare, dtype=">f4").reshape(-1, dimension)
    return found


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
