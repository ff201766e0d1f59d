"""One job from claim to end: the only place that runs what a Job row asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from vitrine.core import telemetry
from vitrine.core.errors import VitrineError
from vitrine.core.groups import QualitySettings, QueueSettings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services.jobs import lifecycle
from vitrine.services.jobs.kinds import JobKind
from vitrine.services.jobs.lifecycle import Claim, Stopped
from vitrine.services.jobs.work import Work

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


def run(runner: Runner, job_id: str) -> None:
    """Claim the job, run it, write down how it ended; does nothing if it is not to be had.

    Never raises for a job that fails; raises Unavailable when the database is out of reach, and
    then the sweep takes the job up again.
    """
    sessions, policy = runner.sessions, runner.policy
    with sessions.write() as session:
        held = lifecycle.claim(session, job_id, policy.lease)
    if held is None:
        return
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(job_id=job_id), _beating(sessions, held, policy):
        outcome = _attempt(runner, Work(held, sessions, runner.ports, policy.lease, runner.rules))
        log.info("job run", kind=held.kind, attempt=held.attempt, outcome=outcome)
    telemetry.JOB_SECONDS.labels(held.kind, outcome).observe(time.perf_counter() - started)


def _attempt(runner: Runner, work: Work) -> str:
    policy = runner.policy
    try:
        runner.handlers[JobKind(work.claim.kind)](work)
    except Stopped:
        with work.sessions.write() as session:
            lifecycle.stop(session, work.claim)
        return "stopped"
    except VitrineError as error:
        return _failed(work, error, policy)
    except Exception:
        log.exception("job failed")
        unknown = VitrineError("internal", "Something unexpected went wrong; the log says more.")
        return _failed(work, unknown, policy)
    return "succeeded"


def _failed(work: Work, error: VitrineError, policy: QueueSettings) -> str:
    log.warning("job error", code=error.code, message=error.message)
    with work.sessions.write() as session:
        lifecycle.fail(session, work.ports.queue, work.claim, error, policy)
    return "failed"


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
