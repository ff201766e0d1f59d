"""The pull job: a source is read, what differs is applied, what it lost is hidden, all is told."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from vitrine.core import scratch
from vitrine.core.clock import now
from vitrine.core.errors import VitrineError
from vitrine.ports import NEVER, Seen
from vitrine.services.catalog import preferences
from vitrine.services.imports import Catalogue, ingest, look, opened
from vitrine.services.imports import job as importing
from vitrine.services.imports.records import Source as File
from vitrine.services.jobs.kinds import Pull
from vitrine.services.jobs.work import Work
from vitrine.services.sources import endpoints, membership
from vitrine.services.sources.rules import Rules, Secrets, secrets_of
from vitrine.services.webhooks import events
from vitrine.tables.sources import APPLIED, FAILED, HELD, UNCHANGED, Source, SourcePull

FRESH = timedelta(days=1)
"""For so long a source that did not change is not read again by its schedule. Then it is, which
puts right what people changed meanwhile, and has its rows meet the settings of the day."""

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
    seen: Seen


class _Got(NamedTuple):
    """The file, and by what its host knows it again."""

    file: File
    seen: Seen = NEVER


def run(rules: Rules, work: Work) -> None:
    """The pull job; one that is refused says so in its report and to webhooks before it fails."""
    asked = work.asked(Pull)
    try:
        with work.sessions.read() as session:
            place = _place(session, rules, asked)
            rules = replace(rules, shop=preferences.of_shop(session, rules.shop))
        with scratch.folder() as folder:
            got = _got(rules, work, place, folder)
            if got is None:
                _end_unchanged(work)
                return
            with _opened(rules, got.file) as catalogue:
                _apply(rules, work, place, catalogue, got.seen)
    except VitrineError as error:
        if not error.retried:
            with work.write() as session:
                _end(session, asked, FAILED, message=error.message)
        raise


def _opened(rules: Rules, file: File) -> AbstractContextManager[Catalogue]:
    source = ingest.of_shop(file, rules.shop)
    return opened(source, look(source))


def _place(session: Session, rules: Rules, asked: Pull) -> _Place:
    source = endpoints.get(session, asked.source_id)
    fresh = source.read_at is not None and source.read_at > now() - FRESH
    return _Place(
        source.id,
        source.name,
        source.url,
        source.folder,
        secrets_of(source, rules.key),
        source.hides,
        dict(source.reading),
        Seen(source.etag, source.modified) if asked.unless_seen and fresh else NEVER,
    )


def _got(rules: Rules, work: Work, place: _Place, folder: Path) -> _Got | None:
    """What there is to read; None where it is what was read before."""
    if place.folder:
        path = rules.place(place.folder)
        found = ingest.source(path, path if path.is_dir() else path.parent)
        rules.place(str(found.path))  # it may be a link to somewhere else
        return _Got(File(found.path, found.root, **place.reading))
    to, images = folder / "catalogue", folder / "images"
    images.mkdir()
    url = f"{place.url}?{place.secrets.query}" if place.secrets.query else place.url
    most, header = rules.sources.bytes, place.secrets.authorization
    seen = work.ports.feeds.download(url, to, most, header, place.seen)
    if seen is None:
        return None
    return _Got(File(to, images, images, **place.reading), seen)


def _end_unchanged(work: Work) -> None:
    with work.write() as session:
        _end(session, work.asked(Pull), UNCHANGED)
        work.finish(session)


def _apply(rules: Rules, work: Work, place: _Place, catalogue: Catalogue, seen: Seen) -> None:
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
        _remember(session, place, seen)
        work.finish(session)


def _remember(session: Session, place: _Place, seen: Seen) -> None:
    """Know the file again, unless somebody had it read otherwise meanwhile."""
    source = session.get(Source, place.id, with_for_update=True)
    if source is not None and (source.url, source.reading) == (place.url, place.reading):
        source.etag, source.modified = seen
        source.read_at = now() if any(seen) else None


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
