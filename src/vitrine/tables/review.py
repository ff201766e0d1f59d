"""Decisions people made, and what else was changed on purpose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.tables.base import Base, Row

OPEN, SECOND, DISPUTE, FLAGGED, DONE = "open", "second", "dispute", "flagged", "done"
"""Where an item stands: waiting for its first reviewer, for another one, for a third because two
disagreed, for somebody who knows more, for nobody."""

ACCEPT, CORRECT, REJECT = "accept", "correct", "reject"
FLAG, SKIP, RETURN, REVERT = "flag", "skip", "return", "revert"
"""How an item may be answered; a revert takes another answer back."""

DOUBTS = ("label_margin", "primary_margin", "detector_score", "disagreement")
"""The kinds of doubt that an item may have, each a column."""

DECISIVE = (ACCEPT, CORRECT, REJECT)
"""The outcomes that say how a product is."""


class Review(Row, Base):
    """One change of one product, before and after; rows are only ever added.

    `created_by` is None for an import, the command line, and Vitrine itself.
    """

    __tablename__ = "reviews"

    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), index=True)
    crop_id: Mapped[str | None] = mapped_column(String(36), default=None)
    action: Mapped[str] = mapped_column(String(50))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class ReviewItem(Row, Base):
    """What there is to review of one product; a product has at most one.

    `draw` is its place in a random order of all products, which gives the honest sample. The four
    doubts are 0 to 1, and what they say for people is in `doubts`; `facets` are those in doubt,
    each between blanks. `candidates` are, by facet, the likeliest values with their scores.
    """

    __tablename__ = "review_items"

    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=OPEN)
    priority: Mapped[float] = mapped_column(Float, default=0.0)
    draw: Mapped[float] = mapped_column(Float)
    sampled: Mapped[bool] = mapped_column(default=False)
    traffic: Mapped[int] = mapped_column(default=0)
    label_margin: Mapped[float] = mapped_column(Float, default=0.0)
    primary_margin: Mapped[float] = mapped_column(Float, default=0.0)
    detector_score: Mapped[float] = mapped_column(Float, default=0.0)
    disagreement: Mapped[float] = mapped_column(Float, default=0.0)
    facets: Mapped[str] = mapped_column(String(500), default="")
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    candidates: Mapped[dict[str, Any]] = mapped_column(default=dict)
    leased_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        CheckConstraint("state IN ('open', 'second', 'dispute', 'flagged', 'done')", name="state"),
        Index("ix_review_items_state_priority", "state", "priority"),
        Index("ix_review_items_lease_until", "lease_until"),
        Index("ix_review_items_counted", "state", *DOUBTS, "facets"),  # read instead of the rows
        Index("ix_review_items_sampled_draw", "sampled", "draw"),
    )


class ReviewAnswer(Row, Base):
    """What one person answered of one item; `created_by` is the reviewer.

    `before` and `after` are all that the answer changed of the product, so that it can be taken
    back; `versions` are the models it was asked about. `verified` is what holds of the product by
    this answer: labels by facet, the primary crop that they are of, whether its boxes are right,
    and `looked`, what of it was looked at, which is not there where all that was shown was.
    """

    __tablename__ = "review_answers"

    item_id: Mapped[str] = mapped_column(ForeignKey("review_items.id"), index=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), index=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
    outcome: Mapped[str] = mapped_column(String(20))
    sampled: Mapped[bool] = mapped_column(default=False)
    second: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[float | None] = mapped_column(Float, default=None)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    versions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    verified: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    reverted_by: Mapped[str | None] = mapped_column(String(36), default=None)

    __table_args__ = (
        CheckConstraint(
            "outcome IN ('accept', 'correct', 'reject', 'flag', 'skip', 'return', 'revert')",
            name="outcome",
        ),
        Index("ix_review_answers_created_by_created_at", "created_by", "created_at"),
        Index("ix_review_answers_created_at", "created_at"),
    )
