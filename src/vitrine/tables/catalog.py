"""Products, their images, the crops found on them, and what we know of a crop."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from vitrine.core.clock import now
from vitrine.fields import FIELDS, longest
from vitrine.tables.base import Base, Embedding, Row, SoftDelete, deleted_index, unique_alive
from vitrine.vision.types import KEPT, Box, Space, Vector, Verdict

MODEL, PERSON = "model", "person"
"""Who decided; what a person decided no model changes."""

IMPORT = "import"
"""Who gave an image, if no person: a later list of the same source takes its place."""

ACTIVE = "active"
"""The status of a product that is offered to shoppers; of others a shop decides by a setting."""

SURE = 0.5
"""A label of a model that scores less is more likely wrong than right."""

_STATED = text("source = 'person' AND deleted_at IS NULL")


class Product(Row, SoftDelete, Base):
    """A thing one can find."""

    __tablename__ = "products"

    external_id: Mapped[str] = mapped_column(String(longest("external_id")))
    title: Mapped[str] = mapped_column(String(longest("title")))
    description: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(longest("category")), default="")
    colour: Mapped[str] = mapped_column(String(longest("colour")), default="")
    brand: Mapped[str] = mapped_column(String(longest("brand")), default="")
    gender: Mapped[str] = mapped_column(String(longest("gender")), default="")
    price: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(String(3), default="")
    status: Mapped[str] = mapped_column(String(20), default=ACTIVE, server_default=ACTIVE)
    url: Mapped[str] = mapped_column(String(longest("url")), default="", server_default="")
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    primary_crop_id: Mapped[str | None] = mapped_column(
        ForeignKey("crops.id", ondelete="SET NULL", use_alter=True), default=None, index=True
    )
    primary_source: Mapped[str] = mapped_column(String(20), default=MODEL)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, index=True)

    images: Mapped[list[Image]] = relationship(
        back_populates="product", order_by="(Image.position, Image.id)", lazy="selectin"
    )
    said: Mapped[list[Label]] = relationship(
        primaryjoin="and_(foreign(Label.product_id) == Product.id, "
        "or_(Label.crop_id.is_(None), Label.crop_id == Product.primary_crop_id))",
        order_by="(Label.facet, Label.value)",
        lazy="selectin",
        viewonly=True,
    )

    @property
    def labels(self) -> list[Label]:
        """The labels of its primary crop, and people's in their place where there are any."""
        return prevailing(self.said)

    @property
    def sureness(self) -> float | None:
        """The least score of its models' labels; None where there is none, or people said all."""
        return min((label.score for label in self.labels if label.source == MODEL), default=None)

    @property
    def version(self) -> str:
        """32 hex digits that change with its fields, its images and whether it is deleted."""
        fields = {name: getattr(self, name) for name in FIELDS}
        images = sorted((image.position, image.id) for image in self.images)
        whole = [fields, images, self.deleted_at is not None]
        text = json.dumps(whole, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    __table_args__ = (
        deleted_index("products"),
        unique_alive("uq_products_external_id_alive", "external_id"),
        CheckConstraint("price IS NULL OR price >= 0", name="price_not_negative"),
    )


class Image(Row, SoftDelete, Base):
    """One stored photo; without a product it is an upload waiting to be searched with."""

    __tablename__ = "images"

    product_id: Mapped[str | None] = mapped_column(ForeignKey("products.id"), default=None)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    source_url: Mapped[str] = mapped_column(Text, default="", server_default="")
    source: Mapped[str] = mapped_column(String(20), default=PERSON, server_default=PERSON)
    media_type: Mapped[str] = mapped_column(String(50))
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), default=None)

    product: Mapped[Product | None] = relationship(back_populates="images")
    crops: Mapped[list[Crop]] = relationship(
        back_populates="image", order_by="Crop.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        deleted_index("images"),
        unique_alive("uq_images_product_id_sha256_alive", "product_id", "sha256"),
        Index("ix_images_product_id_position", "product_id", "position"),
    )

    @property
    def blob_key(self) -> str:
        """Where the bytes are kept."""
        return blob_key(self.sha256)


def blob_key(sha256: str) -> str:
    """The key of a photo's bytes: its content's hash, never a name from outside."""
    return f"images/{sha256[:2]}/{sha256}"


class Crop(Row, Base):
    """A Detection kept as a row; its pixels are cut again from the image when needed."""

    __tablename__ = "crops"

    image_id: Mapped[str] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"), index=True)
    x1: Mapped[float] = mapped_column(Float)
    y1: Mapped[float] = mapped_column(Float)
    x2: Mapped[float] = mapped_column(Float)
    y2: Mapped[float] = mapped_column(Float)
    kind: Mapped[str] = mapped_column(String(50))
    score: Mapped[float] = mapped_column(Float)
    verdict: Mapped[str] = mapped_column(String(20), default=KEPT)
    reason: Mapped[str | None] = mapped_column(String(50), default=None)
    detector: Mapped[str] = mapped_column(String(100))
    verdict_source: Mapped[str] = mapped_column(String(20), default=MODEL)
    measures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    primary_score: Mapped[float | None] = mapped_column(Float, default=None)
    primary_parts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    image: Mapped[Image] = relationship(back_populates="crops")
    embeddings: Mapped[list[CropEmbedding]] = relationship(cascade="all, delete-orphan")

    @property
    def kept(self) -> bool:
        """Whether the crop may be labelled and indexed."""
        return self.verdict == KEPT

    @property
    def said(self) -> Verdict:
        """The verdict on it, by whomever."""
        return Verdict(self.verdict, self.reason)

    @property
    def box(self) -> Box:
        """Where on the upright image."""
        return Box(self.x1, self.y1, self.x2, self.y2)


class CropEmbedding(Row, Base):
    """One crop's vector in one vector space."""

    __tablename__ = "crop_embeddings"

    crop_id: Mapped[str] = mapped_column(ForeignKey("crops.id", ondelete="CASCADE"))
    model_version: Mapped[str] = mapped_column(String(100))
    preprocess_version: Mapped[str] = mapped_column(String(100))
    space: Mapped[Space] = composite("model_version", "preprocess_version")
    vector: Mapped[Vector] = mapped_column(Embedding)

    __table_args__ = (UniqueConstraint("crop_id", "model_version", "preprocess_version"),)


class TextEmbedding(Row, Base):
    """The vector of a product's words in one encoder's space, and the hash of those words."""

    __tablename__ = "text_embeddings"

    product_id: Mapped[str] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    model_version: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    vector: Mapped[Vector] = mapped_column(Embedding)

    __table_args__ = (UniqueConstraint("product_id", "model_version"),)


class Label(Row, SoftDelete, Base):
    """One word of one facet: from a model for a crop, from a person for the whole product.

    A person's empty value says that nothing of the facet fits.
    """

    __tablename__ = "labels"

    product_id: Mapped[str] = mapped_column(
        ForeignKey("products.id", ondelete="CASCADE"), index=True
    )
    crop_id: Mapped[str | None] = mapped_column(
        ForeignKey("crops.id", ondelete="CASCADE"), default=None, index=True
    )
    facet: Mapped[str] = mapped_column(String(50))
    value: Mapped[str] = mapped_column(String(100))
    score: Mapped[float] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        deleted_index("labels"),
        unique_alive("uq_labels_crop_id_facet_value_alive", "crop_id", "facet", "value"),
        Index(
            "uq_labels_product_id_facet_value_person",
            *("product_id", "facet", "value"),
            unique=True,
            sqlite_where=_STATED,
            postgresql_where=_STATED,
        ),
        CheckConstraint("source IN ('model', 'person')", name="source"),
        CheckConstraint("(source = 'person') = (crop_id IS NULL)", name="whose"),
    )


class Stated(Protocol):
    """A label as far as it matters who said what."""

    @property
    def facet(self) -> str:
        """Of which facet."""

    @property
    def value(self) -> str:
        """The word, empty for none."""

    @property
    def source(self) -> str:
        """MODEL or PERSON."""


StatedT = TypeVar("StatedT", bound=Stated)


def prevailing(labels: Sequence[StatedT]) -> list[StatedT]:
    """The labels that count: in a facet where a person said anything, the model's do not."""
    by_person = {label.facet for label in labels if label.source == PERSON}
    return [
        label
        for label in labels
        if label.value and (label.source == PERSON or label.facet not in by_person)
    ]
