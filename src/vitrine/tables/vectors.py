"""The vector of each product in a collection: its primary crop's, with a share of its words."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, null, select

from vitrine.tables.catalog import Crop, CropEmbedding, Image, Product, TextEmbedding
from vitrine.vision.types import Space, Vector


class Blend(Protocol):
    """What says which vectors a product has: a Collection, or its Versions."""

    @property
    def space(self) -> Space:
        """Where its photos' vectors lie."""

    @property
    def text_share(self) -> float:
        """How much of a product's vector its own words are."""


def embedded(collection: Blend) -> Select[Product]:
    """Every living product with a vector in this collection's space.

    The columns of `CropEmbedding` and `words` may be selected beside it.
    """
    query = (
        select(Product)
        .join(Crop, Crop.id == Product.primary_crop_id)
        .join(Image, Image.id == Crop.image_id)  # which hides the crop of a deleted image
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .where(CropEmbedding.space == collection.space)
    )
    return _with_words(query, collection)


def listed(collection: Blend) -> Select[Product]:
    """Every living product, with its vector in this collection's space where it has one.

    What `embedded` may select is null for the others.
    """
    here = and_(
        CropEmbedding.crop_id == Crop.id,
        CropEmbedding.space == collection.space,
        Image.id.is_not(None),  # the crop of a deleted image has no vector
    )
    query = (
        select(Product)
        .outerjoin(Crop, Crop.id == Product.primary_crop_id)
        .outerjoin(Image, Image.id == Crop.image_id)
        .outerjoin(CropEmbedding, here)
    )
    return _with_words(query, collection)


def _with_words(query: Select[Product], collection: Blend) -> Select[Product]:
    if not collection.text_share:
        return query
    words = and_(
        TextEmbedding.product_id == Product.id,
        TextEmbedding.model_version == collection.space.encoder,
    )
    return query.outerjoin(TextEmbedding, words)


def words(collection: Blend) -> ColumnElement[Any]:
    """The column with the vector of a product's words, null where the collection holds none."""
    return (TextEmbedding.vector if collection.text_share else null()).label("words")


def blended(photos: Vector, words: Vector | None, share: float) -> Vector:
    """Unit vectors (dimension,) or (n, dimension) of `share` parts words, the rest photos.

    Photos stand alone without words, and where both cancel out.
    """
    if words is None or not share:
        return photos
    mixed = (1 - share) * photos + share * words
    lengths = np.linalg.norm(mixed, axis=-1, keepdims=True)
    mixed = np.where(lengths < 1e-6, photos, mixed / np.maximum(lengths, 1e-6))
    return np.asarray(mixed, dtype=np.float32)
