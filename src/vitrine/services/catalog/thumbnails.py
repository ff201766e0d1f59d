"""Small copies of photos, and what their likes are told by: made once for each content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

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
from vitrine.vision import images, likeness, readers
from vitrine.vision.images import Picture

RECIPE = "2"
"""Changes when thumbnails come out otherwise, so that browsers ask for the new ones."""

BATCH = 20
REST = timedelta(minutes=10)
"""How long photos wait after a job that failed, or that a person cancelled."""

log = structlog.get_logger()


class Likeness(NamedTuple):
    """What a photo's likes are told by; nothing of one that cannot be read."""

    perceptual_hash: str | None = None
    colour_grid: bytes | None = None


def thumbnail(blobs: Blobs, sha256: str, side: int, ending: str = "webp") -> bytes:
    """The photo with the given longer side; one that no job has made yet is made now and kept."""
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
    """Whether photos wait for their thumbnails and no job is about to make them."""
    if session.scalar(select(Blob.sha256).where(_waiting()).limit(1)) is None:
        return False
    rested = Job.created_at <= now() - REST
    busy = select(Job.id).where(
        Job.kind == JobKind.THUMBNAILS,
        Job.status != SUCCEEDED,
        or_(Job.status.in_((QUEUED, RUNNING)), ~rested),
    )
    return session.scalar(busy.limit(1)) is None


def submit(session: Session, queue: Queue) -> Job:
    """A job that makes the thumbnails of all photos that wait."""
    return jobs.submit(session, queue, Order(Thumbnails()))


def forget(session: Session) -> int:
    """Have all thumbnails made anew by the next job; the number of photos."""
    session.execute(update(Blob).values(thumbnails_at=None))
    return session.scalar(select(func.count()).select_from(Blob).where(_waiting())) or 0


def make_waiting(work: Work) -> None:
    """The thumbnails job: what lists show of every photo that has none yet."""
    with work.sessions.read() as session:
        total = session.scalar(select(func.count()).select_from(Blob).where(_waiting())) or 0
    done = 0
    while names := _next(work):
        _keep(work, {sha256: _make(work.ports.blobs, sha256) for sha256 in names})
        done += len(names)
        work.report(done, max(done, total))
    with work.write() as session:
        work.finish(session)


def _waiting() -> ColumnElement[bool]:
    return Blob.thumbnails_at.is_(None) & Blob.condemned_at.is_(None)


def _next(work: Work) -> list[str]:
    with work.sessions.read() as session:
        query = select(Blob.sha256).where(_waiting()).order_by(Blob.created_at).limit(BATCH)
        return list(session.scalars(query))


def _make(blobs: Blobs, sha256: str) -> Likeness:
    """Store what lists show; what the photo's likes are told by."""
    try:
        with _opened(blobs, sha256) as picture:
            return _stored(blobs, sha256, picture)
    except VitrineError as error:
        if error.retried:
            raise
        log.warning("no thumbnails", sha256=sha256, code=error.code)
        return Likeness()


def _stored(blobs: Blobs, sha256: str, picture: Picture) -> Likeness:
    larger = picture
    for side in LISTED:
        larger = images.shrunken(larger, side)
        blobs.put(listed_key(sha256, side), images.encoded(larger), FORMATS["webp"])
    for key in {*copy_keys(sha256)} - {listed_key(sha256, side) for side in LISTED}:
        blobs.delete(key)  # made by an earlier recipe, for whoever asked
    if picture.media_type in readers.UNSHOWN:
        whole = images.thumbnail(picture, WHOLE, "jpg")
        blobs.put(thumbnail_key(sha256, WHOLE, "jpg"), whole, FORMATS["jpg"])
    return Likeness(likeness.perceptual_hash(picture), likeness.colour_grid(picture))


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
