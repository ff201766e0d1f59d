"""One job from claim to end: the only place that runs what a Job row asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog

from vitrine.core import budget, metrics, priority, tracing
from vitrine.core.errors import Away, Unavailable, VitrineError
from vitrine.core.groups import QualitySettings, QueueSettings
from vitrine.db import DATABASE, Sessions
from vitrine.ports import Ports
from vitrine.services.jobs import ending, lifecycle, turns
from vitrine.services.jobs.kinds import JobKind
from vitrine.services.jobs.lifecycle import Claim, Stopped
from vitrine.services.jobs.work import Work
from vitrine.services.jobs.workers import Duty

PATIENCE = 300.0
"""Seconds that a job waits for memory to decode photos in, where a request waits a few."""

DATABASE_AGAIN = 1.0
"""Seconds until a database that was away is told again how a job ended."""

log = structlog.get_logger()

Handler = Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Runner:
    """What every run of a job needs; `handlers` are by kind."""

    sessions: Sessions
    ports: Ports
    policy: QueueSettings
    rules: QualitySettings
    handlers: Mapping[JobKind, Handler]
    duty: Duty = field(default_factory=Duty)


def run(runner: Runner, job_id: str) -> None:
    """Claim the job, run it, write down how it ended; does nothing if it is not to be had.

    Never raises for a job that fails; raises Unavailable when the database is out of reach, and
    then the sweep takes the job up again.
    """
    with runner.sessions.write() as session:
        held = lifecycle.claim(session, job_id, runner.policy.lease)
    if held is not None:
        _run(runner, held)


def run_all(runner: Runner) -> None:
    """Run what waits, each in its turn, until nothing does or this worker is told to end.

    So it does not matter which message woke it, or whether others were lost. Raises as `run` does.
    """
    while not runner.duty.stopping.is_set() and (held := _next(runner)) is not None:
        _run(runner, held)


def give_back(runner: Runner) -> None:
    """Give back the jobs that run here, whose threads can then write nothing more."""
    with runner.sessions.write() as session:
        for held in runner.duty.held:
            log.info("job given back", job_id=held.job_id, kind=held.kind)
            ending.give_back(session, held)


def _next(runner: Runner) -> Claim | None:
    away = runner.ports.parts.away()
    with runner.sessions.read() as session:
        if not turns.any_waiting(session, away):
            return None
    with runner.sessions.write() as session:
        return turns.take(session, runner.policy.lease, away)


def _run(runner: Runner, held: Claim) -> None:
    sessions, policy = runner.sessions, runner.policy
    work = Work(held, sessions, runner.ports, policy.lease, runner.rules)
    started = time.perf_counter()
    with (
        runner.duty.holding(held),
        structlog.contextvars.bound_contextvars(job_id=held.job_id),
        tracing.span(f"job {held.kind}", "consumer", held.trace, job=held.job_id),
        _beating(sessions, held, policy),
        budget.patient(PATIENCE),
        priority.behind(),
    ):
        outcome = _attempt(runner, work)
        log.info("job run", kind=held.kind, attempt=held.attempt, outcome=outcome)
    metrics.JOB_SECONDS.labels(held.kind, outcome).observe(time.perf_counter() - started)


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
def _beating(sessions: Sessions, held: Claim, policy: QueueSettings) -> Iterator[None]:
    """Prolong the lease from a thread of its own while the block runs."""
    ended = threading.Event()
    beat = partial(_beat, sessions, held, policy.lease, ended)
    thread = threading.Thread(target=beat, name=f"heartbeat-{held.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(sessions: Sessions, held: Claim, lease: float, ended: threading.Event) -> None:
    while not ended.wait(lease / 3):
        try:
            with sessions.write() as session:
                lifecycle.hold(session, held, lease)
        except Stopped:
            return
        except Exception:  # whatever it was, the next beat may succeed, and the lease needs it
            log.exception("heartbeat missed", job_id=held.job_id)
