"""Catalogues that came by the API: kept until their job has read them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vitrine.core import scratch
from vitrine.core.clock import least_id, new_id, now
from vitrine.core.errors import Conflict
from vitrine.core.groups import LimitSettings, ShopSettings
from vitrine.core.text import sound, sound_json
from vitrine.ports import Blobs, NoFetcher, Ports
from vitrine.services import jobs
from vitrine.services.catalog.fields import clean_name
from vitrine.services.imports import ingest, pictures, reading
from vitrine.services.imports.reading import Catalogue
from vitrine.services.imports.records import Source
from vitrine.services.imports.summary import ImportSummary
from vitrine.services.imports.upserting import Outcome
from vitrine.services.jobs import JobKind, Order, Share
from vitrine.services.jobs.kinds import Import
from vitrine.services.jobs.work import Work
from vitrine.tables.jobs import ImportResult, Job

FOLDER = "imports/"
"""Where the files of our jobs are."""

ARRIVING = timedelta(hours=1)
"""How long a file may lie here before its job is committed."""

KINDS = (JobKind.IMPORT, JobKind.PULL)
"""The kinds of job that keep files here."""

PARTS = ("catalogue", "images")
REPORT_EVERY = 50
"""Records between two reports of progress, each of which also sees whether to stop."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How to read the file, where it does not say itself, what its pictures may measure, and the
    shop whose prices it holds."""

    format: str = "auto"
    currency: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    limits: LimitSettings = field(default_factory=LimitSettings)
    country: str = ""
    encoding: str = ""
    shop: ShopSettings = field(default_factory=ShopSettings)


@dataclass(frozen=True, slots=True)
class Upload:
    """A catalogue file by name, and a zip with its pictures if there is one."""

    name: str
    data: bytes
    images: bytes | None = None


def admit(upload: Upload, asked: Asked) -> None:
    """Raise Invalid for what is no catalogue at all; stores nothing."""
    with _laid_out(upload, asked) as source:
        reading.look(source)
        if upload.images is not None:
            with pictures.opened(source, NoFetcher(), 1):
                pass  # the zip could be opened


def submit(
    session: Session,
    ports: Ports,
    upload: Upload,
    asked: Asked,
    created_by: str | None = None,
    idempotency_key: str | None = None,
) -> Job:
    """Keep the files and submit the job that imports them."""
    key = f"{FOLDER}{new_id()}"
    ports.blobs.put(f"{key}/catalogue", upload.data, "application/octet-stream")
    if upload.images is not None:
        ports.blobs.put(f"{key}/images", upload.images, "application/zip")
    payload = Import(
        key=key,
        name=clean_name(upload.name),
        images=upload.images is not None,
        format=asked.format,
        currency=asked.currency,
        columns=asked.columns,
        dry_run=asked.dry_run,
        limits=asked.limits,
        country=asked.country,
        encoding=asked.encoding,
        shop=asked.shop,
    )
    share = Share(created_by or "", bulk=True)
    order = Order(payload, None, created_by, idempotency_key, share)
    return jobs.submit(session, ports.queue, order)


def run(work: Work) -> None:
    """The import job: every product of the file, then what became of them, then the files go."""
    payload, blobs = work.asked(Import), work.ports.blobs
    upload = Upload(payload.name, blobs.get(f"{payload.key}/catalogue"), _images(blobs, payload))
    with _laid_out(upload, _how(payload)) as source:
        del upload
        with reading.opened(source, reading.look(source)) as catalogue:
            brought = bring(work, catalogue, payload.limits, dry_run=payload.dry_run)
    with work.write() as session:
        record(session, work, brought)
        work.finish(session)
    _drop(blobs, payload.key)


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did, and how the file was read: its first rows, and whose prices it held."""

    layout: reading.Layout
    summary: ImportSummary
    rows: list[dict[str, Any]]
    currency: str
    dry_run: bool


def bring(
    work: Work, catalogue: Catalogue, limits: LimitSettings, *, dry_run: bool = False
) -> Brought:
    """Import every product of the file and keep its errors, telling the job how far it is."""
    source, layout = catalogue.source, catalogue.layout
    with tempfile.TemporaryFile("w+", newline="", encoding="utf-8", errors="replace") as file:
        summary = ImportSummary(file)
        outcomes = ingest.import_opened(
            work.sessions, work.ports, limits, catalogue, dry_run=dry_run
        )
        work.report(0, catalogue.products)
        for done, outcome in enumerate(outcomes, 1):
            summary.add(outcome)
            if done % REPORT_EVERY == 0 or done == catalogue.products:
                work.report(done, catalogue.products)
        file.seek(0)
        work.ports.blobs.put(_errors_key(work.claim.job_id), file.read().encode(), "text/csv")
    rows = reading.samples(source, layout)
    return Brought(layout, summary, rows, source.currency or source.usual_currency, dry_run)


def result(session: Session, job_id: str) -> ImportResult:
    """What the import did; raises NotFound for no job, Conflict while it has done nothing."""
    job = jobs.get(session, job_id)
    made = session.scalar(select(ImportResult).where(ImportResult.job_id == job.id))
    if made is None:
        raise Conflict("no_result", f"The job is {job.status} and has imported nothing yet.")
    return made


def errors(session: Session, blobs: Blobs, job_id: str) -> bytes:
    """Every error of the import as CSV; raises as `result` does."""
    return blobs.get(_errors_key(result(session, job_id).job_id))


def forget(blobs: Blobs, job: Job) -> None:
    """Delete all files of an import or a pull that has ended, whatever of them there is."""
    if job.kind == JobKind.IMPORT:
        _drop(blobs, Import.model_validate(job.payload).key)
    blobs.delete(_errors_key(job.id))


def strays(session: Session, blobs: Blobs) -> list[str]:
    """The keys of files that no job knows, without those whose job may be yet to come."""
    keys, young = list(blobs.keys(FOLDER)), least_id(now() - ARRIVING)
    known: set[str] = set()
    for job_id, kind, payload in session.execute(
        select(Job.id, Job.kind, Job.payload).where(Job.kind.in_(KINDS))
    ):
        known.add(job_id)
        if kind == JobKind.IMPORT:
            known.add(Import.model_validate(payload).key.removeprefix(FOLDER))
    names = [(key.removeprefix(FOLDER).partition("/")[0], key) for key in keys]
    return [key for name, key in names if name < young and name not in known]


def _drop(blobs: Blobs, key: str) -> None:
    for part in PARTS:
        blobs.delete(f"{key}/{part}")


def record(session: Session, work: Work, brought: Brought) -> None:
    """Keep what the job did, for `result`."""
    # An earlier attempt of this job may have got this far; what is true now is what counts.
    session.execute(delete(ImportResult).where(ImportResult.job_id == work.claim.job_id))
    layout, summary = brought.layout, brought.summary
    columns = [{"column": sound(use.column), "becomes": sound(use.field)} for use in layout.uses]
    session.add(
        ImportResult(
            job_id=work.claim.job_id,
            format=layout.kind.name,
            dry_run=brought.dry_run,
            columns=columns,
            counts=counts_of(summary),
            details=sound_json(
                {
                    "encoding": layout.encoding,
                    "delimiter": layout.delimiter,
                    "currency": brought.currency,
                    "samples": brought.rows,
                    "without_photos": summary.bare,
                    "errors": [_error(outcome) for outcome in summary.shown],
                }
            ),
        )
    )


def counts_of(summary: ImportSummary) -> dict[str, int]:
    """How many products became what, and how many came with something missing."""
    counts = {what: summary.counts[what] for what in ingest.WHATS}
    return counts | {"incomplete": summary.incomplete, "without_photos": summary.without_photos}


def _error(outcome: Outcome) -> dict[str, Any]:
    return {
        "line": outcome.line,
        "external_id": outcome.external_id,
        "what": outcome.what,
        "fields": dict(outcome.fields),
    }


def _images(blobs: Blobs, payload: Import) -> bytes | None:
    return blobs.get(f"{payload.key}/images") if payload.images else None


def _how(payload: Import) -> Asked:
    return Asked(**{each.name: getattr(payload, each.name) for each in fields(Asked)})


def _errors_key(job_id: str) -> str:
    return f"{FOLDER}{job_id}/errors"


@contextmanager
def _laid_out(upload: Upload, asked: Asked) -> Iterator[Source]:
    """The files in a folder of their own, which picture names may not leave."""
    with scratch.folder() as folder:
        path, images = folder / "catalogue", folder / "images"
        path.write_bytes(upload.data)
        if upload.images is None:
            images.mkdir()
        else:
            images.write_bytes(upload.images)
        source = Source(
            path,
            images,
            images,
            asked.format,
            asked.columns,
            asked.currency,
            country=asked.country,
            encoding=asked.encoding,
        )
        yield ingest.of_shop(source, asked.shop)
