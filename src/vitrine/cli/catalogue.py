"""Commands that fill the catalogue and the index."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress, TaskID
from rich.table import Table

from vitrine import wiring
from vitrine.cli.console import err, out, progress, read_settings
from vitrine.core.errors import Unavailable
from vitrine.db import Sessions
from vitrine.services import following, ingest, jobs
from vitrine.services.ingest import REFUSED, Outcome
from vitrine.services.jobs import Order
from vitrine.wiring import Runtime

ERRORS_SHOWN = 20
POLL = 0.3
QUIET_TOO_LONG = 120.0
"""Seconds without any job ending after which we stop waiting and say so."""


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A folder with products.csv or products.jsonl, or such a file."
        ),
    ],
    root: Annotated[
        Path | None,
        typer.Option(
            help="Folder that picture names may not leave.",
            show_default="the parent of the file's folder",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait until all is indexed.")] = True,
) -> None:
    """Import a catalogue: adds and updates products by external_id, then indexes their photos.

    Columns: external_id, title, description, category, colour, brand, gender, price, currency and
    images (file names separated by `;`); any other column becomes an attribute. A row with an
    error is reported and stops no other. Run it again at any time: what is there is left alone.
    A server may be running; it then does the indexing.
    """
    settings, catalogue = read_settings(), ingest.source(path, root)
    with wiring.running_or_attached(settings) as (runtime, _owner):
        refused = import_into(runtime, catalogue, wait=wait)
    raise typer.Exit(1 if refused else 0)


def import_into(runtime: Runtime, catalogue: ingest.Source, *, wait: bool = True) -> int:
    """Import with progress bars and a summary; the number of refused rows."""
    outcomes: list[Outcome] = []
    with progress() as bar:
        task = bar.add_task("Importing", total=ingest.count_rows(catalogue))
        for outcome in ingest.import_catalogue(
            runtime.sessions, runtime.ports, runtime.settings.limits, catalogue
        ):
            outcomes.append(outcome)
            bar.advance(task)
        job_ids = sorted({outcome.job_id for outcome in outcomes if outcome.job_id})
        if wait and job_ids:
            task = bar.add_task("Indexing ", total=len(job_ids))
            wait_for(runtime.sessions, job_ids, lambda ended: bar.update(task, completed=ended))
    counts = Counter(outcome.what for outcome in outcomes)
    summary = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
    out.print(f"{len(outcomes):,} rows: {summary or 'nothing to import'}.")
    _print_refused([outcome for outcome in outcomes if outcome.what == REFUSED])
    _print_failed(runtime.sessions, job_ids if wait else [])
    return counts[REFUSED]


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
        task = bar.add_task("Reindexing", total=None)
        wait_for(
            runtime.sessions,
            [job_id],
            lambda _ended: _show_progress(bar, task, runtime.sessions, job_id),
        )
    with wiring.stored(runtime.settings) as sessions:
        failed = following.failures(sessions, [job_id])
    if failed:
        raise Unavailable("reindex_failed", f"Reindexing failed: {failed[0].error_message}")
    out.print("The index agrees with the database.")


def wait_for(sessions: Sessions, job_ids: Sequence[str], tell: Callable[[int], object]) -> None:
    """Wait until all these jobs have ended, telling how many have; Unavailable if nothing moves."""
    waiting, moved = list(job_ids), time.monotonic()
    while waiting:
        before = len(waiting)
        waiting = following.unfinished(sessions, waiting)
        tell(len(job_ids) - len(waiting))
        if len(waiting) < before or following.any_running(sessions, waiting):
            moved = time.monotonic()
        if time.monotonic() - moved > QUIET_TOO_LONG:
            raise Unavailable(
                "jobs_wait",
                f"{len(waiting)} jobs wait and nobody runs them. Is a server or worker running?",
            )
        if waiting:
            time.sleep(POLL)  # the jobs run elsewhere; the database is all we share


def _show_progress(bar: Progress, task: TaskID, sessions: Sessions, job_id: str) -> None:
    with sessions.read() as session:
        job = jobs.get(session, job_id)
    if job.total:
        bar.update(task, completed=job.done, total=job.total)


def _print_refused(refused: Sequence[Outcome]) -> None:
    if not refused:
        return
    table = Table(title=f"{len(refused)} rows refused", title_justify="left")
    for column in ("line", "external_id", "field", "reason"):
        table.add_column(column)
    for outcome in refused[:ERRORS_SHOWN]:
        for name, reason in outcome.fields.items():
            told = (outcome.external_id, name, reason)
            table.add_row(str(outcome.line), *map(escape, told))
    err.print(table)


def _print_failed(sessions: Sessions, job_ids: Sequence[str]) -> None:
    failed = following.failures(sessions, job_ids)
    for job in failed[:ERRORS_SHOWN]:
        err.print(f"Job {job.id} {job.status}: {job.error_message}", markup=False)
    if failed:
        err.print(f"{len(failed)} products were not indexed.")


import_.__name__ = "import"
COMMANDS = (import_, reindex)
