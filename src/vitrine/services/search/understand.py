"""From a request to what it looks for: its pictures and words as vectors, its words as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict, Invalid
from vitrine.ports import Vision
from vitrine.services.search import composing, intent, living, naming, recognising, synonyms
from vitrine.services.search.cache import reading
from vitrine.services.search.catalogue import Catalogue
from vitrine.services.search.composing import Made
from vitrine.services.search.context import SearchContext
from vitrine.services.search.detected import Item
from vitrine.services.search.intent import Intent, Wanted
from vitrine.services.search.meaning import Known
from vitrine.services.search.naming import Lexicon
from vitrine.services.search.recognising import Reading
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.spelling import Speller
from vitrine.services.search.tokens import tokens
from vitrine.tables.models import Collection
from vitrine.vision import kinds, measuring
from vitrine.vision.tuning import Kind
from vitrine.vision.types import Palette, Vector


@dataclass(frozen=True, slots=True)
class Subject:
    """The picture that is asked with: an item of a photo, or a product's primary crop.

    `seen` are the values that vision labelled it with, in the words of the vocabulary, `sure` how
    surely it is a garment at all; `stated` what a product says of itself, None where its names are
    yet to be found.
    """

    vector: Vector
    colours: Palette = ()
    aspect: float | None = None
    stated: Wanted | None = None
    seen: Wanted = field(default_factory=dict)
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """The words that are asked with and those to move away from, their vectors, and what the words
    were read as; None where they are read when they are understood."""

    text: str = ""
    unwanted: str = ""
    vectors: dict[str, Vector] = field(default_factory=dict)
    reading: Reading | None = None


NO_WORDS = Words()


def of_item(item: Item) -> Subject:
    """The subject that an item of a photo is."""
    aspect = reading.aspect_of(item.kind, item.box)
    return Subject(item.vector, item.colours, aspect, seen=item.labels, sure=item.sure)


def of_product(session: Session, collection: Collection, product_id: str) -> Subject:
    """The subject that a product is.

    Raises Invalid for an unknown product, Conflict for one that is not indexed.
    """
    found = living.searched_with(session, product_id, collection.space)
    if found is None:
        raise Invalid(
            "product_unknown",
            "There is no such product to search with.",
            fields={"product_id": "is unknown"},
        )
    product, crop, vector = found
    if crop is None or vector is None:
        raise Conflict("not_indexed", "The product has no indexed photo yet.")
    return Subject(
        vector,
        measuring.stored(crop.measures).colours,
        reading.aspect_of(crop.kind, crop.box),
        intent.of_product(product),
    )


def read(
    session: Session, context: SearchContext, request: SearchRequest
) -> tuple[Reading, SearchRequest]:
    """What the request's words name, and the request with the words that are left to compare, under
    the filters among them: of "dres under 60 euros" a dress."""
    catalogue = context.catalogue
    speller = Speller(catalogue, Known.of(context.tuning.spoken))
    meant = synonyms.among(session, request.text)
    plain = request.plain_words
    reading = recognising.read(catalogue, request.text, plain, meant, speller.corrected)
    left = {"text": reading.text, "filters": reading.narrowed(request.filters)}
    # Not judged again: with no words left it may browse, whatever else was asked of words.
    return reading, request.model_copy(update=left)


def read_words(vision: Vision, request: SearchRequest, reading: Reading | None = None) -> Words:
    """The request's words and their vectors, in one run of the text model."""
    texts = [text for text in (request.text, request.not_text) if text.strip()]
    vectors = vision.embed_texts(texts) if texts else ()
    read = dict(zip(texts, vectors, strict=True))
    return Words(request.text, request.not_text, read, reading)


def understood(
    lexicon: Lexicon,
    catalogue: Catalogue,
    subject: Subject | None,
    words: Words = NO_WORDS,
    weight: float = 0.5,
    emphasis: float = 0.0,
) -> Intent:
    """What a subject and words look for; `weight` is the subject's share beside words, `emphasis`
    what counts of form and colour.

    Raises Invalid for an emphasis where vectors have no parts.
    """
    reading = words.reading or recognising.read(catalogue, words.text)
    named, colours = reading.wanted, reading.colours
    shown = _shown(lexicon, catalogue, subject)
    text = words.vectors.get(words.text)
    made = Made(
        image=None if subject is None else subject.vector,
        text=text if subject is None or text is None else _completed(lexicon, words, shown, named),
        unwanted=words.vectors.get(words.unwanted),
        replaced=_replaced(lexicon, shown, named),
        colour=_colour(lexicon, colours) if subject is not None else None,
    )
    vector = composing.compose(made, weight, lexicon.parts)
    recoloured = subject is None or bool(colours)
    return Intent(
        kind=_kind(made),
        vector=vector,
        image=made.image,
        text=text,
        unwanted=made.unwanted,
        colours=() if subject is None or recoloured else subject.colours,
        aspect=None if subject is None else subject.aspect,
        words=tokens(reading.text),
        instead=reading.instead,
        wanted={**shown, **named},
        avoided=recognising.read(catalogue, words.unwanted).wanted,
        emphasised=composing.emphasised(vector, lexicon.parts, emphasis),
        seen=1.0 if subject is None else subject.sure,
        named=reading.named,
        hues=reading.hues if subject is None or weight < 1 else frozenset(),
    )


def _shown(lexicon: Lexicon, catalogue: Catalogue, subject: Subject | None) -> Wanted:
    """What is known of the subject: what a product says, what vision saw, else what it is nearest
    to of the catalogue's own words."""
    if subject is None:
        return {}
    if subject.stated is not None:
        return subject.stated
    seen = naming.spelled(catalogue, subject.seen)
    return {**naming.names(lexicon, catalogue, subject.vector, known=seen), **seen}


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


def _colour(lexicon: Lexicon, colours: Sequence[str]) -> Vector | None:
    """The words of the colours that are asked for, as one."""
    if not colours or not lexicon.parts:
        return None
    return np.asarray(np.mean(lexicon.vectors(colours), axis=0), dtype=np.float32)


def _kind(made: Made) -> Kind:
    if made.image is None:
        return "words"
    return "photo" if made.text is None and made.unwanted is None else "composed"
