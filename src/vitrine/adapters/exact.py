"""Exact search straight from the vectors kept in SQL.

For a process that may not open the embedded index because another one owns it. What it reads is
the truth itself, so there is nothing to write: the writing verbs have nothing left to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from vitrine.core.errors import NotFound
from vitrine.db import Sessions
from vitrine.ports import Neighbour, Point
from vitrine.tables.catalog import CropEmbedding, Product
from vitrine.tables.models import Collection
from vitrine.tables.vectors import blended, embedded, words
from vitrine.vision.types import Vector


@dataclass(frozen=True)
class StoredVectors:
    """A VectorIndex that scans the database: always true, slower than an index."""

    sessions: Sessions

    def ensure(self, collection: str, dimension: int) -> None:
        """Nothing to make."""

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Nothing to write."""

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Nothing to remove."""

    def drop(self, collection: str) -> None:
        """Nothing to remove."""

    def query(self, collection: str, vector: Vector, limit: int) -> list[Neighbour]:
        """The nearest products by a scan over all; raises NotFound for an unknown collection."""
        stored = self._vectors(collection)
        if not stored:
            return []
        ids = sorted(stored)
        scores = np.stack([stored[each] for each in ids]) @ vector
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Neighbour(ids[place], float(scores[place])) for place in best]

    def get(self, collection: str, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that exist."""
        stored = self._vectors(collection)
        return {each: stored[each] for each in ids if each in stored}

    def ids(self, collection: str) -> set[str]:
        """Every product with a vector in the collection."""
        return set(self._vectors(collection))

    def count(self, collection: str) -> int:
        """How many products have a vector in the collection."""
        return len(self._vectors(collection))

    def _vectors(self, collection: str) -> dict[str, Vector]:
        with self.sessions.read() as session:
            row = session.scalar(select(Collection).where(Collection.name == collection))
            if row is None:
                raise NotFound("collection_unknown", f"There is no collection {collection}.")
            rows = session.execute(
                embedded(row).with_only_columns(Product.id, CropEmbedding.vector, words(row))
            )
            return {each: blended(photo, text, row.text_share) for each, photo, text in rows}
