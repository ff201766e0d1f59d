"""The task that a message asks for, and what each process of a worker does beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog
from celery import Celery

from vitrine.adapters.queue import RUN_JOB
from vitrine.core.errors import Unavailable

log = structlog.get_logger()


class Runs(Protocol):
    """What a worker's process needs of a running Vitrine."""

    def wake(self, job_id: str) -> None:
        """Run the jobs that wait, each in its turn, now that this one was sent."""

    def sweep(self) -> None:
        """Send what was never sent and take up what was lost."""

    def deliver(self) -> None:
        """Send the webhooks that are due."""

    def beat(self) -> None:
        """Tell that this worker lives."""

    def leave(self) -> None:
        """Begin no more jobs, and give back those that do not end soon."""


def register(app: Celery, opened: Callable[[], Runs]) -> None:
    """Teach the app its task, which asks for the Vitrine of its process when it runs."""

    # Ignored below: Celery ships no types, so its decorator has none.
    @app.task(name=RUN_JOB, shared=False)  # type: ignore[untyped-decorator]
    def run_job(job_id: str) -> None:
        try:
            opened().wake(job_id)
        except Unavailable as error:  # a later sweep finds again what cannot be done now
            log.warning("task put off", code=error.code, message=error.message)
