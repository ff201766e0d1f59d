"""The tasks: run one job by its id, sweep, and deliver webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog
from celery import Celery

from vitrine.adapters.queue import DELIVER, RUN_JOB, SWEEP
from vitrine.core.errors import Unavailable

log = structlog.get_logger()


class Runs(Protocol):
    """What a task needs of a running Vitrine."""

    def run_job(self, job_id: str) -> None:
        """Run one job to its end."""

    def sweep(self) -> None:
        """Send what was never sent and take up what was lost."""

    def deliver(self) -> None:
        """Send the webhooks that are due."""


def register(app: Celery, opened: Callable[[], Runs]) -> None:
    """Teach the app the tasks, which ask for the Vitrine of their process when they run."""

    # Ignored below: Celery ships no types, so its decorator has none.
    @app.task(name=RUN_JOB, shared=False)  # type: ignore[untyped-decorator]
    def run_job(job_id: str) -> None:
        with _patient():
            opened().run_job(job_id)

    @app.task(name=SWEEP, shared=False)  # type: ignore[untyped-decorator]
    def sweep() -> None:
        with _patient():
            opened().sweep()

    @app.task(name=DELIVER, shared=False)  # type: ignore[untyped-decorator]
    def deliver() -> None:
        with _patient():
            opened().deliver()


@contextmanager
def _patient() -> Iterator[None]:
    """What cannot be done now is found again by a later sweep."""
    try:
        yield
    except Unavailable as error:
        log.warning("task put off", code=error.code, message=error.message)
