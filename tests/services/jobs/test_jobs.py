from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.worlds.fakes import ListQueue
from vitrine.core.clock import now
from vitrine.core.errors import Conflict, Invalid, NotFound, Unavailable
from vitrine.core.groups import QueueSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import jobs
from vitrine.services.jobs import Claim, JobKind, Order, Stopped, kinds, monitor, sweeping, workers
from vitrine.services.jobs.workers import Duty
from vitrine.tables.jobs import Job

POLICY = QueueSettings(max_attempts=3, backoff=4.0, backoff_limit=10.0)

pytestmark = pytest.mark.parametrize("both_databases", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def sessions(both_databases: tuple[Settings, Sessions]) -> Sessions:
    return both_databases[1]


def submitted(sessions: Sessions, queue: ListQueue) -> str:
    with sessions.write() as session:
        return jobs.submit(session, queue, Order(kinds.Publish())).id


def claimed(sessions: Sessions, job_id: str, lease: float = 30.0) -> Claim | None:
    with sessions.write() as session:
        return jobs.claim(session, job_id, lease)


def must_claim(sessions: Sessions, job_id: str, lease: float = 30.0) -> Claim:
    held = claimed(sessions, job_id, lease)
    assert held is not None
    return held


def job(sessions: Sessions, job_id: str) -> Job:
    with sessions.read() as session:
        return jobs.get(session, job_id)


def run_out(sessions: Sessions, job_id: str) -> None:
    with sessions.write() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=past))


def sweep(sessions: Sessions, queue: ListQueue) -> int:
    with sessions.write() as session:
        return sweeping.sweep(session, queue, POLICY)


def test_a_job_is_sent_after_the_commit_and_not_at_all_after_a_rollback(
    sessions: Sessions,
) -> None:
    queue = ListQueue()

    def submit_and_fail() -> None:
        with sessions.write() as session:
            jobs.submit(session, queue, Order(kinds.Publish()))
            session.flush()
            assert queue.sent == []
            raise RuntimeError

    with pytest.raises(RuntimeError):
        submit_and_fail()
    assert queue.sent == []
    job_id = submitted(sessions, queue)
    assert [sent for sent, _delay in queue.sent] == [job_id]


def test_only_one_worker_gets_a_job(sessions: Sessions) -> None:
    job_id = submitted(sessions, ListQueue())
    held = must_claim(sessions, job_id)
    assert held.attempt == 1
    assert claimed(sessions, job_id) is None


def test_finish_ends_a_job_once(sessions: Sessions) -> None:
    job_id = submitted(sessions, ListQueue())
    held = must_claim(sessions, job_id)
    with sessions.write() as session:
        jobs.report(session, held, 1, 4)
    assert job(sessions, job_id).progress == 0.25
    with sessions.write() as session:
        jobs.finish(session, held)
    ended = job(sessions, job_id)
    assert (ended.status, ended.ended, ended.progress) == ("succeeded", True, 1.0)
    with pytest.raises(Stopped), sessions.write() as session:
        jobs.finish(session, held)
    assert claimed(sessions, job_id) is None


def test_a_worker_thought_dead_can_write_nothing(sessions: Sessions) -> None:
    queue = ListQueue()
    job_id = submitted(sessions, queue)
    zombie = must_claim(sessions, job_id)
    run_out(sessions, job_id)
    assert sweep(sessions, queue) == 1
    heir = must_claim(sessions, job_id)
    assert heir.attempt == 2
    with pytest.raises(Stopped), sessions.write() as session:
        jobs.hold(session, zombie, 30)
    with pytest.raises(Stopped), sessions.write() as session:
        jobs.finish(session, zombie)
    with sessions.write() as session:
        jobs.report(session, zombie, 9, 9)
        jobs.fail(session, queue, zombie, Invalid("x", "x"), POLICY)
        jobs.stop(session, zombie)
    assert job(sessions, job_id).status == "running"
    with sessions.write() as session:
        jobs.finish(session, heir)
    assert job(sessions, job_id).status == "succeeded"


def test_a_job_whose_workers_all_die_fails(sessions: Sessions) -> None:
    queue = ListQueue()
    job_id = submitted(sessions, queue)
    for _ in range(POLICY.max_attempts):
        must_claim(sessions, job_id)
        run_out(sessions, job_id)
        sweep(sessions, queue)
    lost = job(sessions, job_id)
    assert (lost.status, lost.error_code) == ("failed", "worker_lost")


def test_only_unavailable_is_tried_again_and_only_so_often(sessions: Sessions) -> None:
    queue = ListQueue()
    job_id = submitted(sessions, queue)
    for attempt in (1, 2, 3):
        held = must_claim(sessions, job_id)
        with sessions.write() as session:
            jobs.fail(session, queue, held, Unavailable("gone", "It is gone."), POLICY)
        row = job(sessions, job_id)
        assert row.error_code == "gone"
        assert row.status == ("failed" if attempt == 3 else "queued")
        assert claimed(sessions, job_id) is None, "it waits for its time"
        with sessions.write() as session:
            session.execute(update(Job).values(not_before=None))
    delays = [delay for _id, delay in queue.sent if delay]
    assert 3.0 <= delays[0] <= 4.0
    assert 6.0 <= delays[1] <= 8.0

    other = submitted(sessions, queue)
    held = must_claim(sessions, other)
    with sessions.write() as session:
        jobs.fail(session, queue, held, Invalid("bad", "It is bad."), POLICY)
    assert job(sessions, other).status == "failed"


def test_backoff_has_a_limit(sessions: Sessions) -> None:
    assert max(jobs.backoff(40, POLICY) for _ in range(20)) <= 10.0


def test_cancel_and_retry(sessions: Sessions) -> None:
    queue = ListQueue()
    job_id = submitted(sessions, queue)
    with sessions.write() as session:
        assert jobs.cancel(session, job_id).status == "cancelled"
    with pytest.raises(Conflict), sessions.write() as session:
        jobs.cancel(session, job_id)
    assert claimed(sessions, job_id) is None
    with sessions.write() as session:
        assert jobs.retry(session, queue, job_id).status == "queued"
    with pytest.raises(Conflict), sessions.write() as session:
        jobs.retry(session, queue, job_id)
    assert [sent for sent, _ in queue.sent] == [job_id, job_id]

    held = must_claim(sessions, job_id)
    with sessions.write() as session:
        assert jobs.cancel(session, job_id).status == "running"
    with pytest.raises(Stopped), sessions.write() as session:
        jobs.hold(session, held, 30)
    with sessions.write() as session:
        jobs.stop(session, held)
    assert job(sessions, job_id).status == "cancelled"


def test_the_sweep_cancels_a_lost_job_that_was_to_be_cancelled(sessions: Sessions) -> None:
    queue = ListQueue()
    job_id = submitted(sessions, queue)
    must_claim(sessions, job_id)
    with sessions.write() as session:
        jobs.cancel(session, job_id)
    run_out(sessions, job_id)
    sweep(sessions, queue)
    assert job(sessions, job_id).status == "cancelled"


def test_of_many_jobs_as_many_are_sent_as_there_are_slots(sessions: Sessions) -> None:
    queue = ListQueue()
    with sessions.write() as session:
        workers.beat(session, Duty(2))
    with sessions.write() as session:
        made = [jobs.submit(session, queue, Order(kinds.Publish())).id for _ in range(5)]
        last = jobs.submit(session, queue, Order(kinds.Publish()), delay=60).id
    assert queue.sent == [(made[0], 0.0), (made[1], 0.0), (last, 60)]
    assert all(job(sessions, each).sent_at for each in made), "the sweep has nothing to send"
    again = submitted(sessions, queue)
    assert queue.sent[3:] == [(again, 0.0)], "whoever was woken may have looked already"


def test_the_sweep_sends_what_was_never_sent_and_only_that(sessions: Sessions) -> None:
    queue = ListQueue()
    unsent = submitted(sessions, ListQueue(broken=True))
    with sessions.read() as session:
        assert not sweeping.due(session, POLICY), "it was thought sent, and gets its time"
    with sessions.write() as session:
        long_ago = now() - timedelta(seconds=POLICY.resend_after + 1)
        session.execute(update(Job).where(Job.id == unsent).values(sent_at=long_ago))
    fresh = submitted(sessions, queue)
    with sessions.read() as session:
        assert sweeping.due(session, POLICY)
    assert sweep(sessions, queue) == 1
    assert [sent for sent, _ in queue.sent] == [fresh, unsent]
    with sessions.read() as session:
        assert not sweeping.due(session, POLICY)


def test_while_workers_are_busy_an_old_message_may_just_be_waiting_its_turn(
    sessions: Sessions,
) -> None:
    queue = ListQueue()
    waiting, running = submitted(sessions, queue), submitted(sessions, queue)
    held = must_claim(sessions, running)
    sent = now() - timedelta(seconds=POLICY.resend_after + 1)
    with sessions.write() as session:
        session.execute(update(Job).where(Job.id == waiting).values(sent_at=sent))
    assert sweep(sessions, queue) == 0
    with sessions.write() as session:
        jobs.finish(session, held)
    assert sweep(sessions, queue) == 1


def test_a_sole_worker_releases_what_its_predecessor_held(sessions: Sessions) -> None:
    queue = ListQueue()
    job_id = submitted(sessions, queue)
    must_claim(sessions, job_id, lease=1000)
    with sessions.write() as session:
        sweeping.release_all(session)
    assert sweep(sessions, queue) == 1


def test_following_many_jobs(sessions: Sessions) -> None:
    before, *ids, after = [submitted(sessions, ListQueue()) for _ in range(5)]
    span = monitor.Span(JobKind.PUBLISH, ids[0], ids[-1])
    assert monitor.unfinished(sessions, span) == 3
    assert not monitor.any_running(sessions, span)
    held = must_claim(sessions, ids[0])
    assert monitor.any_running(sessions, span)
    with sessions.write() as session:
        jobs.finish(session, held)
        for each in (before, ids[1], after):
            jobs.cancel(session, each)
    assert monitor.unfinished(sessions, span) == 1
    assert monitor.count_failed(sessions, span) == 1
    assert [failed.id for failed in monitor.failures(sessions, span, 5)] == [ids[1]]
    assert monitor.unfinished(sessions, monitor.Span(JobKind.SEARCH, ids[0], ids[-1])) == 0


def test_an_unknown_job_and_a_missing_result(sessions: Sessions) -> None:
    with pytest.raises(NotFound), sessions.read() as session:
        jobs.get(session, "nothing")
    job_id = submitted(sessions, ListQueue())
    with pytest.raises(Conflict), sessions.read() as session:
        jobs.result(session, jobs.get(session, job_id))
    with sessions.read() as session:
        assert session.scalars(select(Job)).all()
