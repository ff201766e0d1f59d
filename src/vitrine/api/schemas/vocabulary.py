"""The facets that garments are labelled by, and their words."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import Field

from vitrine.api.schemas.common import Told
from vitrine.vision.vocabulary import Vocabulary


class VocabularyFacet(Told):
    """One facet, with all its values in order."""

    name: str
    shown: bool = Field(
        description="Whether what the model says of it was measured to be good enough for shoppers;"
        " what people say is always shown."
    )
    values: list[str]


class VocabularyTold(Told):
    """All facets in order."""

    version: str
    facets: list[VocabularyFacet]


def vocabulary_told(vocabulary: Vocabulary, shown: Collection[str]) -> VocabularyTold:
    """A vocabulary in the API's words; `shown` names the facets that shoppers see."""
    facets = [
        VocabularyFacet(
            name=facet.name,
            shown=facet.name in shown,
            values=[word.value for word in facet.words],
        )
        for facet in vocabulary.facets.values()
    ]
    return VocabularyTold(version=vocabulary.version, facets=facets)
