"""Rows follow products: in their transaction, by whatever road, and never otherwise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import Text, func, literal_column, select, text, update

from tests.worlds.caches import COUNT, DIMENSION, VERSIONS, content, edit, look, remove, stocked
from tests.worlds.changes import CHANGES, Change, label, restore
from tests.worlds.factories import insert_indexed, unit_vectors
from tests.worlds.waiting import eventually
from vitrine.core.errors import Unavailable
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services import models
from vitrine.services.search.cache.store import SearchCache
from vitrine.services.search.stored import keeping, query, records, rows, schema, terms
from vitrine.tables.catalog import Product
from vitrine.tables.changes import everything_changed
from vitrine.tables.models import RETIRED, Collection
from vitrine.tables.search_rows import ROWS, STATE

STATUSES = SearchCache().statuses


@pytest.fixture
def following(sessions: Sessions) -> Sessions:
    """Sessions whose changes are followed."""
    return Sessions(sessions.engine, lambda session: rows.follow(session, STATUSES))


@pytest.fixture
def ids(following: Sessions) -> list[str]:
    """The products of a small catalogue that has its rows."""
    made = stocked(following)
    assert keeping.settle(following, STATUSES)
    return made


def stored(sessions: Sessions) -> dict[str, Any]:
    """All that rows say, by product."""
    with sessions.read() as session:
        collection = models.active(session)
        assert collection is not None
        shelf = query.opened(session, collection, {})
        return content(
            records.snapshot_of(query.sorted_page(shelf, "newest", limit=999), DIMENSION, {})
        )


def in_memory(sessions: Sessions) -> dict[str, Any]:
    return content(look(sessions, SearchCache()))


def test_a_new_collection_gets_all_rows(following: Sessions, ids: list[str]) -> None:
    assert stored(following) == in_memory(following)
    assert set(stored(following)) == set(ids)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_in_the_rows_of_its_commit(
    following: Sessions, ids: list[str], change: Change
) -> None:
    before = stored(following)
    with following.write() as session:
        change(session, ids[3], 7)
        session.flush()
        assert stored(following) == before, "seen before its commit"
    assert stored(following) == in_memory(following)
    assert (stored(following) == before) == (change is restore)


@settings(max_examples=10)
@given(
    steps=some.lists(
        some.tuples(some.sampled_from(CHANGES), some.integers(0, COUNT - 1), some.integers(0, 20)),
        max_size=8,
    )
)
def test_rows_agree_with_reading_all_anew(
    following: Sessions, steps: list[tuple[Change, int, int]]
) -> None:
    made = stocked(following)
    keeping.settle(following, STATUSES)
    for change, place, dice in steps:
        with following.write() as session:
            change(session, made[place], dice)
        assert stored(following) == in_memory(following)
    with following.read() as session:
        collection = models.searched(session)
        count = select(func.count()).select_from(ROWS)
        assert session.scalar(count) == terms.size(session.connection(), collection.name)


def test_what_is_rolled_back_leaves_nothing(following: Sessions, ids: list[str]) -> None:
    before = stored(following)
    with suppress(ZeroDivisionError), following.write() as session:
        edit(session, ids[0], 1)
        rows.follow(session, STATUSES)
        raise ZeroDivisionError
    assert stored(following) == before == in_memory(following)


def test_what_did_not_change_is_not_written(following: Sessions, ids: list[str]) -> None:
    def place() -> Any:
        with following.read() as session:
            return session.execute(select(ROWS.c.product_id, ROWS.c.digest, _CTID)).all()

    before = place()
    with following.write() as session:
        session.execute(update(Product).values(description="of no meaning to search"))
    assert place() == before


def test_of_two_that_change_one_product_the_second_writes_both(
    following: Sessions, ids: list[str]
) -> None:
    def second() -> None:
        with following.write() as session:
            label(session, ids[0], 4)

    with ThreadPoolExecutor() as pool:
        with following.write() as session:
            edit(session, ids[0], 1)
            rows.follow(session, STATUSES)
            done = pool.submit(second)
            eventually(lambda: _someone_waits(following))
        done.result()
    assert stored(following) == in_memory(following)
    assert ("labels.sleeve", "model 1") in stored(following)[ids[0]][2]


def test_where_everything_changed_all_is_read_anew(following: Sessions, ids: list[str]) -> None:
    unfollowed = Sessions(following.engine)
    with unfollowed.write() as session:
        edit(session, ids[0], 1)
        remove(session, ids[1], 1)
    assert stored(following) != in_memory(following)
    assert keeping.settle(following, STATUSES)
    assert stored(following) != in_memory(following), "nobody said that anything changed"
    with following.write() as session:
        everything_changed(session)
    assert keeping.settle(following, STATUSES)
    assert stored(following) == in_memory(following)


def test_a_build_goes_on_where_it_ended(
    following: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BATCH", 5)
    stocked(following)
    name = VERSIONS.collection
    assert not keeping.settle(following, STATUSES, batches=1)
    assert len(stored(following)) == 5
    assert not keeping.is_ready(following, name)
    assert unsettled(following) == 1
    with following.write() as session:  # what comes in meanwhile is written, and not twice
        insert_indexed(session, VERSIONS, unit_vectors(1, DIMENSION, 3), [{"brand": "new"}])
    while not keeping.settle(following, STATUSES, batches=1):
        pass
    assert keeping.is_ready(following, name)
    assert unsettled(following) == 0
    assert stored(following) == in_memory(following)


def unsettled(following: Sessions) -> int:
    with following.read() as session:
        return keeping.unsettled(session)


def test_one_process_at_a_time_settles(following: Sessions, ids: list[str]) -> None:
    with following.engine.connect() as other:
        other.execute(select(func.pg_advisory_lock(keeping._LOCK)))
        assert not keeping.settle(following, STATUSES)
        other.execute(select(func.pg_advisory_unlock(keeping._LOCK)))
    assert keeping.settle(following, STATUSES)


def test_a_collection_that_is_no_more_loses_its_rows(following: Sessions, ids: list[str]) -> None:
    with following.write() as session:
        session.execute(update(Collection).values(state=RETIRED))
    assert keeping.settle(following, STATUSES)
    with following.read() as session:
        assert session.scalar(select(func.count()).select_from(ROWS)) == 0
        assert session.scalar(select(func.count()).select_from(STATE)) == 0
        assert terms.facets(session.connection(), VERSIONS.collection) == []


def test_other_statuses_are_read_anew(following: Sessions, ids: list[str]) -> None:
    with following.write() as session:
        session.execute(update(Product).where(Product.id == ids[0]).values(status="draft"))
    assert ids[0] not in stored(following)
    assert keeping.settle(following, (*STATUSES, "draft"))
    assert ids[0] in stored(following)


def test_many_products_get_lists_and_many_more_get_others(
    following: Sessions, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lists() -> int:
        with following.read() as session:
            return schema.extent(session.connection(), VERSIONS.collection).whole.number

    assert lists() == 0
    for number in (4, 16, 0):
        monkeypatch.setattr(schema, "lists_of", lambda size, lists=number: lists)
        assert keeping.settle(following, STATUSES)
        assert lists() == number
        assert stored(following) == in_memory(following)


def test_tables_of_another_version_are_made_anew(following: Sessions, ids: list[str]) -> None:
    with following.write() as session:
        session.execute(text("ALTER TABLE search_state ADD COLUMN of_another_version int"))
    keeping.prepare(following)
    assert keeping.settle(following, STATUSES)
    assert stored(following) == in_memory(following)
    keeping.prepare(following)
    assert keeping.is_ready(following, VERSIONS.collection), "nothing was to be made anew"


def test_a_database_without_pgvector_says_what_to_do(postgres_database: str) -> None:
    engine = make_engine(Settings.model_validate({"database": {"url": postgres_database}}))
    with pytest.raises(Unavailable, match="CREATE EXTENSION vector") as told:
        keeping.prepare(Sessions(engine))
    assert told.value.code == "pgvector_missing"
    engine.dispose()


def test_sqlite_says_what_to_do(tmp_path: Any) -> None:
    engine = make_engine(Settings(data_dir=tmp_path))
    with pytest.raises(Unavailable, match="needs a PostgreSQL database") as told:
        keeping.prepare(Sessions(engine))
    assert told.value.code == "pgvector_needs_postgresql"
    engine.dispose()


_CTID = literal_column("ctid", Text)


def _someone_waits(sessions: Sessions) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with sessions.engine.connect() as connection:
        return bool(connection.exec_driver_sql(waiting).scalar())
