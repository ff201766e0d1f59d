"""Commands that save a catalogue and bring it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from sqlalchemy import select

from vitrine import backup as backups
from vitrine import wiring
from vitrine.backup.saving import Tell
from vitrine.cli.console import err, out, progress, read_settings
from vitrine.cli.waiting import follow
from vitrine.core.errors import VitrineError
from vitrine.core.settings import Settings
from vitrine.services import audit
from vitrine.services.jobs import JobKind, monitor
from vitrine.tables.jobs import ENDED, Job

MEGABYTE = 1_000_000
_OPEN = Job.status.not_in(ENDED)


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder to save into.")],
) -> None:
    """Save database, photos and the shop's own models into a new folder; a server may be running.

    The folder is complete once it has its name; `sha256sum -c SHA256SUMS` in it proves every file.
    It holds the hashes of passwords and the signing key: keep it as safe as the server. Vectors are
    in the database, so the index is not saved. PostgreSQL and S3: see docs/operations.md.
    """
    settings = read_settings()
    with wiring.stored(settings) as sessions, progress() as bar:
        saved = backups.save(settings, folder, _on(bar, "Copying  "))
        with sessions.write() as session:
            audit.record(session, audit.by_command("backup.save", str(folder)))
    told = saved.manifest
    out.print(
        f"{told.products:,} products, {told.images:,} images, {told.files:,} files of "
        f"{told.bytes / MEGABYTE:,.1f} MB are in {folder}.",
        highlight=False,
        markup=False,
    )
    for what, photos in (("missing in", saved.missing), ("damaged in", saved.damaged)):
        if photos:
            named = ", ".join(photos[:5]) + (", ..." if len(photos) > 5 else "")
            err.print(f"{len(photos):,} photos are {what} the store: {named}", markup=False)
    if saved.missing or saved.damaged:
        err.print("Keep older backups, and see `vitrine reconcile`.")
        raise typer.Exit(1)


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `vitrine backup` saved.")],
) -> None:
    """Bring a backup back into an empty VITRINE_DATA_DIR, then fill the vector index from it.

    Every file is compared with its SHA-256, tables of an older version are brought up to date, and
    nothing that is there is overwritten.
    """
    settings = read_settings()
    with progress() as bar:
        told = backups.restore(settings, folder, _on(bar, "Restoring"))
    with wiring.stored(settings) as sessions, sessions.write() as session:
        audit.record(session, audit.by_command("backup.restore", str(folder)))
    out.print(
        f"{told.products:,} products and {told.images:,} images of {told.created_at[:16]} are in "
        f"{settings.data_dir}.",
        highlight=False,
        markup=False,
    )
    _fill_index(settings)


def _fill_index(settings: Settings) -> None:
    """Fill the index here; where that cannot be, say who will. Searches are exact without it."""
    try:
        with wiring.running_here(settings) as runtime, progress() as bar:
            with runtime.sessions.read() as session:
                job = session.scalar(select(Job).where(Job.kind == JobKind.REINDEX, _OPEN).limit(1))
            if job is not None:  # else there is nothing to index
                follow(runtime.sessions, monitor.alone(job), bar, "Indexing ")
    except VitrineError as error:
        err.print(f"The vector index is still empty: {error.message}", markup=False)
        err.print("`vitrine serve` fills it once that is mended; until then searches scan SQL.")


def _on(bar: Progress, title: str) -> Tell:
    task = bar.add_task(title, total=None)
    return lambda done, total: bar.update(task, completed=done, total=total)


COMMANDS = (backup, restore)
