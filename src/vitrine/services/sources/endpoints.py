"""Where catalogues are pulled from, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, invalid
from vitrine.services.imports.formats import FORMATS
from vitrine.services.sources.rules import Rules, Secrets, secrets_of
from vitrine.tables.sources import Source, SourcePull

LONGEST_URL = 2000
SHORTEST, LONGEST = 5, 60 * 24 * 31
"""Minutes between two pulls."""

READING = ("format", "currency", "country", "encoding", "columns")
"""What says how a file is read, where it does not say so itself."""

UNKEPT = ""
"""Credentials that are taken away."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a source shall be; None leaves what is. `authorization` is the header that signs in."""

    name: str | None = None
    url: str | None = None
    authorization: str | None = None
    folder: str | None = None
    every_minutes: int | None = None
    hides: float | None = None
    paused: bool | None = None
    reading: Mapping[str, Any] | None = None


def add(session: Session, rules: Rules, asked: Wanted, by: str | None) -> Source:
    """A new source, due at once where it has a schedule; raises Invalid."""
    source = Source(name="", created_by=by, reading={})
    source.url = source.folder = source.sealed = ""
    source.every_minutes, source.hides = 0, 0.2
    _write(source, rules, asked)
    session.add(source)
    session.flush()
    return source


def get(session: Session, source_id: str, *, locked: bool = False) -> Source:
    """The source; raises NotFound."""
    query = select(Source).where(Source.id == source_id)
    found = session.scalar(query.with_for_update() if locked else query)
    if found is None:
        raise NotFound("source_unknown", "There is no such source.")
    return found


def list_sources(session: Session) -> list[tuple[Source, SourcePull | None]]:
    """Every source, oldest first, with its newest pull."""
    found = session.scalars(select(Source).order_by(Source.id)).all()
    return [(each, newest(session, each.id)) for each in found]


def newest(session: Session, source_id: str) -> SourcePull | None:
    """The newest pull of a source."""
    return next(iter(list_pulls(session, source_id, None, 1)[0]), None)


def list_pulls(
    session: Session, source_id: str, cursor: str | None, limit: int
) -> tuple[Sequence[SourcePull], str | None]:
    """Pulls newest first, after the cursor of the page before, and the cursor of the next."""
    query = select(SourcePull).where(SourcePull.source_id == source_id)
    if cursor:
        query = query.where(SourcePull.id < cursor)
    found = session.scalars(query.order_by(SourcePull.id.desc()).limit(limit + 1)).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def change(session: Session, rules: Rules, source_id: str, asked: Wanted) -> Source:
    """Change what was asked; raises Invalid.

    Credentials are for one host: where the address goes to another, they are forgotten.
    """
    source = get(session, source_id, locked=True)
    _write(source, rules, asked)
    return source


def remove(session: Session, source_id: str) -> None:
    """Forget it with its secrets and its pulls; its products stay as they are."""
    source = get(session, source_id, locked=True)
    session.execute(delete(SourcePull).where(SourcePull.source_id == source.id))
    session.delete(source)


def _write(source: Source, rules: Rules, asked: Wanted) -> None:
    _write_place(source, rules, asked)
    if asked.name is not None:
        source.name = asked.name.strip()
    if not source.name:
        raise invalid("name", "is empty")
    if asked.reading is not None:
        source.reading = _checked_reading(asked.reading)
        source.read_at = None
    if asked.hides is not None:
        source.hides = asked.hides
    if asked.paused is not None and asked.paused != source.paused:
        source.paused_at = now() if asked.paused else None
    if asked.every_minutes is not None and asked.every_minutes != source.every_minutes:
        source.every_minutes = _checked_minutes(asked.every_minutes)
        source.next_at = now() if asked.every_minutes else None


def _checked_reading(said: Mapping[str, Any]) -> dict[str, Any]:
    if (said.get("format") or "auto") not in ("auto", *FORMATS):
        raise invalid("format", f"is none of auto, {', '.join(FORMATS)}")
    return {name: said[name] for name in READING if said.get(name)}


def _checked_minutes(minutes: int) -> int:
    if minutes and not SHORTEST <= minutes <= LONGEST:
        raise invalid("every_minutes", f"must be 0, or from {SHORTEST} to {LONGEST:,}")
    return minutes


def after(source: Source) -> None:
    """Note when it is due again, now that it is pulled."""
    every = timedelta(minutes=source.every_minutes)
    source.next_at = now() + every if source.every_minutes else None


def _write_place(source: Source, rules: Rules, asked: Wanted) -> None:
    if asked.url is not None:
        _write_url(source, rules, asked.url)
    if asked.folder is not None:
        source.folder = asked.folder.strip()
        if source.folder:
            rules.place(source.folder)
    if bool(source.url) == bool(source.folder):
        raise invalid("url", "a source has either an address or a folder")
    if asked.authorization is not None:
        kept = secrets_of(source, rules.key) if source.sealed else Secrets()
        source.sealed = kept._replace(authorization=asked.authorization).sealed(rules.key)
    if source.sealed and source.url.startswith("http://") and not rules.private:
        raise invalid("url", "must begin with https://, for secrets are sent there")


def _write_url(source: Source, rules: Rules, url: str) -> None:
    if not url:
        source.url = source.sealed = ""
        return
    source.read_at = None
    parts = _parts(url)
    authorization = ""
    if source.url and _origin(parts) == _origin(urlsplit(source.url)):
        authorization = secrets_of(source, rules.key).authorization
    source.sealed = Secrets(parts.query, authorization).sealed(rules.key)
    source.url = parts._replace(query="", fragment="").geturl()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise invalid("url", "is no web address") from None
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise invalid("url", f"needs at most {LONGEST_URL:,} characters without spaces")
    if parts.scheme not in ("https", "http") or not host:
        raise invalid("url", "must begin with https:// and name a host")
    if parts.username is not None:
        raise invalid("url", "must hold no password: send credentials beside it")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port
