"""The bytes we keep, one row for each content, however many images show it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.core.clock import now
from vitrine.tables.base import Base

THUMBNAIL_SIDES = (160, 480, 1080)
"""Longer side in pixels of the thumbnails there can be."""

LISTED = (480, 160)
"""Those that lists of products show, as WebP, the larger first."""

FORMATS = {"webp": "image/webp", "jpg": "image/jpeg"}
"""What thumbnails are made as: ending and media type."""


WHOLE = 4096
"""Longer side of the JPEG that stands for a photo no browser shows, such as HEIC."""


class Blob(Base):
    """What is stored under one sha256; who holds its row may put or delete the bytes."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    condemned_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    marked_at: Mapped[datetime | None] = mapped_column(default=None)
    thumbnails_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    perceptual_hash: Mapped[str | None] = mapped_column(String(16), default=None)
    colour_grid: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)


def thumbnail_key(sha256: str, side: int, ending: str) -> str:
    """The key of a photo's small copy with that longer side."""
    return f"thumbnails/{sha256[:2]}/{sha256}-{side}.{ending}"


def thumbnail_keys(sha256: str) -> list[str]:
    """Where all the small copies of a photo may be."""
    return [thumbnail_key(sha256, side, ending) for side in THUMBNAIL_SIDES for ending in FORMATS]


def listed_key(sha256: str, side: int) -> str:
    """Where the small copy is that lists of products show with that longer side."""
    return thumbnail_key(sha256, side, "webp")


def copy_keys(sha256: str) -> list[str]:
    """Where anything made of a photo may be."""
    return [*thumbnail_keys(sha256), thumbnail_key(sha256, WHOLE, "jpg")]
