"""What search holds in memory follows SQL: every change, by whatever road, in every process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, select, text, update

from tests.worlds.caches import (
    COUNT,
    DIMENSION,
    content,
    edit,
    look,
    remove,
    stocked,
)
from tests.worlds.changes import CHANGES, Change, add, embed_anew, restore
from tests.worlds.factories import unit_vectors
from vitrine import schema
from vitrine.core.clock import now
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services.search.cache import reading, refresh
from vitrine.services.search.cache.columns import Chosen
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.filters import parse
from vitrine.tables.catalog import (
    Product,
)
from vitrine.tables.changes import ProductChange


def matching(snapshot: Snapshot, asked: dict[str, Any]) -> set[str]:
    return {snapshot.ids[int(row)] for row in np.flatnonzero(snapshot.where(parse(asked)))}


steps = some.lists(
    some.tuples(some.sampled_from(CHANGES), some.integers(0, COUNT - 1), some.integers(0, 20)),
    max_size=12,
)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen_by_the_next_search(
    both_databases: tuple[Settings, Sessions], change: Change
) -> None:
    _, sessions = both_databases
    ids = stocked(sessions)
    cache = SearchCache()
    before = content(look(sessions, cache))
    with sessions.write() as session:
        change(session, ids[3], 7)
    after = content(look(sessions, cache))
    assert after == content(look(sessions, SearchCache()))
    assert (after == before) == (change is restore), "only restoring a living product is nothing"


@settings(max_examples=25)
@given(steps=steps)
def test_two_processes_agree_with_one_that_reads_all_anew(
    sessions: Sessions, steps: list[tuple[Change, int, int]]
) -> None:
    ids = stocked(sessions)
    often, seldom = SearchCache(), SearchCache()
    look(sessions, seldom)
    for change, place, dice in steps:
        with sessions.write() as session:
            change(session, ids[place], dice)
        assert content(look(sessions, often)) == content(look(sessions, SearchCache()))
    assert content(look(sessions, seldom)) == content(look(sessions, often))


def test_an_older_snapshot_stays_as_it_was(sessions: Sessions) -> None:
    ids = stocked(sessions)
    cache = SearchCache()
    old = look(sessions, cache)
    before = content(old)
    for change in (edit, embed_anew, remove, add):
        with sessions.write() as session:
            change(session, ids[1], 3)
        look(sessions, cache)
    assert content(old) == before


def test_a_change_that_was_rolled_back_is_not_seen(sessions: Sessions) -> None:
    ids = stocked(sessions)
    cache = SearchCache()
    before = content(look(sessions, cache))
    with sessions.write() as session:
        edit(session, ids[0], 1)
        session.flush()
        session.rollback()
    assert content(look(sessions, cache)) == before


@pytest.fixture
def on_postgres(postgres_database: str, settings: Settings) -> Iterator[Sessions]:
    database = settings.database.model_copy(update={"url": postgres_database})
    engine = make_engine(settings.model_copy(update={"database": database}))
    yield Sessions(engine)
    engine.dispose()


@pytest.mark.servers
def test_a_transaction_that_commits_after_a_later_one_is_not_missed(
    on_postgres: Sessions,
) -> None:
    sessions = on_postgres
    ids = stocked(sessions)
    cache = SearchCache()
    look(sessions, cache)
    with sessions.write() as slow:
        edit(slow, ids[0], 1)
        slow.flush()
        with sessions.write() as fast:
            edit(fast, ids[1], 1)
        seen = look(sessions, cache)
        assert matching(seen, {"category": "category 1"}) == {ids[1]}
        assert look(sessions, cache) is seen, "what was seen is not read again"
    assert matching(look(sessions, cache), {"category": "category 1"}) == {ids[0], ids[1]}


def test_threads_search_while_others_write(sessions: Sessions) -> None:
    ids = stocked(sessions)
    cache = SearchCache()

    def search(_: int) -> None:
        snapshot = look(sessions, cache)
        told = content(snapshot)
        assert matching(snapshot, {"brand": "b0"}) <= told.keys()
        wide = snapshot.best(
            unit_vectors(1, DIMENSION)[0], np.flatnonzero(snapshot.alive), 99, None
        )
        assert sorted(place.id for place in wide) == sorted(told)

    with ThreadPoolExecutor(4) as pool:
        looking = pool.map(search, range(40))
        for number in range(10):
            with sessions.write() as session:
                for change in (edit, embed_anew, add, remove):
                    change(session, ids[number], number)
        list(looking)
    assert content(look(sessions, cache)) == content(look(sessions, SearchCache()))


def test_nothing_is_read_again_while_nothing_changes(sessions: Sessions) -> None:
    stocked(sessions)
    cache = SearchCache()
    assert look(sessions, cache) is look(sessions, cache)


def test_a_snapshot_nobody_asked_for_in_an_hour_is_read_anew(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = stocked(sessions)
    cache = SearchCache()
    look(sessions, cache)
    with sessions.write() as session:
        edit(session, ids[0], 1)
        session.execute(delete(ProductChange))  # as if long ago
    assert matching(look(sessions, cache), {"category": "category 1"}) == set()
    monkeypatch.setattr(refresh, "STALE", -1.0)
    assert matching(look(sessions, cache), {"category": "category 1"}) == {ids[0]}


def test_many_dead_rows_make_room_again(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = stocked(sessions, 1_200)
    cache = SearchCache()
    look(sessions, cache)
    with sessions.write() as session:
        rows = update(Product).where(Product.id.in_(ids[:1_100]))
        session.execute(rows.values(deleted_at=now()))
    assert look(sessions, cache).size == 1_200
    with sessions.write() as session:
        edit(session, ids[-1], 1)
    assert look(sessions, cache).size == 100


def test_changes_of_yesterday_are_forgotten_and_numbers_keep_rising(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = stocked(sessions)
    cache = SearchCache()
    look(sessions, cache)
    with sessions.read() as session:
        assert not refresh.outdated(session, now())
    monkeypatch.setattr(refresh, "KEPT", timedelta(seconds=-5))
    with sessions.write() as session:
        assert refresh.outdated(session, now())
        refresh.forget(session, now())
        kept = session.scalars(select(ProductChange)).all()
        assert len(kept) == 1, "the last one, by which a kept snapshot knows its database"
        assert not refresh.outdated(session, now())
    with sessions.write() as session:
        edit(session, ids[0], 1)
    assert matching(look(sessions, cache), {"category": "category 1"}) == {ids[0]}


def test_migrations_put_the_triggers_back_and_have_all_read_anew(
    settings: Settings, sessions: Sessions
) -> None:
    ids = stocked(sessions)
    cache = SearchCache()
    old = look(sessions, cache)
    schema.upgrade(sessions.engine)
    assert look(sessions, cache) is old, "nothing was missing"
    with sessions.write() as session:
        session.execute(text("DROP TRIGGER note_products_update"))
    schema.upgrade(sessions.engine)
    assert look(sessions, cache) is not old
    with sessions.write() as session:
        edit(session, ids[0], 1)
    assert matching(look(sessions, cache), {"category": "category 1"}) == {ids[0]}


def test_reading_that_fails_half_way_leaves_nothing_half_read(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = stocked(sessions)
    cache = SearchCache()
    look(sessions, cache)
    with sessions.write() as session:
        embed_anew(session, ids[0], 5)
    with monkeypatch.context() as broken:
        broken.setattr(reading, "_facets", lambda row: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            look(sessions, cache)
    assert content(look(sessions, cache)) == content(look(sessions, SearchCache()))


def test_values_that_cannot_be_filtered_by_are_left_out(sessions: Sessions) -> None:
    ids = stocked(sessions, 1)
    given: dict[str, Any] = {
        "fit": ["Slim", "slim", ""],
        "deep": {"x": 1},
        "none": None,
        "on": True,
    }
    with sessions.write() as session:
        session.execute(update(Product).values(attributes=given | {"availability": "in_stock"}))
    snapshot = look(sessions, SearchCache())
    assert set(snapshot.columns) == {
        *("category", "brand", "availability", "words", "garment"),
        *("attributes.fit", "attributes.on", "attributes.availability"),
    }
    fits = snapshot.counts("attributes.fit", Chosen(snapshot.alive))
    assert [each.value for each in fits] == ["Slim"]
    for asked in (
        {"availability": "IN_STOCK"},
        {"attributes.on": True},
        {"attributes.fit": "SLIM"},
    ):
        assert matching(snapshot, asked) == set(ids)


def test_only_products_of_the_offered_statuses_are_found(sessions: Sessions) -> None:
    active, draft, *_ = ids = stocked(sessions, 4)
    shoppers, staff = SearchCache(), SearchCache(statuses=("active", "draft"))
    assert set(content(look(sessions, shoppers))) == set(ids)
    with sessions.write() as session:
        session.execute(update(Product).where(Product.id == draft).values(status="draft"))
    assert set(content(look(sessions, shoppers))) == {*ids} - {draft}
    assert set(content(look(sessions, staff))) == set(ids)
    with sessions.write() as session:
        session.execute(update(Product).values(status="archived"))
        session.execute(update(Product).where(Product.id == active).values(status="active"))
    assert set(content(look(sessions, shoppers))) == {active}
    assert set(content(look(sessions, SearchCache()))) == {active}, "read anew, it is the same"
