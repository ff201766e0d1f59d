"""What a collection holds as a whole: its values with their counts, its size, mean and spread."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    FromClause,
    column,
    delete,
    func,
    insert,
    select,
    table,
    tablesample,
    update,
)

from vitrine.fields.designs import LARGEST
from vitrine.services.search.cache.columns import Count
from vitrine.services.search.stored import schema
from vitrine.services.search.stored.rows import EVERY
from vitrine.services.search.tokens import DESIGN
from vitrine.tables.search_rows import STATE, TERMS
from vitrine.vision.types import Vector

SAMPLE = 50_000
"""Of so many vectors the mean and the spread are measured; of more it would tell nothing else."""

MOVED = 0.05
"""A collection that grew or shrank by this share is measured anew."""

FEW = 1_000
"""So many rows of terms are not worth summing."""

_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Spread:
    """What cosines to any vector are like, over all products, those without a photo being 0."""

    mean: NDArray[np.float64]
    moments: NDArray[np.float64]

    def of(self, vector: Vector) -> tuple[float, float]:
        """The mean and the standard deviation of all cosines to the vector."""
        wide = vector.astype(np.float64)
        mean = float(self.mean @ wide)
        return mean, math.sqrt(max(0.0, float(wide @ self.moments @ wide) - mean * mean))


def size(connection: Connection, name: str) -> int:
    """How many products a collection has."""
    return sum(each.count for each in values(connection, name, EVERY))


def facets(connection: Connection, name: str) -> list[str]:
    """The facets of which any product has a value, by name."""
    found = (
        select(TERMS.c.facet)
        .where(TERMS.c.collection == name, TERMS.c.facet != EVERY)
        .group_by(TERMS.c.facet)
        .having(func.sum(TERMS.c.count) > 0)
    )
    return sorted(connection.scalars(found))


def values(connection: Connection, name: str, facet: str, most: int | None = None) -> list[Count]:
    """Every spelling of a facet's values and how many products have it, the most frequent first."""
    total = func.sum(TERMS.c.count)
    found = (
        select(TERMS.c.value, total.label("total"))
        .where(TERMS.c.collection == name, TERMS.c.facet == facet)
        .group_by(TERMS.c.value)
        .having(total > 0)
        .order_by(total.desc(), TERMS.c.value)
        .limit(most)
    )
    return [Count(json.loads(row.value), int(row.total)) for row in connection.execute(found)]


def told(
    connection: Connection, name: str, tags: Iterable[int]
) -> dict[int, list[tuple[str, Count]]]:
    """By tag its facet and spellings, the most frequent first."""
    total = func.sum(TERMS.c.count)
    rows = connection.execute(
        select(TERMS.c.tag, TERMS.c.facet, TERMS.c.value, total.label("total"))
        .where(TERMS.c.collection == name, TERMS.c.tag.in_(list(tags)))
        .group_by(TERMS.c.tag, TERMS.c.facet, TERMS.c.value)
        .having(total > 0)
        .order_by(total.desc(), TERMS.c.value)
    )
    found: dict[int, list[tuple[str, Count]]] = {}
    for row in rows:
        count = Count(json.loads(row.value), int(row.total))
        found.setdefault(row.tag, []).append((row.facet, count))
    return found


def too_large(connection: Connection, name: str) -> list[int]:
    """The tags of designs of so many products that they are no variants of one."""
    return list(
        connection.scalars(
            select(TERMS.c.tag)
            .where(TERMS.c.collection == name, TERMS.c.facet == DESIGN)
            .group_by(TERMS.c.tag, TERMS.c.value)
            .having(func.sum(TERMS.c.count) > LARGEST)
        )
    )


def compact(connection: Connection, name: str) -> None:
    """Sum what transactions added to terms, once it is more than there was; those that write
    meanwhile add beside it."""
    here, own = TERMS.c.collection == name, STATE.c.collection == name
    count = select(func.count()).select_from(TERMS).where(here)
    before = connection.scalar(select(STATE.c.terms).where(own)) or 0
    if (connection.scalar(count) or 0) <= 2 * before + FEW:
        return
    taken = delete(TERMS).where(here).returning(*TERMS.c).cte("taken")
    total = func.sum(taken.c.count)
    same = (taken.c.collection, taken.c.tag, taken.c.facet, taken.c.value)
    summed = select(*same, total).group_by(*same).having(total != 0)
    connection.execute(insert(TERMS).from_select(list(TERMS.c.keys()), summed))
    connection.execute(update(STATE).where(own).values(terms=count.scalar_subquery()))


def measure(connection: Connection, name: str) -> None:
    """Measure mean and spread anew where they never were, or the collection grew or shrank."""
    count = size(connection, name)
    here = STATE.c.collection == name
    known = connection.scalar(select(STATE.c.measured).where(here))
    if known is not None and abs(count - known) <= MOVED * known:
        return
    mean, moments, seen = _sums(connection, name, count)
    connection.execute(
        update(STATE)
        .where(here)
        .values(measured=count, seen=seen, mean=mean.tobytes(), moments=moments.tobytes())
    )


def spread(connection: Connection, name: str) -> Spread | None:
    """What cosines in a collection are like, as last measured; None before."""
    row = connection.execute(
        select(STATE.c.dimension, STATE.c.mean, STATE.c.moments).where(STATE.c.collection == name)
    ).one_or_none()
    if row is None or row.mean is None:
        return None
    moments = np.frombuffer(row.moments, dtype=np.float64)
    return Spread(np.frombuffer(row.mean, dtype=np.float64), moments.reshape(row.dimension, -1))


def _sums(
    connection: Connection, name: str, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """The mean of the vectors and of their products with themselves, and how many have one."""
    dimension = connection.scalar(select(STATE.c.dimension).where(STATE.c.collection == name)) or 0
    vectors = select(func.vector_send(column("vector")))
    some: FromClause = table(schema.partition(name))
    if count > SAMPLE:
        some = tablesample(some, func.system(100 * SAMPLE / count))
    query, options = vectors.select_from(some), {"yield_per": _STEP}
    rows = connection.execute(query, execution_options=options).scalars()
    mean, moments = np.zeros(dimension), np.zeros((dimension, dimension))
    taken = seen = 0
    for part in rows.partitions(_STEP):
        sent = [each for each in part if each is not None]
        taken, seen = taken + len(part), seen + len(sent)
        block = np.array([np.frombuffer(one, ">f4", offset=4) for one in sent], dtype=np.float64)
        if sent:
            mean += block.sum(axis=0)
            moments += block.T @ block
    return mean / max(1, taken), moments / max(1, taken), seen
