"""Photos that visitors found nothing with, for a shop to see what it lacks.

They are kept only where a setting says for how long, and a purge removes them. What is kept is the
part that was searched with, made small and written anew, so nothing of place or device is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, VitrineError
from vitrine.ports import Blobs
from vitrine.services.search import SearchEngine, SearchRequest
from vitrine.services.shop.events import plain
from vitrine.services.shop.keys import Visitor
from vitrine.tables.jobs import QueryResult
from vitrine.tables.shop import MissedPhoto, missed_key
from vitrine.vision import images
from vitrine.vision.types import Box

SIDE = 480
"""The longer side in pixels of what is kept."""

MOST_A_DAY = 500
"""More than people look through; who asks without an end must not fill the disk."""

MOST = 100
"""So many of the newest are listed."""

log = structlog.get_logger()


def keep(
    engine: SearchEngine, visitor: Visitor, request: SearchRequest, result: QueryResult
) -> None:
    """Keep the photo of a search that nothing matched; of every other search nothing.

    Never a reason for a search to fail: what cannot be kept is not.
    """
    photo = request.photo
    if photo is None or request.cursor is not None or result.summary.get("total"):
        return
    with engine.sessions.read() as session:
        if _is_full(session):
            return
    row = MissedPhoto(key_id=visitor.key_id, words=plain(request.text))
    try:
        small = _cut(photo, result.query.get("box"), row)
        with engine.sessions.write() as session:  # first: bytes without a row are found by nobody
            session.add(row)
        engine.ports.blobs.put(missed_key(row.id), small, "image/webp")
    except VitrineError as error:
        log.warning("a missed photo was not kept", why=str(error))
        with engine.sessions.write() as session:
            session.execute(delete(MissedPhoto).where(MissedPhoto.id == row.id))


def newest(session: Session, since: datetime, key_id: str | None = None) -> Sequence[MissedPhoto]:
    """Those kept since then, of one key or of all, the newest first."""
    query = select(MissedPhoto).where(MissedPhoto.created_at >= since)
    if key_id is not None:
        query = query.where(MissedPhoto.key_id == key_id)
    return session.scalars(query.order_by(MissedPhoto.id.desc()).limit(MOST)).all()


def read(session: Session, blobs: Blobs, photo_id: str) -> bytes:
    """The picture as WebP; raises NotFound for one that is not kept, or no more."""
    if session.get(MissedPhoto, photo_id) is None:
        raise NotFound("photo_unknown", "There is no such photo.")
    return blobs.get(missed_key(photo_id))


def _is_full(session: Session) -> bool:
    recent = MissedPhoto.created_at > now() - timedelta(days=1)
    count = session.scalar(select(func.count(MissedPhoto.id)).where(recent))
    return (count or 0) >= MOST_A_DAY


def _cut(photo: bytes, box: Sequence[float] | None, row: MissedPhoto) -> bytes:
    """The part of the photo that was searched with, whose size the row is told."""
    # It passed the limits when it was searched with.
    with images.opened([photo]) as (picture,):
        part = picture if box is None else images.cut(picture, Box(*box))
        small = images.shrunken(part, SIDE)
        row.width, row.height = small.size
        return images.encoded(small)
