"""Waiting for jobs that run elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.progress import Progress, TaskID

from vitrine.core.errors import Unavailable
from vitrine.db import Sessions
from vitrine.services import jobs
from vitrine.services.jobs import monitor
from vitrine.services.jobs.monitor import Span

POLL, SOON, FEW = 0.3, 0.05, 32
"""Seconds between two looks, and where so few jobs are left that the end is near."""

QUIET_TOO_LONG = 120.0
"""Seconds without any job ending after which we stop waiting and say so."""


def follow(sessions: Sessions, span: Span, bar: Progress, title: str) -> None:
    """Show the progress of the one job of this span until it ends."""
    task = bar.add_task(title, total=None)
    wait_for(sessions, span, lambda _left: _show_progress(bar, task, sessions, span.first))


def wait_for(sessions: Sessions, span: Span, tell: Callable[[int], object]) -> None:
    """Wait until these jobs have ended, telling how many have not; Unavailable if nothing moves."""
    before, moved = -1, time.monotonic()
    while left := monitor.unfinished(sessions, span):
        tell(left)
        if left != before or monitor.any_running(sessions, span):
            before, moved = left, time.monotonic()
        if time.monotonic() - moved > QUIET_TOO_LONG:
            raise Unavailable(
                "jobs_wait",
                f"{left} jobs wait and nobody runs them. Is a server or worker running?",
            )
        time.sleep(SOON if left <= FEW else POLL)  # they run elsewhere, and tell the database alone
    tell(0)


def _show_progress(bar: Progress, task: TaskID, sessions: Sessions, job_id: str) -> None:
    with sessions.read() as session:
        job = jobs.get(session, job_id)
    if job.total:
        bar.update(task, completed=job.done, total=job.total)
