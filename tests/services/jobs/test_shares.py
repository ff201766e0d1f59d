"""Catalogues do not hold up single products, nor each other; a product is one job's at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.worlds.fakes import ListQueue
from vitrine.core.clock import new_id, now
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import jobs
from vitrine.services.jobs import Claim, Order, Share, kinds, turns, workers
from vitrine.services.jobs.workers import Duty
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import QUEUED, Job
from vitrine.tables.people import User

pytestmark = pytest.mark.parametrize("both_databases", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def sessions(both_databases: tuple[Settings, Sessions]) -> Sessions:
    with both_databases[1].write() as session:
        workers.beat(session, Duty(1))
    return both_databases[1]


def person(sessions: Sessions, name: str) -> str:
    with sessions.write() as session:
        user = User(email=f"{name}@example.org", password_hash="", role="editor", name=name)
        session.add(user)
        session.flush()
        return user.id


def product(sessions: Sessions, name: str) -> str:
    with sessions.write() as session:
        made = Product(id=new_id(), external_id=name, title=name)
        session.add(made)
        return made.id


def submit(sessions: Sessions, order: Order) -> str:
    with sessions.write() as session:
        return jobs.submit(session, ListQueue(), order).id


def flood(sessions: Sessions, name: str, share: Share, many: int = 30) -> list[str]:
    """Index jobs of many products, as an import submits them: for nobody, in its share."""
    with jobs.taking(share):
        return [
            submit(sessions, Order(kinds.Index(), product(sessions, f"{name}{n}")))
            for n in range(many)
        ]


def take(sessions: Sessions) -> Claim | None:
    with sessions.write() as session:
        return turns.take(session, 30.0)


def must_take(sessions: Sessions) -> Claim:
    held = take(sessions)
    assert held is not None
    return held


def finish(sessions: Sessions, held: Claim) -> None:
    with sessions.write() as session:
        jobs.finish(session, held)


def ran(sessions: Sessions, many: int) -> list[str]:
    """The jobs whose turn it is, one after the other."""
    done = []
    for _ in range(many):
        held = must_take(sessions)
        finish(sessions, held)
        done.append(held.job_id)
    return done


def test_a_photo_comes_before_the_rest_of_ones_own_import(sessions: Sessions) -> None:
    by = person(sessions, "by")
    rows = flood(sessions, "row", Share(by, bulk=True))
    assert ran(sessions, 3) == rows[:3]
    single = submit(sessions, Order(kinds.Index(), product(sessions, "single"), by))
    assert ran(sessions, 2) == [single, rows[3]]


def test_sources_and_imports_take_turns_however_large_one_is(sessions: Sessions) -> None:
    large = flood(sessions, "large", Share("large", bulk=True), 60)
    assert ran(sessions, 2) == large[:2]
    small = flood(sessions, "small", Share("small", bulk=True), 4)
    own = flood(sessions, "own", Share(person(sessions, "by"), bulk=True), 4)
    done = ran(sessions, 12)
    assert set(small) | set(own) < set(done)
    assert len(set(done) & set(large)) == 4


def test_what_weighs_little_comes_round_however_much_is_asked_beside_it(
    sessions: Sessions,
) -> None:
    row = flood(sessions, "row", Share("source", bulk=True), 1)
    people = [person(sessions, f"person{n}") for n in range(3)]
    for by in people:
        for _ in range(2):
            submit(sessions, Order(kinds.Search(query={}), created_by=by))
    with sessions.write() as session:
        waited = now() - timedelta(hours=1)
        session.execute(update(Job).where(Job.id.in_(row)).values(created_at=waited))
        searches = update(Job).where(Job.kind == "search")
        session.execute(searches.values(created_at=now() - timedelta(minutes=2)))
    assert ran(sessions, 1) == row


def test_what_a_job_submits_takes_its_turn_and_what_a_person_asks_their_own(
    sessions: Sessions,
) -> None:
    by = person(sessions, "by")
    with jobs.taking(Share("source", bulk=True)):
        inherits = submit(sessions, Order(kinds.Publish()))
        own = submit(sessions, Order(kinds.Publish(), created_by=by))
    nobody = submit(sessions, Order(kinds.Publish()))
    with sessions.read() as session:
        found = {each.id: (each.share, each.bulk) for each in session.scalars(select(Job))}
    assert found == {inherits: ("source", True), own: (by, False), nobody: ("", False)}


def test_a_job_waits_while_another_of_its_product_runs(sessions: Sessions) -> None:
    coat, shirt = product(sessions, "coat"), product(sessions, "shirt")
    first = submit(sessions, Order(kinds.Index(), coat))
    same = submit(sessions, Order(kinds.Index(), coat, person(sessions, "by")))
    label = submit(sessions, Order(kinds.Label(), coat))
    other = submit(sessions, Order(kinds.Index(), shirt))
    held = must_take(sessions)
    beside = must_take(sessions)
    assert {held.job_id, beside.job_id} < {first, same, label, other}
    assert {held.product_id, beside.product_id} == {coat, shirt}
    assert take(sessions) is None
    with sessions.read() as session:
        assert not turns.any_waiting(session)
    with sessions.write() as session:
        waiting = session.scalars(select(Job.id).where(Job.status == QUEUED)).all()
        assert all(jobs.claim(session, each, 30.0) is None for each in waiting)
    for each in (held, beside):
        finish(sessions, each)
    last = {must_take(sessions).product_id}
    assert last == {coat}
    assert take(sessions) is None


def test_jobs_done_together_leave_out_products_that_others_hold(sessions: Sessions) -> None:
    by = person(sessions, "by")
    ids = [product(sessions, name) for name in "abcd"]
    label = submit(sessions, Order(kinds.Label(), ids[1], by))
    with sessions.write() as session:
        assert jobs.claim(session, label, 30.0)
    for each in ids:
        submit(sessions, Order(kinds.Index(), each, by))
    held = must_take(sessions)
    with sessions.write() as session:
        more = turns.take_more(session, held, 30.0, 7)
    assert [held.product_id, *(each.product_id for each in more)] == [ids[0], ids[2], ids[3]]


def test_many_workers_at_once_never_hold_two_jobs_of_a_product(sessions: Sessions) -> None:
    products = [product(sessions, name) for name in "ab"]
    by = [person(sessions, f"person{n}") for n in range(4)]
    for each in products:
        for asker in by:
            submit(sessions, Order(kinds.Index(), each, asker))
    begin, found = threading.Barrier(6), []

    def work() -> None:
        begin.wait()
        held = take(sessions)
        if held is not None:
            found.append(held.product_id)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == sorted(products)
