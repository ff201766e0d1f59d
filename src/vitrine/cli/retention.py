"""Commands that keep what is stored tidy: purge, reconcile, thumbnails, duplicates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine import wiring
from vitrine.cli.console import err, out, progress, read_settings
from vitrine.cli.waiting import follow
from vitrine.core.errors import NotFound, Unavailable
from vitrine.services import audit, catalog, jobs, retention
from vitrine.services.catalog import duplicates as finding
from vitrine.services.catalog import thumbnails
from vitrine.services.jobs import Order, monitor
from vitrine.services.jobs.kinds import Reconcile
from vitrine.tables.jobs import Job, RetentionResult
from vitrine.wiring import Runtime

Submit = Callable[[Session, Runtime], Job]


def purge(
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Also where that is unusually much: the clock is right."),
    ] = False,
) -> None:
    """Remove for good what was deleted long ago, and old queries, replies, jobs and uploads.

    How long each is kept say the settings VITRINE_RETENTION__DELETED_DAYS, __QUERIES_DAYS,
    __REPLIES_DAYS, __JOBS_DAYS, __UPLOADS_DAYS and __AUDIT_DAYS. A server does this by itself every
    VITRINE_RETENTION__EVERY seconds. Interrupted, it goes on where it was when run again. After
    days without a purge, one that would take most of what there is waits for --confirm.
    """

    def submit(session: Session, runtime: Runtime) -> Job:
        audit.record(session, audit.by_command("purge.start", confirmed=confirm))
        policy = runtime.settings.retention
        return retention.submit(session, runtime.ports.queue, policy, confirmed=confirm)

    told = _run("Purging", submit)
    _print(told, "removed", "Nothing was old enough to remove.")


def reconcile(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what does not agree, too.")
    ] = False,
) -> None:
    """Compare database, photo store and vector index, and report what does not agree.

    With --repair bytes and vectors that no row knows are removed, missing vectors are published
    from the database, and images whose bytes are lost are deleted softly. Without it nothing
    changes; the exit code is 1 if something does not agree.
    """

    def submit(session: Session, runtime: Runtime) -> Job:
        if repair:
            audit.record(session, audit.by_command("reconcile.repair"))
        order = Order(Reconcile(repair=repair))
        return jobs.submit(session, runtime.ports.queue, order)

    told = _run("Comparing", submit)
    _print(told, "found", "All agrees.")
    for sentence in told.notes:
        err.print(sentence, markup=False)
    if any(told.counts.values()) and not repair:
        err.print("Run `vitrine reconcile --repair` to mend this.")
        raise typer.Exit(1)


def make_thumbnails(
    again: Annotated[
        bool, typer.Option("--again", help="Make those anew that are there already.")
    ] = False,
) -> None:
    """Make what lists show, 160 and 480 pixels, of photos that have none, or with --again of all.

    A server makes a thumbnail when somebody asks for it first, which this saves them.
    """

    def submit(session: Session, runtime: Runtime) -> Job:
        if again:
            thumbnails.forget(session)
        return thumbnails.submit(session, runtime.ports.queue, ahead=True)

    _run("Thumbnails", submit)
    out.print("Every photo has its thumbnails.")


def _run(title: str, submit: Submit) -> RetentionResult:
    """Run the job here or in the server that owns the index; what it tells."""
    with wiring.running_or_attached(read_settings()) as (runtime, _owner), progress() as bar:
        with runtime.sessions.write() as session:
            span = monitor.alone(submit(session, runtime))
        follow(runtime.sessions, span, bar, title)
        failed = monitor.failures(runtime.sessions, span, 1)
        if failed:
            raise Unavailable("job_failed", f"{title} failed: {failed[0].error_message}")
        with runtime.sessions.read() as session:
            query = select(RetentionResult).where(RetentionResult.job_id == span.first)
            return session.scalar(query) or RetentionResult(counts={}, notes=[])


def _print(told: RetentionResult, heading: str, nothing: str) -> None:
    counts = {name: number for name, number in told.counts.items() if number}
    if not counts:
        out.print(nothing)
        return
    table = Table("what", heading)
    for name, number in counts.items():
        table.add_row(name.replace("_", " "), f"{number:,}")
    out.print(table)


def duplicates(
    distance: Annotated[
        int, typer.Option(min=0, max=7, help="Most bits of 64 in which near pictures differ.")
    ] = 4,
    product: Annotated[
        str | None, typer.Option(metavar="EXTERNAL_ID", help="Only pairs with this product.")
    ] = None,
) -> None:
    """List photos that several products show: the same bytes, or pictures that look the same.

    One cut in two colours does not. Nothing is merged. Near pictures are known once their
    thumbnails are made.
    """
    with wiring.stored(read_settings()) as sessions, sessions.read() as session:
        known = catalog.find(session, product) if product else None
        if product and known is None:
            raise NotFound("product_unknown", f"There is no product {product!r}.")
        found = finding.duplicates(session, distance, known.id if known else None)
    table = Table("product", "product", "picture", "image", "image")
    for pair in found:
        picture = "same bytes" if pair.exact else f"{pair.distance} bits differ"
        names = escape(pair.first.external_id), escape(pair.second.external_id)
        table.add_row(*names, picture, pair.first.image_id, pair.second.image_id)
    out.print(table if found else "No two products show the same picture.")


make_thumbnails.__name__ = "thumbnails"
COMMANDS = (purge, reconcile, make_thumbnails, duplicates)
