"""What becomes of jobs when a part is away or their worker ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.fakes import ListQueue
from tests.worlds.indexing import SteeredVision, job_of, seen_whole, with_vision
from vitrine.adapters.parts import Part, WatchedParts
from vitrine.core.clock import now
from vitrine.core.errors import Away
from vitrine.services import jobs
from vitrine.services.jobs import kinds, sweeping
from vitrine.services.jobs.sweeping import Sight
from vitrine.wiring import Runtime

GONE = Away("vision", "The model server does not answer.")


class Probed:
    """A part that answers when the test says so."""

    def __init__(self) -> None:
        self.there = False

    def ask(self) -> None:
        if not self.there:
            raise GONE


@pytest.fixture
def probed() -> Probed:
    return Probed()


@pytest.fixture
def shop(runtime: Runtime, probed: Probed) -> tuple[Runtime, SteeredVision]:
    vision = SteeredVision(seen_whole(0))
    parts = WatchedParts()
    parts.add("vision", Part("vision", probed.ask))
    made = with_vision(runtime, vision)
    return replace(made, ports=replace(made.ports, parts=parts)), vision


def submitted(runtime: Runtime, external_id: str) -> str:
    with runtime.sessions.write() as session:
        _, job = product_with_photos(session, runtime.ports, external_id, photo())
    return job.id


def sent(runtime: Runtime) -> list[str]:
    assert isinstance(runtime.ports.queue, ListQueue)
    return [job_id for job_id, _ in runtime.ports.queue.sent]


def test_an_outage_spends_no_attempt_however_long_it_lasts(
    shop: tuple[Runtime, SteeredVision], probed: Probed
) -> None:
    runtime, vision = shop
    job_id = submitted(runtime, "A")
    for _ in range(2 * runtime.settings.queue.max_attempts):
        vision.fails.append(GONE)
        runtime.run_job(job_id)
        waiting = job_of(runtime, job_id)
        assert (waiting.status, waiting.attempts) == ("queued", 0)
        assert waiting.error_code == "vision_unavailable", "people see what it waits for"
    probed.there = True
    runtime.run_job(job_id)
    done = job_of(runtime, job_id)
    assert (done.status, done.attempts, done.error_code) == ("succeeded", 1, None)


def test_a_job_that_alone_is_not_answered_spends_its_attempts(
    shop: tuple[Runtime, SteeredVision], probed: Probed
) -> None:
    runtime, vision = shop
    probed.there = True
    job_id = submitted(runtime, "A")
    vision.fails.append(GONE)
    runtime.run_job(job_id)
    assert job_of(runtime, job_id).attempts == 1


def test_a_woken_worker_runs_all_that_waits_whatever_message_woke_it(
    shop: tuple[Runtime, SteeredVision], probed: Probed
) -> None:
    runtime, _ = shop
    probed.there = True
    ids = [submitted(runtime, name) for name in "ABC"]
    runtime.wake("the message of another")
    assert {job_of(runtime, each).status for each in ids} == {"succeeded"}
    assert runtime.duty.jobs == 3


def test_a_worker_that_ends_gives_its_job_back_at_once_and_unspent(
    shop: tuple[Runtime, SteeredVision],
) -> None:
    runtime, vision = shop
    runtime = replace(
        runtime,
        settings=runtime.settings.model_copy(
            update={"queue": runtime.settings.queue.model_copy(update={"grace": 0.05})}
        ),
    )
    began, go_on = threading.Event(), threading.Event()
    seen: Callable[..., object] = vision.analyze

    def slow(*given: object) -> object:
        began.set()
        go_on.wait(30)
        return seen(*given)

    vision.analyze = slow  # type: ignore[assignment,method-assign]
    job_id = submitted(runtime, "A")
    thread = threading.Thread(target=runtime.wake, args=[job_id])
    thread.start()
    assert began.wait(30)
    runtime.leave()
    given_back = job_of(runtime, job_id)
    assert (given_back.status, given_back.attempts) == ("queued", 0)
    go_on.set()
    thread.join(30)
    assert job_of(runtime, job_id).status == "queued", "the late thread wrote nothing"
    runtime.ports.queue.sent.clear()  # type: ignore[attr-defined]
    runtime.sweep()
    assert job_id in sent(runtime)


def test_jobs_that_wait_for_a_part_are_sent_when_it_is_back(
    shop: tuple[Runtime, SteeredVision], probed: Probed
) -> None:
    runtime, vision = shop
    job_id = submitted(runtime, "A")
    vision.fails.append(GONE)
    runtime.run_job(job_id)
    policy = runtime.settings.queue
    with runtime.sessions.read() as session:
        assert not sweeping.due(session, policy, Sight(frozenset({"vision"})))
        assert sweeping.due(session, policy, Sight())


def test_after_the_database_was_away_no_lease_counts_as_run_out(
    shop: tuple[Runtime, SteeredVision],
) -> None:
    runtime, _ = shop
    job_id = submitted(runtime, "A")
    with runtime.sessions.write() as session:
        held = jobs.claim(session, job_id, lease=-1)
        assert held is not None
    with runtime.sessions.read() as session:
        assert not sweeping.due(session, runtime.settings.queue, Sight(blind=True))
        assert sweeping.due(session, runtime.settings.queue, Sight())
    duty = runtime.duty
    with pytest.raises(Away), duty.looking():
        raise Away("database", "away")
    assert duty.blind(30)
    assert not duty.blind(0)


def test_all_that_failed_is_retried_at_once(shop: tuple[Runtime, SteeredVision]) -> None:
    runtime, _ = shop
    ids = [submitted(runtime, name) for name in "ABC"]
    with runtime.sessions.write() as session:
        for each in ids[:2]:
            job = jobs.get(session, each)
            job.status, job.finished_at, job.attempts = "failed", now() - timedelta(1), 5
    with runtime.sessions.write() as session:
        assert jobs.retry_failed(session, jobs.JobKind.SEARCH) == 0
        assert jobs.retry_failed(session) == 2
    assert {job_of(runtime, each).status for each in ids} == {"queued"}
    runtime.ports.queue.sent.clear()  # type: ignore[attr-defined]
    runtime.sweep()
    assert set(ids[:2]) <= set(sent(runtime))
    assert ids[2] not in sent(runtime)


def test_every_kind_says_what_it_needs() -> None:
    assert set(kinds.NEEDS) == set(kinds.JobKind)
