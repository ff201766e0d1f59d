"""Words that a search reads as others."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel

Words = Annotated[str, Field(min_length=1, max_length=200)]


class NewSynonym(RequestModel):
    """What shoppers type, in any spelling, and the words to look for in its place."""

    words: Words = Field(examples=["Pulli"])
    means: Words = Field(examples=["Pullover"])


class Synonym(AnswerModel):
    """One synonym."""

    id: str
    words: str
    means: str
    changed_at: datetime


class Synonyms(AnswerModel):
    """Every synonym, by its words."""

    synonyms: list[Synonym]
