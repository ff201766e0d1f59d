"""The public door: the keys that shop pages carry, and what visitors did there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.tables.base import Base, Row, SoftDelete, deleted_index

SEARCH, SHOWN, VIEW, CLICK, ADD_TO_CART = "search", "shown", "view", "click", "add_to_cart"
"""The kinds of events: a search that was answered, its answer that a page showed, and what visitors
did with a product."""


class PublishableKey(Row, SoftDelete, Base):
    """What a shop's pages search with: offers what its filters leave, to pages of its origins.

    It is stored as it is, not hashed: it stands in the source of every page that uses it, so its
    reader here learns nothing, and staff can copy the code to paste again. `facets` are attributes
    that visitors may filter by beside the declared facets; the rates are requests a minute.
    """

    __tablename__ = "publishable_keys"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    origins: Mapped[list[str]]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facets: Mapped[list[str]] = mapped_column(default=list)
    per_minute: Mapped[int]
    per_visitor: Mapped[int]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)

    __table_args__ = (deleted_index("publishable_keys"),)


class MissedPhoto(Row, Base):
    """The part of a photo that a visitor searched with, and that nothing fitted; nothing of who.

    Its bytes, a small WebP, are under `missed_key`. `words` came beside it.
    """

    __tablename__ = "missed_photos"

    key_id: Mapped[str | None] = mapped_column(ForeignKey("publishable_keys.id"), default=None)
    words: Mapped[str] = mapped_column(String(200), default="")
    width: Mapped[int]
    height: Mapped[int]

    __table_args__ = (Index("ix_missed_photos_created_at", "created_at"),)


def missed_key(photo_id: str) -> str:
    """The key of a missed photo's bytes."""
    return f"missed/{photo_id}.webp"


class ShopEvent(Row, Base):
    """One thing that a visitor did; nothing in it tells who.

    `visit` is a random word of the page's own, forgotten after a day. Of a search it says how it
    asked (photo, words, ...), which facets were filtered by, how many products matched and how long
    it took; its words only where nothing matched.
    """

    __tablename__ = "shop_events"

    key_id: Mapped[str | None] = mapped_column(ForeignKey("publishable_keys.id"), default=None)
    kind: Mapped[str] = mapped_column(String(20))
    visit: Mapped[str | None] = mapped_column(String(64), default=None, index=True)
    search_id: Mapped[str | None] = mapped_column(String(36), default=None, index=True)
    product_id: Mapped[str | None] = mapped_column(
        ForeignKey("products.id", ondelete="SET NULL"), default=None, index=True
    )
    rank: Mapped[int | None] = mapped_column(default=None)
    asked: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(String(200), default="")
    filters: Mapped[list[str]] = mapped_column(default=list)
    matches: Mapped[int | None] = mapped_column(default=None)
    hits: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[float] = mapped_column(Float, default=0.0)

    __table_args__ = (
        Index("ix_shop_events_created_at", "created_at"),
        CheckConstraint("kind IN ('search', 'shown', 'view', 'click', 'add_to_cart')", name="kind"),
    )
