"""From a query to what is sought: its vectors composed, its words understood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict, Invalid
from vitrine.ports import Vision
from vitrine.services.search import composing, naming
from vitrine.services.search import intent as seeking
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.composing import Made
from vitrine.services.search.detected import Item
from vitrine.services.search.intent import Intent, Wanted
from vitrine.services.search.naming import Lexicon
from vitrine.services.search.request import Query
from vitrine.services.search.tokens import tokens
from vitrine.tables.catalog import Crop, CropEmbedding, Product
from vitrine.tables.models import Collection
from vitrine.vision import kinds, measuring
from vitrine.vision.tuning import Kind
from vitrine.vision.types import Palette, Vector


@dataclass(frozen=True, slots=True)
class Subject:
    """The picture that is asked with: an item of a photo, or a product's primary crop.

    `labels` is what is known of it; None where its names are yet to be found.
    """

    vector: Vector
    colours: Palette = ()
    aspect: float | None = None
    labels: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The words that are asked with and those to move away from, and their vectors."""

    text: str = ""
    unwanted: str = ""
    vectors: dict[str, Vector] = field(default_factory=dict)


NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a query is made of; `weight` is the subject's share where there are words as well."""

    subject: Subject | None = None
    words: Words = NO_WORDS
    weight: float = 0.5


def of_item(item: Item) -> Subject:
    """The subject that an item of a photo is."""
    return Subject(item.vector, item.colours, refresh.aspect_of(item.kind, item.box))


def of_product(session: Session, collection: Collection, product: Product) -> Subject:
    """The subject that a product is; raises Conflict if it is not indexed."""
    crop = session.get(Crop, product.primary_crop_id) if product.primary_crop_id else None
    vector = session.scalar(
        select(CropEmbedding.vector).where(
            CropEmbedding.crop_id == product.primary_crop_id,
            CropEmbedding.model_version == collection.model_version,
            CropEmbedding.preprocess_version == collection.preprocess_version,
        )
    )
    if crop is None or vector is None:
        raise Conflict("not_indexed", "The product has no indexed photo yet.")
    return Subject(
        vector,
        measuring.stored(crop.measures).colours,
        refresh.aspect_of(crop.kind, crop.box),
        seeking.of_product(product),
    )


def of_product_named(
    session: Session, collection: Collection, product_id: str | None
) -> Subject | None:
    """The product that a query names as its subject; raises Invalid for an unknown one."""
    if product_id is None:
        return None
    product = session.get(Product, product_id)
    if product is None:
        raise Invalid(
            "product_unknown",
            "There is no such product to search with.",
            fields={"product_id": "is unknown"},
        )
    return of_product(session, collection, product)


def read_words(vision: Vision, query: Query) -> Words:
    """The query's words and their vectors, in one run of the text model."""
    texts = [text for text in (query.text, query.not_text) if text.strip()]
    vectors = vision.embed_texts(texts) if texts else ()
    return Words(query.text, query.not_text, dict(zip(texts, vectors, strict=True)))


def make(lexicon: Lexicon, snapshot: Snapshot, parts: Parts) -> Intent:
    """What a subject and words look for."""
    subject, words = parts.subject, parts.words
    named = seeking.recognised(snapshot, words.text)
    avoided = seeking.recognised(snapshot, words.unwanted)
    shown = _shown(lexicon, snapshot, subject)
    text = words.vectors.get(words.text)
    made = Made(
        image=None if subject is None else subject.vector,
        text=text if subject is None or text is None else _completed(lexicon, words, shown, named),
        unwanted=words.vectors.get(words.unwanted),
        replaced=_replaced(lexicon, shown, named),
    )
    recoloured = subject is None or "colour" in named
    return Intent(
        kind=_kind(made),
        vector=composing.compose(made, parts.weight),
        image=made.image,
        text=text,
        unwanted=made.unwanted,
        colours=() if subject is None or recoloured else subject.colours,
        aspect=None if subject is None else subject.aspect,
        words=tokens(words.text),
        wanted={**shown, **named},
        avoided=avoided,
    )


def _shown(lexicon: Lexicon, snapshot: Snapshot, subject: Subject | None) -> Wanted:
    """What is known of the subject; a photo's names are found here."""
    if subject is None:
        return {}
    if subject.labels is not None:
        return subject.labels
    return naming.names(lexicon, snapshot, subject.vector)


def _completed(lexicon: Lexicon, words: Words, shown: Wanted, named: Wanted) -> Vector:
    """The words' vector; where they name no sort of thing, of them and the subject's category."""
    category = shown.get("category")
    if category is None or "category" in named or kinds.stated(words.text):
        return words.vectors[words.text]
    [vector] = lexicon.embed([f"{words.text} {category[0].casefold()}"])
    return np.asarray(vector, dtype=np.float32)


def _replaced(lexicon: Lexicon, shown: Wanted, named: Wanted) -> tuple[Vector, ...]:
    """The words of what the subject is and the text wants otherwise."""
    values = [shown[facet][0] for facet in named if facet in shown and shown[facet] != named[facet]]
    return tuple(lexicon.vectors(values))


def _kind(made: Made) -> Kind:
    if made.image is None:
        return "words"
    return "photo" if made.text is None and made.unwanted is None else "composed"
