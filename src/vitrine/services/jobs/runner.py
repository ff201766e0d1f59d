"""One job from claim to end: the only place that runs what a Job row asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog

from vitrine.core import budget, metrics, priority, tracing
from vitrine.core.errors import Away, Unavailable, VitrineError
from vitrine.core.groups import QualitySettings, QueueSettings
from vitrine.db import DATABASE, Sessions
from vitrine.ports import Ports
from vitrine.services.jobs import ending, lifecycle, membership, shares, turns, workers
from vitrine.services.jobs.claims import Claim
from vitrine.services.jobs.kinds import JobKind
from vitrine.services.jobs.lifecycle import Stopped
from vitrine.services.jobs.work import Work
from vitrine.services.jobs.workers import Duty

PATIENCE = 300.0
"""Seconds that a job waits for memory to decode photos in, where a request waits a few."""

DATABASE_AGAIN = 1.0
"""Seconds until a database that was away is told again how a job ended."""

log = structlog.get_logger()

AT_ONCE = 16
"""Most jobs that are done together: others wait for their turn as long as these take."""

Handler = Callable[[Work], None]
GroupHandler = Callable[[Sequence[Work]], None]
"""Does several jobs of one product each, no product twice: all of them, or none where it raises."""


@dataclass(frozen=True, slots=True)
class Runner:
    """What every run of a job needs; `handlers` are by kind, and those `together` too."""

    sessions: Sessions
    ports: Ports
    policy: QueueSettings
    rules: QualitySettings
    handlers: Mapping[JobKind, Handler]
    duty: Duty = field(default_factory=Duty)
    together: Mapping[JobKind, GroupHandler] = field(default_factory=dict)


def run(runner: Runner, job_id: str) -> None:
    """Claim the job, run it, write down how it ended; does nothing if it is not to be had.

    Never raises for a job that fails; raises Unavailable when the database is out of reach, and
    then the sweep takes the job up again.
    """
    with runner.sessions.write() as session:
        workers.lock(session)
        held = lifecycle.claim(session, job_id, runner.policy.lease)
    if held is not None:
        _run(runner, [held])


def run_all(runner: Runner) -> None:
    """Run what waits, each in its turn, until nothing does or this worker is told to end.

    So it does not matter which message woke it, or whether others were lost. Raises as `run` does.
    """
    while not runner.duty.stopping.is_set() and (held := _next(runner)):
        _run(runner, held)


def give_back(runner: Runner) -> None:
    """Give back the jobs that run here, whose threads can then write nothing more."""
    with runner.sessions.write() as session:
        for held in runner.duty.held:
            log.info("job given back", job_id=held.job_id, kind=held.kind)
            ending.give_back(session, held)


def _next(runner: Runner) -> list[Claim]:
    """The job whose turn it is, and with it some of those after it where that costs less."""
    away, lease = runner.ports.parts.away(), runner.policy.lease
    with runner.sessions.read() as session:
        if not turns.any_waiting(session, away):
            return []
    # A claim that a power cut takes leaves the job as it was: nobody waits for the disk.
    with runner.sessions.note() as session:
        held = turns.take(session, lease, away)
        if held is None:
            return []
        joins = held.kind in runner.together and held.attempt == 1
        return [held, *(turns.take_more(session, held, lease, AT_ONCE - 1) if joins else ())]


def _run(runner: Runner, held: Sequence[Claim]) -> None:
    works = [
        Work(each, runner.sessions, runner.ports, runner.policy.lease, runner.rules)
        for each in held
    ]
    with ExitStack() as stack:
        for each in held:
            stack.enter_context(runner.duty.holding(each))
        stack.enter_context(_beating(runner.sessions, held, runner.policy))
        stack.enter_context(budget.patient(PATIENCE))
        stack.enter_context(priority.behind())
        stack.enter_context(shares.taking(held[0].share))
        if len(works) == 1 or not _done_together(runner, works):
            for work in works:
                _run_alone(runner, work)


def _done_together(runner: Runner, works: Sequence[Work]) -> bool:
    """Whether all could be done at once; whatever one of them fails for, it shall fail alone."""
    first, started = works[0].claim, time.perf_counter()
    try:
        with tracing.span(f"jobs {first.kind}", "consumer", first.trace, jobs=len(works)):
            runner.together[JobKind(first.kind)](works)
    except Exception as error:  # alone it is told what it was
        log.info("jobs not done together", kind=first.kind, jobs=len(works), why=str(error))
        return False
    seconds = (time.perf_counter() - started) / len(works)
    for work in works:
        with structlog.contextvars.bound_contextvars(job_id=work.claim.job_id):
            _told(work.claim, "succeeded", seconds)
    return True


def _run_alone(runner: Runner, work: Work) -> None:
    held, started = work.claim, time.perf_counter()
    with (
        membership.together(held.batch_id or held.job_id),
        structlog.contextvars.bound_contextvars(job_id=held.job_id),
        tracing.span(f"job {held.kind}", "consumer", held.trace, job=held.job_id),
    ):
        outcome = _attempt(runner, work)
        _told(held, outcome, time.perf_counter() - started)


def _told(held: Claim, outcome: str, seconds: float) -> None:
    log.info("job run", kind=held.kind, attempt=held.attempt, outcome=outcome)
    metrics.JOB_SECONDS.labels(held.kind, outcome).observe(seconds)


def _attempt(runner: Runner, work: Work) -> str:
    try:
        runner.handlers[JobKind(work.claim.kind)](work)
    except Stopped:
        with work.sessions.write() as session:
            lifecycle.stop(session, work.claim)
        return "stopped"
    except VitrineError as error:
        return _failed(runner, work, error)
    except Exception:
        log.exception("job failed")
        unknown = VitrineError("internal", "Something unexpected went wrong; the log says more.")
        return _failed(runner, work, unknown)
    return "succeeded"


def _failed(runner: Runner, work: Work, error: VitrineError) -> str:
    """Write down that the run failed; with the database away, as soon as that is back."""
    log.warning("job error", code=error.code, message=error.message)
    metrics.JOB_FAILURES.labels(work.claim.kind, error.code).inc()
    # A part that answers others may be silent because of this very job: that is an attempt.
    outage = isinstance(error, Away) and (
        error.part == DATABASE or work.ports.parts.is_away(error.part)
    )
    while True:
        try:
            _write_down(runner, work, error, outage)
        except Unavailable:
            if runner.duty.stopping.wait(DATABASE_AGAIN):
                raise
        else:
            return "put off" if outage else "failed"


def _write_down(runner: Runner, work: Work, error: VitrineError, outage: bool) -> None:
    with work.sessions.write() as session:
        if outage:
            ending.give_back(session, work.claim, error)
        else:
            ending.fail(session, work.ports.queue, work.claim, error, runner.policy)


@contextmanager
def _beating(sessions: Sessions, held: Sequence[Claim], policy: QueueSettings) -> Iterator[None]:
    """Prolong the leases from a thread of its own while the block runs."""
    ended = threading.Event()
    beat = partial(_beat, sessions, held, policy.lease, ended)
    thread = threading.Thread(target=beat, name=f"heartbeat-{held[0].job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(sessions: Sessions, held: Sequence[Claim], lease: float, ended: threading.Event) -> None:
    alive = list(held)
    while alive and not ended.wait(lease / 3):
        for each in tuple(alive):
            try:
                with sessions.write() as session:
                    lifecycle.hold(session, each, lease)
            except Stopped:
                alive.remove(each)
            except Exception:  # whatever it was, the next beat may succeed, and the lease needs it
                log.exception("heartbeat missed", job_id=each.job_id)
