"""Reconcile and what PostgreSQL searches: rows that say something else are told, and mended."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import update

from tests.worlds.factories import photo
from tests.worlds.tidying import add, reconcile
from vitrine.services import models
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.stored import proving, rows
from vitrine.tables.search_rows import ROWS
from vitrine.wiring import Runtime

pytestmark = [
    pytest.mark.servers,
    pytest.mark.parametrize("search_engine", ["pgvector"], indirect=True),
]


COLOURS = {"A": "red", "B": "blue", "C": "green"}


@pytest.fixture(autouse=True)
def _by_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "BATCH", 2)


def untrue(shop: Runtime) -> list[str]:
    with shop.sessions.read() as session:
        searched = models.searched(session)
    pages = shop.search_engine.retriever.untrue(shop.sessions, searched)
    return [one for page in pages for one in page]


def test_reconcile_writes_rows_anew_that_say_something_else(runtime: Runtime) -> None:
    lost, stale, _ = (add(runtime, name, photo(colour)) for name, colour in COLOURS.items())
    assert untrue(runtime) == []
    assert reconcile(runtime) == {}
    with runtime.sessions.write() as session:
        collection = models.searched(session)
        vector = [0.0] * (collection.dimension - 1) + [1.0]
        ghost = Entry("ghost", np.array(vector, dtype=np.float32), {"category": ("dress",)}, None)
        rows.write(session.connection(), collection.name, [ghost], gone=[lost.id])
        session.execute(update(ROWS).where(ROWS.c.product_id == stale.id).values(digest=0))
    assert sorted(untrue(runtime)) == sorted(["ghost", lost.id, stale.id])
    assert reconcile(runtime) == {"products_searched_otherwise": 3}
    assert reconcile(runtime, repair=True) == {"products_searched_otherwise": 3}
    assert reconcile(runtime) == {}
    assert untrue(runtime) == []
