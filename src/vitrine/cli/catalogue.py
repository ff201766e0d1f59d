"""Commands that keep the index in step with the catalogue."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from vitrine import wiring
from vitrine.cli.console import out, progress, read_settings
from vitrine.cli.waiting import wait_for
from vitrine.core.errors import Unavailable
from vitrine.db import Sessions
from vitrine.services import following, jobs
from vitrine.services.following import Span
from vitrine.services.jobs import Order


def reindex(
    embed: Annotated[
        bool,
        typer.Option(
            help="Run products without a vector of the present models through them, then search "
            "the collection these models make."
        ),
    ] = False,
) -> None:
    """Rebuild the vector index from the database, with no model run, while searches go on."""
    with wiring.running_or_attached(read_settings()) as (runtime, _owner), progress() as bar:
        with runtime.sessions.write() as session:
            order = Order("reindex", payload={"embed": embed})
            job_id = jobs.submit(session, runtime.ports.queue, order).id
        task, span = bar.add_task("Reindexing", total=None), Span("reindex", job_id, job_id)
        wait_for(
            runtime.sessions,
            span,
            lambda _left: _show_progress(bar, task, runtime.sessions, job_id),
        )
    with wiring.stored(runtime.settings) as sessions:
        failed = following.failures(sessions, span, 1)
    if failed:
        raise Unavailable("reindex_failed", f"Reindexing failed: {failed[0].error_message}")
    out.print("The index agrees with the database.")


def _show_progress(bar: Progress, task: TaskID, sessions: Sessions, job_id: str) -> None:
    with sessions.read() as session:
        job = jobs.get(session, job_id)
    if job.total:
        bar.update(task, completed=job.done, total=job.total)


COMMANDS = (reindex,)
