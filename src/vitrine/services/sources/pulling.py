"""The pull job: a source is read, what differs is applied, what it lost is hidden, all is told."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core import scratch
from vitrine.core.clock import now
from vitrine.core.errors import VitrineError
from vitrine.services.catalog import preferences
from vitrine.services.imports import Catalogue, ingest, look, opened
from vitrine.services.imports import job as importing
from vitrine.services.imports.records import Source as File
from vitrine.services.jobs.kinds import Pull
from vitrine.services.jobs.work import Work
from vitrine.services.sources import endpoints, membership
from vitrine.services.sources.rules import Rules, Secrets, secrets_of
from vitrine.services.webhooks import events
from vitrine.tables.sources import APPLIED, FAILED, HELD, Source, SourcePull

FEW = 10
"""So many may be hidden, whatever their share; but none where the feed is empty."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a pull needs of its source's row."""

    id: str
    name: str
    url: str
    folder: str
    secrets: Secrets
    hides: float
    reading: Mapping[str, Any]


def run(rules: Rules, work: Work) -> None:
    """The pull job; one that is refused says so in its report and to webhooks before it fails."""
    asked = work.asked(Pull)
    try:
        with work.sessions.read() as session:
            place = _place(session, rules, asked.source_id)
            rules = replace(rules, shop=preferences.of_shop(session, rules.shop))
        with scratch.folder() as folder, _opened(rules, work, place, folder) as catalogue:
            _apply(rules, work, place, catalogue)
    except VitrineError as error:
        if not error.retried:
            with work.write() as session:
                _end(session, asked, FAILED, message=error.message)
        raise


def _opened(
    rules: Rules, work: Work, place: _Place, folder: Path
) -> AbstractContextManager[Catalogue]:
    source = ingest.of_shop(_file(rules, work, place, folder), rules.shop)
    return opened(source, look(source))


def _place(session: Session, rules: Rules, source_id: str) -> _Place:
    source = endpoints.get(session, source_id)
    return _Place(
        source.id,
        source.name,
        source.url,
        source.folder,
        secrets_of(source, rules.key),
        source.hides,
        dict(source.reading),
    )


def _file(rules: Rules, work: Work, place: _Place, folder: Path) -> File:
    if place.folder:
        path = rules.place(place.folder)
        found = ingest.source(path, path if path.is_dir() else path.parent)
        rules.place(str(found.path))  # it may be a link to somewhere else
        return File(found.path, found.root, **place.reading)
    to, images = folder / "catalogue", folder / "images"
    images.mkdir()
    url = f"{place.url}?{place.secrets.query}" if place.secrets.query else place.url
    work.ports.feeds.download(url, to, rules.sources.bytes, place.secrets.authorization)
    return File(to, images, images, **place.reading)


def _apply(rules: Rules, work: Work, place: _Place, catalogue: Catalogue) -> None:
    asked = work.asked(Pull)
    listed = {record.external_id for record in catalogue.records() if record.external_id}
    with work.sessions.read() as session:
        gone, shown = membership.missing(session, place.id, listed)
    if len(gone) > max(_allowed(place, listed, shown), asked.confirmed):
        told = (
            f"This pull would hide {len(gone):,} of {shown:,} products that came with the source. "
            "Nothing was changed. If that is right, confirm it."
        )
        with work.write() as session:
            _end(session, asked, HELD, missing=len(gone), message=told)
            work.finish(session)
        return
    brought = importing.bring(work, catalogue, rules.limits)
    back = membership.show(work, place.id, listed)
    hidden = membership.hide(work, place.id, gone)
    counts = importing.counts_of(brought.summary) | {"hidden": hidden, "back": back}
    with work.write() as session:
        importing.record(session, work, brought)
        _end(session, asked, APPLIED, counts=counts, missing=len(gone))
        work.finish(session)


def _allowed(place: _Place, listed: set[str], shown: int) -> int:
    """How many may be hidden without a person: none where the feed is empty."""
    return max(FEW, int(place.hides * shown)) if listed else 0


def _end(session: Session, asked: Pull, outcome: str, **report: Any) -> None:
    """Write the report of the pull, and tell webhooks of it."""
    pull, source = session.get(SourcePull, asked.pull_id), session.get(Source, asked.source_id)
    if pull is None or source is None:  # somebody removed it meanwhile
        return
    pull.outcome, pull.ended_at = outcome, now()
    for name, value in report.items():
        setattr(pull, name, value)
    told: dict[str, Any] = {"id": pull.id, "source_id": source.id, "source": source.name}
    told |= {"outcome": outcome, "counts": pull.counts, "missing": pull.missing}
    events.emit(session, events.SOURCE_PULLED, told | {"message": pull.message})
