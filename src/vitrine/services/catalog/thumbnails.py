"""Small copies of photos, made for whoever asks first, and what their likes are told by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, VitrineError
from vitrine.ports import Blobs, Queue
from vitrine.services import jobs
from vitrine.services.jobs import JobKind, Order
from vitrine.services.jobs.kinds import Thumbnails
from vitrine.services.jobs.work import Work
from vitrine.tables.blobs import (
    FORMATS,
    LISTED,
    WHOLE,
    Blob,
    copy_keys,
    listed_key,
    thumbnail_key,
)
from vitrine.tables.catalog import blob_key
from vitrine.tables.jobs import QUEUED, RUNNING, SUCCEEDED, Job
from vitrine.vision import images, readers
from vitrine.vision.images import Picture
from vitrine.vision.likeness import UNSEEN, Likeness, likeness_of

RECIPE = "2"
"""Changes when thumbnails come out otherwise, so that browsers ask for the new ones."""

BATCH = 20
"""Photos between two reports."""

REST = timedelta(minutes=10)
"""How long photos wait after a job that failed, or that a person cancelled."""

log = structlog.get_logger()


def thumbnail(blobs: Blobs, sha256: str, side: int, ending: str = "webp") -> bytes:
    """The photo with the given longer side; one that nobody asked for yet is made and kept."""
    key = thumbnail_key(sha256, side, ending)
    try:
        return blobs.get(key)
    except NotFound:
        with _opened(blobs, sha256) as picture:
            small = images.thumbnail(picture, side, ending)
        blobs.put(key, small, FORMATS[ending])
        return small


def shown(blobs: Blobs, sha256: str, media_type: str) -> tuple[bytes, str]:
    """The photo as it came and its media type, or as a JPEG where no browser would show it."""
    if media_type in readers.UNSHOWN:
        return thumbnail(blobs, sha256, WHOLE, "jpg"), FORMATS["jpg"]
    return blobs.get(blob_key(sha256)), media_type


def due(session: Session) -> bool:
    """Whether photos wait to be looked at and no job is about to."""
    if session.scalar(select(Blob.sha256).where(_waiting()).limit(1)) is None:
        return False
    rested = Job.created_at <= now() - REST
    busy = select(Job.id).where(
        Job.kind == JobKind.THUMBNAILS,
        Job.status != SUCCEEDED,
        or_(Job.status.in_((QUEUED, RUNNING)), ~rested),
    )
    return session.scalar(busy.limit(1)) is None


def submit(session: Session, queue: Queue, *, ahead: bool = False) -> Job:
    """A job that looks at all photos that wait, and if asked makes ahead what lists show."""
    return jobs.submit(session, queue, Order(Thumbnails(ahead=ahead)))


def forget(session: Session) -> int:
    """Have all photos looked at again, and their copies gone, by the next job; how many."""
    session.execute(update(Blob).values(thumbnails_at=None))
    return session.scalar(select(func.count()).select_from(Blob).where(_waiting())) or 0


def make_waiting(work: Work) -> None:
    """The thumbnails job: learn what the likes of new photos are told by, take away copies of an
    earlier recipe, and make copies ahead if that is asked."""
    with work.sessions.read() as session:
        total = session.scalar(select(func.count()).select_from(Blob).where(_waiting())) or 0
    done = 0
    while found := _next(work):
        _keep(work, {sha256: _look(work.ports.blobs, sha256, known) for sha256, known in found})
        done += len(found)
        work.report(done, max(done, total))
    if work.asked(Thumbnails).ahead:
        _make_ahead(work)
    with work.write() as session:
        work.finish(session)


def _waiting() -> ColumnElement[bool]:
    return Blob.thumbnails_at.is_(None) & Blob.condemned_at.is_(None)


def _next(work: Work) -> list[tuple[str, bool]]:
    """Photos that wait, and whether each was looked at before."""
    known = Blob.perceptual_hash.is_not(None)
    query = select(Blob.sha256, known).where(_waiting()).order_by(Blob.created_at).limit(BATCH)
    with work.sessions.read() as session:
        return [(sha256, known) for sha256, known in session.execute(query)]


def _look(blobs: Blobs, sha256: str, known: bool) -> Likeness:
    """What the photo's likes are told by; of one that is known all copies go."""
    for key in copy_keys(sha256) if known else ():
        blobs.delete(key)
    try:
        with _opened(blobs, sha256) as picture:
            return likeness_of(picture)
    except VitrineError as error:
        if error.retried:
            raise
        log.warning("not looked at", sha256=sha256, code=error.code)
        return UNSEEN


def _make_ahead(work: Work) -> None:
    """Make what lists show of every photo that has no such copies."""
    with work.sessions.read() as session:
        photos = session.scalars(select(Blob.sha256).where(Blob.condemned_at.is_(None))).all()
    for start in range(0, len(photos), BATCH):
        for sha256 in photos[start : start + BATCH]:
            _list(work.ports.blobs, sha256)
        work.report(min(start + BATCH, len(photos)), len(photos))


def _list(blobs: Blobs, sha256: str) -> None:
    if all(blobs.exists(listed_key(sha256, side)) for side in LISTED):
        return
    try:
        with _opened(blobs, sha256) as picture:
            smaller = picture
            for side in LISTED:
                smaller = images.shrunken(smaller, side)
                blobs.put(listed_key(sha256, side), images.encoded(smaller), FORMATS["webp"])
    except VitrineError as error:
        if error.retried:
            raise
        log.warning("no thumbnails", sha256=sha256, code=error.code)


def _keep(work: Work, made: Mapping[str, Likeness]) -> None:
    with work.write() as session:
        moment = now()
        purged = [
            sha256
            for sha256, told in made.items()
            if not jobs.changed(
                session,
                update(Blob)
                .where(Blob.sha256 == sha256)
                .values(thumbnails_at=moment, **told._asdict()),
            )
        ]
    for sha256 in purged:  # while we worked
        for key in copy_keys(sha256):
            work.ports.blobs.delete(key)


@contextmanager
def _opened(blobs: Blobs, sha256: str) -> Iterator[Picture]:
    # The photo passed the limits when it came in; they may have been lowered since.
    unlimited = images.Limits(2**62, 2**62, min_side=1, max_declared=2**62)
    with images.opened([blobs.get(blob_key(sha256))], unlimited) as (picture,):
        yield picture
