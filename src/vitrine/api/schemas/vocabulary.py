"""The facets that garments are labelled by, and their words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel
from vitrine.vision.card import Part, PartName
from vitrine.vision.vocabulary import Facet, Word
from vitrine.vision.vocabulary import Vocabulary as KnownVocabulary


class Names(AnswerModel):
    """What people call a thing, by language."""

    en: str
    de: str
    ja: str


class VocabularyValue(AnswerModel):
    """One value of a facet, and what people call it."""

    value: str
    names: Names


class VocabularyFacet(AnswerModel):
    """One facet, with all its values in order."""

    name: str
    names: Names
    shown: bool = Field(
        description="Whether what the model says of it was measured to be good enough for shoppers;"
        " what people say is always shown."
    )
    values: list[VocabularyValue]


class Vocabulary(AnswerModel):
    """All facets in order, and what a search may emphasise."""

    version: str
    facets: list[VocabularyFacet]
    parts: list[PartName] = Field(
        description="What the encoder's vectors tell apart, so that `emphasis` of a search may "
        "weigh it; empty where it cannot."
    )


def vocabulary_told(
    vocabulary: KnownVocabulary, shown: Collection[str], parts: Sequence[Part]
) -> Vocabulary:
    """A vocabulary in the API's words; `shown` names the facets that shoppers see, `parts` are
    those of vectors."""
    facets = [_facet(facet, facet.name in shown) for facet in vocabulary.facets.values()]
    names = [part.name for part in parts]
    return Vocabulary(version=vocabulary.version, facets=facets, parts=names)


def _facet(facet: Facet, shown: bool) -> VocabularyFacet:
    return VocabularyFacet(
        name=facet.name,
        names=Names.model_validate(facet.names),
        shown=shown,
        values=[_value(word) for word in facet.words],
    )


def _value(word: Word) -> VocabularyValue:
    return VocabularyValue(value=word.value, names=Names(en=word.value, **word.names))
