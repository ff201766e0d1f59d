"""A product's own words as a vector: crops are chosen by it, and a collection may hold a share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from vitrine.fields import named
from vitrine.ports import Vision
from vitrine.services import models
from vitrine.tables.catalog import Crop, Image, Product, TextEmbedding
from vitrine.vision.types import Vector

WORDED = named(lambda traits: traits.worded)
FIELDS = frozenset({*WORDED, "description"})
"""The fields of a product whose change may make another crop its primary, or another vector."""


class Words(NamedTuple):
    """A product's words as one text, their hash, and their vector where the model has run."""

    product_id: str
    text: str
    sha256: str
    vector: Vector | None = None


def words_of(product: Product) -> Words:
    """What a product's own words say of how it looks: title, category and colour, each once."""
    text = text_of(*(getattr(product, name) for name in WORDED))
    return Words(product.id, text, hashlib.sha256(text.encode()).hexdigest())


def text_of(*parts: str) -> str:
    """One text of those parts that say something, each once."""
    return " ".join(dict.fromkeys(part for part in parts if part))


def matter(session: Session, product: Product) -> bool:
    """Whether a product's words decide anything: between its crops, or as part of its vector."""
    return sum(len(image.crops) for image in product.images) > 1 or models.any_shares(session)


def unread(session: Session, product_ids: Sequence[str], model_version: str) -> list[Words]:
    """The words that matter of those products and are new to the model."""
    asked = select(Product).where(Product.id.in_(product_ids))
    if not models.any_shares(session):
        asked = (
            asked.join(Image, Image.product_id == Product.id)
            .join(Crop, Crop.image_id == Image.id)
            .group_by(Product.id)
            .having(func.count(Crop.id) > 1)
        )
    known = _known(session, product_ids, model_version)
    said = [words_of(product) for product in session.scalars(asked)]
    return [words for words in said if known.get(words.product_id) != words.sha256]


def lacking(model_version: str) -> Select[str]:
    """The living products of whose words the model has no vector."""
    known = and_(
        TextEmbedding.product_id == Product.id, TextEmbedding.model_version == model_version
    )
    return select(Product.id).outerjoin(TextEmbedding, known).where(TextEmbedding.id.is_(None))


def embed(vision: Vision, waiting: Sequence[Words]) -> list[Words]:
    """The words with their vectors, in one run of the text model."""
    if not waiting:
        return []
    vectors = vision.embed_texts([words.text for words in waiting])
    return [words._replace(vector=vector) for words, vector in zip(waiting, vectors, strict=True)]


def remember(session: Session, model_version: str, read: Sequence[Words]) -> None:
    """Keep the vectors of words, each in place of the product's earlier one."""
    if not read:
        return
    rows = session.scalars(
        select(TextEmbedding).where(
            TextEmbedding.product_id.in_([words.product_id for words in read]),
            TextEmbedding.model_version == model_version,
        )
    )
    known = {row.product_id: row for row in rows}
    for words in read:
        row = known.get(words.product_id) or TextEmbedding(
            product_id=words.product_id, model_version=model_version
        )
        row.sha256, row.vector = words.sha256, _present(words)
        session.add(row)
    session.flush()


def _known(session: Session, product_ids: Sequence[str], model_version: str) -> dict[str, str]:
    query = select(TextEmbedding.product_id, TextEmbedding.sha256).where(
        TextEmbedding.product_id.in_(product_ids), TextEmbedding.model_version == model_version
    )
    return {row.product_id: row.sha256 for row in session.execute(query)}


def _present(words: Words) -> Vector:
    if words.vector is None:
        raise ValueError("words without a vector")
    return words.vector
