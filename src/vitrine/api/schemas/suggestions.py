"""Suggestions while somebody types."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from vitrine.api.schemas.common import AnswerModel
from vitrine.api.schemas.shop_asked import Language
from vitrine.api.schemas.shop_told import value_title
from vitrine.fields.facets import FACETS
from vitrine.services.search.suggesting import MOST, Named
from vitrine.services.search.suggesting import Suggestion as Suggested


class SuggestionsQuery(BaseModel):
    """What was typed so far."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(max_length=200, description="What was typed so far.")]
    limit: Annotated[int, Field(ge=1, le=MOST)] = 8
    language: Language = "en"


class Suggestion(AnswerModel):
    """A whole text to search for."""

    text: str
    facet: str = Field(description="That of the value it ends with; empty for a word of titles.")
    title: str = Field(description="What the facet is called; empty for a word of titles.")
    count: int = Field(description="How many products have what was added to the text.")


class Suggestions(AnswerModel):
    """How the text may go on, the likeliest first; none where nothing begins like it."""

    suggestions: list[Suggestion]


def named_in(language: Language) -> Named:
    """What values are called in a language."""
    return lambda facet, value, means: value_title(facet, means or value, language)


def suggestions_told(found: list[Suggested], language: Language) -> Suggestions:
    """The same in the API's words."""
    return Suggestions(
        suggestions=[
            Suggestion(
                text=one.text,
                facet=one.facet,
                title=str(getattr(FACETS[one.facet].names, language)) if one.facet else "",
                count=one.count,
            )
            for one in found
        ]
    )
