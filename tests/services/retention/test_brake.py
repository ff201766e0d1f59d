"""A purge that would take unusually much waits for a person.

A clock that goes ahead by 400 days makes all rows 400 days old; so do these tests.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.worlds.fakes import ListQueue
from vitrine.core.clock import now
from vitrine.services import retention
from vitrine.services.retention import UNUSUAL
from vitrine.tables.audit import AuditEvent
from vitrine.tables.jobs import FAILED, SUCCEEDED, Job
from vitrine.wiring import Runtime

OLD = timedelta(days=400)
ACTS = 30


def run(shop: Runtime, *, confirmed: bool = False) -> Job:
    queue = shop.ports.queue
    assert isinstance(queue, ListQueue)
    with shop.sessions.write() as session:
        policy = shop.settings.retention
        job_id = retention.submit(session, queue, policy, confirmed=confirmed).id
    queue.run_all(shop.run_job)
    with shop.sessions.read() as session:
        return session.scalars(select(Job).where(Job.id == job_id)).one()


def record(shop: Runtime, count: int, ago: timedelta) -> None:
    with shop.sessions.write() as session:
        session.add_all(
            AuditEvent(action="key.create", outcome="done", actor="a", created_at=now() - ago)
            for _ in range(count)
        )


def purged(shop: Runtime, ago: timedelta) -> None:
    """There was a purge, so long ago."""
    run(shop)
    with shop.sessions.write() as session:
        session.execute(update(Job).values(created_at=now() - ago, finished_at=now() - ago))


def kept(shop: Runtime) -> int:
    """How many of the old acts are left."""
    with shop.sessions.read() as session:
        old = select(func.count()).where(AuditEvent.action == "key.create")
        return session.scalar(old) or 0


def test_a_clock_that_goes_ahead_removes_nothing_until_a_person_says_so(runtime: Runtime) -> None:
    purged(runtime, OLD)
    record(runtime, ACTS, OLD)
    job = run(runtime)
    assert (job.status, job.error_code, kept(runtime)) == (FAILED, UNUSUAL, ACTS)
    assert "30 of 31 audit events" in str(job.error_message)
    assert "vitrine purge --confirm" in str(job.error_message)
    with runtime.sessions.read() as session:
        assert retention.state(session).waiting is not None
    assert run(runtime, confirmed=True).status == SUCCEEDED
    assert kept(runtime) == 0
    with runtime.sessions.read() as session:
        assert retention.state(session).waiting is None


@pytest.mark.parametrize(
    ("ago", "old", "young"),
    [
        (timedelta(hours=2), ACTS, 0),  # purges ran all the while: a person deleted so much
        (OLD, 20, 0),  # too few to be worth a question
        (OLD, ACTS, 40),  # the lesser half
    ],
)
def test_a_usual_purge_asks_nobody(runtime: Runtime, ago: timedelta, old: int, young: int) -> None:
    purged(runtime, ago)
    record(runtime, old, OLD)
    record(runtime, young, timedelta(days=1))
    assert run(runtime).status == SUCCEEDED
    assert kept(runtime) == young


def test_a_clock_that_was_ahead_puts_off_no_purge(runtime: Runtime) -> None:
    run(runtime)
    policy = runtime.settings.retention
    with runtime.sessions.read() as session:
        assert not retention.due(session, policy)
    with runtime.sessions.write() as session:
        session.execute(update(Job).values(created_at=now() + OLD, finished_at=now() + OLD))
    with runtime.sessions.read() as session:
        assert retention.due(session, policy)
        assert retention.state(session).purged_at is None
