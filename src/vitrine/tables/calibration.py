"""What was measured in this shop's own catalogue, and what its words mean in ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrine.core.clock import now
from vitrine.tables.base import Base, Row


class Calibration(Row, Base):
    """The newest fit of one collection; `products` is how many it had then.

    `tuning` is what search reads, `labels` what labelling reads, `figures` what people read.
    """

    __tablename__ = "calibrations"

    collection_id: Mapped[str] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), unique=True
    )
    products: Mapped[int]
    fitted_at: Mapped[datetime] = mapped_column(default=now)
    tuning: Mapped[dict[str, Any]]
    labels: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]


class ValueMapping(Row, Base):
    """One value of the shop's, in lower case, and the word of the vocabulary that it means.

    `proposed` is the word that words and pictures agree on, else None; `stated` is a person's,
    which wins: empty for "none of ours", None where nobody said anything.
    """

    __tablename__ = "value_mappings"

    facet: Mapped[str] = mapped_column(String(50))
    value: Mapped[str] = mapped_column(String(200))
    spelled: Mapped[str] = mapped_column(String(200))
    products: Mapped[int] = mapped_column(default=0)
    proposed: Mapped[str | None] = mapped_column(String(100), default=None)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stated: Mapped[str | None] = mapped_column(String(100), default=None)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (UniqueConstraint("facet", "value"),)

    @property
    def word(self) -> str:
        """The word that counts; empty for none."""
        return (self.proposed or "") if self.stated is None else self.stated
