"""What search holds in memory of a small catalogue, and changes to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.worlds.factories import insert_indexed, unit_vectors
from vitrine.core.clock import now
from vitrine.db import SHOW_DELETED, Sessions
from vitrine.services import models
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import SearchCache
from vitrine.tables.catalog import Product
from vitrine.vision.types import Versions

DIMENSION = 4
VERSIONS = Versions("cache-1", "p1", "none", DIMENSION, text_share=0.3)
COUNT = 12


def stocked(sessions: Sessions, count: int = COUNT) -> list[str]:
    """Indexed products, each of its own brand; their ids."""
    with sessions.write() as session:
        models.register(session, VERSIONS)
        given = [{"category": "dress", "brand": f"b{n}"} for n in range(count)]
        return insert_indexed(session, VERSIONS, unit_vectors(count, DIMENSION), given)


def look(sessions: Sessions, cache: SearchCache) -> Snapshot:
    """What a process with this cache holds now."""
    with sessions.read() as session:
        return look_in(session, cache)


def look_in(session: Session, cache: SearchCache) -> Snapshot:
    """The same, in a session that there is."""
    collection = models.active(session)
    assert collection is not None
    return refresh.current(session, cache, collection)


def content(snapshot: Snapshot) -> dict[str, Any]:
    """All that a snapshot says, by product."""
    rows = np.flatnonzero(snapshot.alive)
    told: dict[str, Any] = {
        snapshot.ids[row]: [
            snapshot.vectors[row].tolist(),
            int(snapshot.prices[row]),
            set(),
            snapshot.traits.codes[row].tolist(),
            snapshot.traits.shares[row].tolist(),
            float(snapshot.traits.aspects[row]),
            _views(snapshot, row),
        ]
        for row in map(int, rows)
    }
    assert len(told) == len(rows), "a product lives in one row"
    for facet, column in snapshot.columns.items():
        for row, code in zip(column.rows, column.codes, strict=True):
            if snapshot.alive[row]:
                told[snapshot.ids[row]][2].add((facet, column.words.values[code]))
    return told


def _views(snapshot: Snapshot, row: int) -> list[Any]:
    """The photos of a product that look otherwise."""
    views = snapshot.views
    _, numbers = views.of(np.array([row]))
    return [
        (views.crops[each], views.vectors[each].tolist(), views.traits.codes[each].tolist())
        for each in numbers.tolist()
    ]


def edit(session: Session, product_id: str, dice: int) -> None:
    """Another category and other attributes, by the dice."""
    product = session.get(Product, product_id)
    if product is not None:
        product.category = f"category {dice % 3}"
        product.attributes = {"fit": [f"f{dice % 2}", "all"], "n": dice}


def remove(session: Session, product_id: str, dice: int) -> None:
    """The product deleted."""
    set_deleted(session, product_id, now())


def set_deleted(session: Session, product_id: str, moment: datetime | None) -> None:
    """The product deleted at a moment, or not."""
    rows = update(Product).where(Product.id == product_id)
    session.execute(rows.values(deleted_at=moment), execution_options=SHOW_DELETED)
