"""A large catalogue in memory: what the vector index proposes, and where vectors lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.worlds import stocks
from tests.worlds.factories import unit_vectors
from tests.worlds.stocks import DIMENSION, SIZE, VERSIONS, Stock, ask
from vitrine.ports import Point
from vitrine.services.search.cache.store import SearchCache


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Stock]:
    with stocks.in_memory(tmp_path_factory.mktemp("stock"), migrated_sqlite) as made:
        yield made


def test_a_large_catalogue_without_filters_is_proposed_by_the_index(
    stock: Stock,
) -> None:
    large = Stock(stock.sessions, SearchCache(index_above=SIZE - 1))
    vector = unit_vectors(1, DIMENSION, 5)[0]
    exact = ask(stock, vector, 10).places
    assert ask(large, vector, 10).places == exact, "no index yet: exact"
    large.ports.vectors.ensure(VERSIONS.collection, DIMENSION)
    known = [Point(place.id, vector) for place in ask(stock, vector, 40).places[20:]]
    large.ports.vectors.upsert(VERSIONS.collection, known)
    proposed = ask(large, vector, 10)
    assert proposed.places == tuple(ask(stock, vector, 40).places[20:30])
    assert ask(large, vector, 10, filters={"price": {"min": 0}}).places != (proposed.places), (
        "filters are always exact"
    )


def test_vectors_beyond_the_memory_they_may_take_lie_in_a_file(
    stock: Stock,
) -> None:
    small = Stock(stock.sessions, SearchCache(most_bytes=1_000))
    vector = unit_vectors(1, DIMENSION, 6)[0]
    assert ask(small, vector).places == ask(stock, vector).places
    held = small.engine.cache.held[VERSIONS.collection].snapshot.vectors
    assert isinstance(held, np.memmap)
