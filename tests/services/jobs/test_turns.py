from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.worlds.fakes import ListQueue
from vitrine.core.clock import new_id
from vitrine.core.groups import LimitSettings, RetentionSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import jobs
from vitrine.services.jobs import Claim, Order, kinds, turns, workers
from vitrine.services.jobs.workers import Duty
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import Job, Worker
from vitrine.tables.people import User

pytestmark = pytest.mark.parametrize("both_databases", ["sqlite", "postgres"], indirect=True)

SEARCH = kinds.Search(query={})
PICTURES = kinds.Pictures(pictures=(), limits=LimitSettings())


@pytest.fixture
def sessions(both_databases: tuple[Settings, Sessions]) -> Sessions:
    return both_databases[1]


def person(sessions: Sessions, name: str) -> str:
    with sessions.write() as session:
        user = User(email=f"{name}@example.org", password_hash="", role="viewer", name=name)
        session.add(user)
        session.flush()
        return user.id


def submit(sessions: Sessions, payload: kinds.Payload, by: str | None = None) -> str:
    with sessions.write() as session:
        return jobs.submit(session, ListQueue(), Order(payload, created_by=by)).id


def take(sessions: Sessions, *away: str) -> Claim | None:
    with sessions.write() as session:
        return turns.take(session, 30.0, away)


def run_next(sessions: Sessions) -> str:
    held = take(sessions)
    assert held is not None
    with sessions.write() as session:
        jobs.finish(session, held)
    return held.job_id


def with_slots(sessions: Sessions, slots: int) -> None:
    with sessions.write() as session:
        workers.beat(session, Duty(slots))


def test_people_take_turns_however_much_one_of_them_asks(sessions: Sessions) -> None:
    many, one = person(sessions, "many"), person(sessions, "one")
    flood = [submit(sessions, SEARCH, many) for _ in range(50)]
    first = run_next(sessions)
    single = submit(sessions, SEARCH, one)
    ran = [run_next(sessions) for _ in range(3)]
    assert first == flood[0]
    assert single == ran[0], "who asks once comes next, whatever another has waiting"
    assert ran[1:] == flood[1:3], "within a share the oldest goes first"


def test_kinds_take_turns_and_what_a_person_waits_for_comes_round_sooner(
    sessions: Sessions,
) -> None:
    by = person(sessions, "by")
    index = [submit(sessions, kinds.Index(), None) for _ in range(20)]
    searches = [submit(sessions, SEARCH, by) for _ in range(20)]
    # Index jobs without a product count as long here; one slot is enough for them.
    ran = [run_next(sessions) for _ in range(10)]
    assert set(ran) & set(index)
    assert len(set(ran) & set(searches)) >= 5


def test_long_jobs_hold_at_most_half_of_all_slots(sessions: Sessions) -> None:
    with_slots(sessions, 2)
    for _ in range(3):
        submit(sessions, PICTURES)
    running = take(sessions)
    assert running is not None
    assert take(sessions) is None, "the other slot is kept for something short"
    search = submit(sessions, SEARCH)
    assert run_next(sessions) == search
    with sessions.write() as session:
        jobs.finish(session, running)
    assert take(sessions) is not None


def test_a_sole_slot_runs_long_jobs_too(sessions: Sessions) -> None:
    with_slots(sessions, 1)
    submit(sessions, kinds.Purge(policy=RetentionSettings()))
    assert take(sessions) is not None


def test_what_needs_a_part_that_is_away_waits_and_the_rest_goes_on(sessions: Sessions) -> None:
    waits, goes = submit(sessions, SEARCH), submit(sessions, kinds.Thumbnails())
    with sessions.read() as session:
        assert turns.any_waiting(session, ["vision"])
    held = take(sessions, "vision")
    assert held is not None
    assert held.job_id == goes
    assert take(sessions, "vision") is None
    with sessions.read() as session:
        assert not turns.any_waiting(session, ["vision"])
    held = take(sessions)
    assert held is not None
    assert held.job_id == waits


def test_workers_tell_what_they_do_and_are_forgotten(sessions: Sessions) -> None:
    duty = Duty(3)
    assert duty.silent()
    assert not duty.silent(), "one beat is enough for a while"
    with sessions.write() as session:
        workers.beat(session, duty)
        workers.beat(session, duty)
    with sessions.read() as session:
        assert workers.slots(session) == 3
        [row] = workers.living(session)
        assert (row.name, row.jobs, row.running) == (duty.name, 0, 0)
    with sessions.write() as session:
        workers.leave(session, duty)
    with sessions.read() as session:
        assert workers.slots(session) == 0
        assert not session.scalars(select(Worker)).all()
        assert not session.scalars(select(Job)).all()


def more(sessions: Sessions, held: Claim, most: int = 7) -> list[str]:
    with sessions.write() as session:
        return [each.job_id for each in turns.take_more(session, held, 30.0, most)]


def submit_index(sessions: Sessions, product: str, by: str | None = None) -> str:
    with sessions.write() as session:
        known = session.scalar(select(Product.id).where(Product.external_id == product))
        if known is None:
            known = new_id()
            session.add(Product(id=known, external_id=product, title=product))
            session.flush()
        order = Order(kinds.Index(), known, created_by=by)
        return jobs.submit(session, ListQueue(), order).id


def test_jobs_of_one_share_and_kind_are_taken_together_no_product_twice(
    sessions: Sessions,
) -> None:
    with_slots(sessions, 1)
    other = person(sessions, "other")
    first, second = submit_index(sessions, "A"), submit_index(sessions, "B")
    submit_index(sessions, "A"), submit_index(sessions, "B")
    submit_index(sessions, "C", other)
    third = submit_index(sessions, "D")
    held = take(sessions)
    assert held is not None
    assert held.job_id == first
    assert more(sessions, held) == [second, third]


def test_each_slot_has_its_part_of_what_is_taken_together(sessions: Sessions) -> None:
    with_slots(sessions, 2)
    ids = [submit_index(sessions, name) for name in "ABCDEFGH"]
    held = take(sessions)
    assert held is not None
    assert more(sessions, held) == ids[1:4]
    alone = take(sessions)
    assert alone is not None
    assert more(sessions, alone, most=0) == []


def test_what_was_tried_before_is_not_taken_together(sessions: Sessions) -> None:
    with_slots(sessions, 1)
    first, tried, fresh = (submit_index(sessions, name) for name in "ABC")
    with sessions.write() as session:
        session.get_one(Job, tried).attempts = 1
    held = take(sessions)
    assert held is not None
    assert held.job_id == first
    assert more(sessions, held) == [fresh]
