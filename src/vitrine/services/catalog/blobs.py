"""Who may put and who may delete the bytes of a photo: whoever holds the row of its content.

An upload holds the row from before the bytes are put until its image is committed, and a removal
from before it looks for images until the bytes are gone. So neither can overtake the other, and
no image is ever left without its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound
from vitrine.ports import Blobs
from vitrine.tables.blobs import Blob, copy_keys
from vitrine.tables.catalog import Image, Product, blob_key
from vitrine.vision.likeness import Likeness

AT_ONCE = 200
"""Rows written by one statement: databases limit how many values it may have."""


def hold(session: Session, contents: Mapping[str, Likeness]) -> None:
    """Take the rows of these contents until the session ends: their bytes are about to be put.

    A new one has its likeness from the start where that was looked at.
    """
    moment = now()
    rows = {
        sha256: {**likeness._asdict(), "thumbnails_at": moment if any(likeness) else None}
        for sha256, likeness in contents.items()
    }
    # What is put is put without a mark.
    _upsert(session, rows, {"condemned_at": None, "marked_at": None})


def condemn(session: Session, sha256s: Iterable[str]) -> None:
    """Have a later `remove` delete these contents, unless an image still shows them then."""
    moment = now()
    earlier = func.coalesce(Blob.condemned_at, moment)
    rows = {sha256: {"condemned_at": moment} for sha256 in sha256s}
    _upsert(session, rows, {"condemned_at": earlier})


def condemned(session: Session, limit: int) -> list[str]:
    """Contents that wait for their removal, in the order of their names."""
    waiting = select(Blob.sha256).where(Blob.condemned_at.is_not(None))
    return list(session.scalars(waiting.order_by(Blob.sha256).limit(limit)))


def remove(session: Session, blobs: Blobs, sha256: str) -> bool:
    """Delete a condemned content with its thumbnails and its row; False if an image shows it.

    Killed anywhere, the row is still there and says that the bytes are to go.
    """
    row = session.scalar(
        select(Blob)
        .where(Blob.sha256 == sha256, Blob.condemned_at.is_not(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    if session.scalar(select(shown()).where(Blob.sha256 == sha256)):
        row.condemned_at = None
        return False
    for key in (*copy_keys(sha256), blob_key(sha256)):
        blobs.delete(key)
    session.delete(row)
    return True


def shown() -> ColumnElement[bool]:
    """Whether any image row, deleted or not, has the content of the query's Blob."""
    # On the table, where no deleted row hides.
    images = Image.__table__
    return select(images.c.id).where(images.c.sha256 == Blob.sha256).correlate(Blob).exists()


def visible() -> ColumnElement[bool]:
    """Whether an image that people can see has the content of the query's Blob."""
    images, products = Image.__table__, Product.__table__
    alive = (
        select(images.c.id)
        .outerjoin(products, products.c.id == images.c.product_id)
        .where(images.c.sha256 == Blob.sha256, images.c.deleted_at.is_(None))
        .where(products.c.deleted_at.is_(None))
    )
    return alive.correlate(Blob).exists()


def unmarked(session: Session, limit: int) -> list[str]:
    """Contents whose mark in the store does not say what the rows say."""
    wrong = Blob.marked_at.is_(None) == ~visible()
    query = select(Blob.sha256).where(Blob.condemned_at.is_(None), wrong)
    return list(session.scalars(query.order_by(Blob.sha256).limit(limit)))


def mark(session: Session, blobs: Blobs, sha256: str) -> bool:
    """Tag the bytes as expiring if only deleted images show them, else take the tag away."""
    row = session.scalar(select(Blob).where(Blob.sha256 == sha256).with_for_update())
    if row is None or row.condemned_at is not None:
        return False
    expiring = not session.scalar(select(visible()).where(Blob.sha256 == sha256))
    row.marked_at = now() if expiring else None
    with suppress(NotFound):  # reconcile tells of bytes that are missing
        blobs.mark(blob_key(sha256), expiring)
    return True


def _upsert(
    session: Session, contents: Mapping[str, Mapping[str, Any]], change: dict[str, Any]
) -> None:
    """Rows of new contents with these values, and the change of those that are there."""
    # Always the same way round, so that two never wait for each other.
    names = sorted(contents)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for start in range(0, len(names), AT_ONCE):
        rows = [
            {"sha256": name, "created_at": now(), **contents[name]}
            for name in names[start : start + AT_ONCE]
        ]
        statement = dialect.insert(Blob).values(rows)
        session.execute(
            statement.on_conflict_do_update(index_elements=["sha256"], set_=change),
            execution_options={"synchronize_session": False},
        )
