"""Records of searches are written behind whoever is answered, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from tests.worlds.factories import photo
from tests.worlds.indexing import indexed
from tests.worlds.visitors import furnished
from vitrine.api.app import create_app
from vitrine.core.clock import new_id, now
from vitrine.db import Sessions
from vitrine.services import search
from vitrine.services.search import SearchRequest, records
from vitrine.services.search.records import Records
from vitrine.tables.jobs import QueryResult
from vitrine.tables.shop import SEARCH, ShopEvent
from vitrine.wiring import Runtime


@pytest.fixture
def behind(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """Writes only when it is asked to."""
    monkeypatch.setattr(records, "GATHERING", 3600.0)
    monkeypatch.setattr(records, "AGAIN", 0.01)
    with closing(Records(sessions)) as made:
        yield made


def searched(**given: object) -> QueryResult:
    values = {"collection": "c", "query": {"text": "Ärmel"}, "hits": [], "milliseconds": 1.0}
    return QueryResult(id=new_id(), created_at=now(), **values | given)


def count(sessions: Sessions, kind: type[QueryResult | ShopEvent] = QueryResult) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_what_is_added_is_there_once_it_is_settled(sessions: Sessions, behind: Records) -> None:
    row = searched(summary={"total": 3})
    behind.add(row)
    assert count(sessions) == 0
    behind.settle()
    with sessions.read() as session:
        found = session.scalars(select(QueryResult)).one()
    assert (found.id, found.created_at, found.query) == (row.id, row.created_at, row.query)
    assert (found.summary, found.user_id, found.job_id) == ({"total": 3}, None, None)


def test_those_that_wait_are_written_in_one_transaction(
    sessions: Sessions, behind: Records
) -> None:
    commits = list[object]()
    event.listen(sessions.engine, "commit", commits.append)
    for number in range(20):
        behind.add(searched(), ShopEvent(kind=SEARCH, hits=number))
    behind.settle()
    assert (count(sessions), count(sessions, ShopEvent)) == (20, 20)
    assert len(commits) == 1


def test_it_writes_by_itself_after_a_while(
    sessions: Sessions, behind: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "GATHERING", 0.01)
    behind.add(searched())
    while not count(sessions):  # the suite's own limit ends a test that waits for nothing
        pass


def test_closing_writes_what_waits(sessions: Sessions, behind: Records) -> None:
    behind.add(searched(), searched())
    behind.close()
    assert count(sessions) == 2


def test_closing_what_was_never_used_does_nothing(sessions: Sessions) -> None:
    Records(sessions).close()


def test_settling_with_nothing_to_write_returns(behind: Records) -> None:
    behind.settle()


def test_many_threads_lose_nothing(sessions: Sessions, behind: Records) -> None:
    def search_once(number: int) -> None:
        behind.add(searched())
        if number % 7 == 0:
            behind.settle()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(search_once, range(200)))
    behind.settle()
    assert count(sessions) == 200


def test_a_record_that_names_who_is_gone_keeps_no_other_from_being_written(
    sessions: Sessions, behind: Records
) -> None:
    behind.add(searched(), searched(user_id=new_id()), searched())
    behind.settle()
    assert count(sessions) == 2


def test_a_database_that_takes_nothing_is_asked_again(sessions: Sessions, behind: Records) -> None:
    refused = list[object]()

    def refuse(*_: object) -> None:
        if not refused:
            refused.append(1)
            raise OperationalError("INSERT", {}, Exception("the disk is full"))

    event.listen(sessions.engine, "before_cursor_execute", refuse)
    behind.add(searched())
    behind.settle()
    assert refused
    while not count(sessions):
        behind.settle()


def test_beyond_its_bound_the_oldest_are_lost(
    sessions: Sessions, behind: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MOST", 2)
    refusing = True

    def refuse(*_: object) -> None:
        if refusing:
            raise OperationalError("INSERT", {}, Exception("the disk is full"))

    event.listen(sessions.engine, "before_cursor_execute", refuse)
    rows = [searched() for _ in range(5)]
    behind.add(*rows)
    behind.settle()
    refusing = False
    while count(sessions) < 2:
        behind.settle()
    with sessions.read() as session:
        assert set(session.scalars(select(QueryResult.id))) == {row.id for row in rows[-2:]}


def test_a_search_is_answered_before_it_is_recorded_and_shown_again_after(
    runtime: Runtime, behind: Records
) -> None:
    indexed(runtime, "red", photo("red"))
    engine = replace(runtime, records=behind).search_engine
    answer = search.search(engine, SearchRequest(text="red"))
    assert count(runtime.sessions) == 0
    engine.settle()
    with runtime.sessions.read() as session:
        again = search.load(session, answer.result.id)
    assert [hit.product.id for hit in again.hits] == [hit.product.id for hit in answer.hits]
    assert again.result.created_at == answer.result.created_at


def test_what_visitors_did_a_moment_ago_is_counted(runtime: Runtime, behind: Records) -> None:
    door = furnished(runtime)
    headers, shop = door.headers(), replace(runtime, records=behind)
    with TestClient(create_app(shop.settings, shop), "https://testserver") as client:
        searched = client.post("/v1/shop/search", json={"text": "red"}, headers=headers).json()
        assert count(runtime.sessions, ShopEvent) == 0
        told = {"events": [{"type": "search", "search_id": searched["search_id"]}]}
        taken = client.post("/v1/shop/events", json=told, headers=headers).json()
    assert taken == {"accepted": 1, "ignored": 0}
    assert count(runtime.sessions, ShopEvent) == 2
