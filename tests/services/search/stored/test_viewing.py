"""Products that are near by another photo, once these are many and lie in lists."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import func, select

from tests.worlds.factories import unit_vectors
from tests.worlds.shelves import DIMENSION, NAME, both, made_up
from vitrine.db import Sessions
from vitrine.services.search.filters import parse
from vitrine.services.search.stored import query, rows, schema, viewing
from vitrine.tables.search_rows import VIEWS

PRODUCTS = made_up(400)
SEEN = sum(len(each.views) for each in PRODUCTS)


def stored(sessions: Sessions) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(VIEWS)) or 0


def test_lists_come_with_many_views_and_go_with_them(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "LISTED_ABOVE", 50)
    monkeypatch.setattr(schema, "lists_of", lambda size: 4 if size > schema.LISTED_ABOVE else 0)
    with both(sessions, PRODUCTS) as there:
        assert there.shelf.views == 0
    assert stored(sessions) == SEEN
    viewing.settle(sessions.engine, NAME, DIMENSION)
    with both(sessions, PRODUCTS) as there:
        assert there.shelf.views == 4
        for vector in unit_vectors(20, DIMENSION, 7):
            for asked in ({}, {"brand": "acme"}, {"attributes.share": "0.01"}):
                filters = parse(asked)
                seen = there.snapshot.where(filters) & ~there.snapshot.having("unseen", "true")
                best = there.snapshot.best(vector, np.flatnonzero(seen), 20, None)
                found = query.nearest(there.shelf, vector, there.shelf.where(filters), 20)
                assert [each.id for each in found] == [place.id for place in best], asked
    monkeypatch.setattr(schema, "LISTED_ABOVE", 10_000)
    viewing.settle(sessions.engine, NAME, DIMENSION)
    with both(sessions, PRODUCTS) as there:
        assert there.shelf.views == 0


def test_views_go_with_their_product_and_with_their_collection(sessions: Sessions) -> None:
    with both(sessions, PRODUCTS):
        pass
    gone = [each.id for each in PRODUCTS[:100]]
    with sessions.write() as session:
        rows.write(session.connection(), NAME, (), gone)
    left = sum(len(each.views) for each in PRODUCTS[100:])
    assert 0 < stored(sessions) == left < SEEN
    with sessions.write() as session:
        schema.drop(session.connection(), NAME)
    assert stored(sessions) == 0
