"""What the shop's own values mean in the vocabulary."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.api.scores import Score
from vitrine.tables.calibration import ValueMapping


class MeaningCandidate(AnswerModel):
    """A word that a value may mean, and what speaks for it, each 0 to 1; null for viewers."""

    word: str
    words: Score = Field(description="How alike the names are; 1 if the value is the word.")
    pictures: Score = Field(
        description="The share of its products that the model labels so; null with too few."
    )


class Mapping(AnswerModel):
    """One value that products state, and the word it means."""

    facet: str
    value: str = Field(description="As most products spell it.")
    products: int
    word: str | None = Field(description="The word that counts; null for none.")
    proposed: str | None = Field(description="The word that words and pictures agree on.")
    by_person: bool = Field(description="Whether a person decided; their word wins.")
    decided_at: datetime | None
    candidates: list[MeaningCandidate]


class Mappings(AnswerModel):
    """Every value, the most frequent first in each facet."""

    mappings: list[Mapping]


class Decision(RequestModel):
    """What a value means: a word of the facet in any language, empty for none, null as proposed."""

    value: str = Field(min_length=1, max_length=200)
    word: str | None = Field(max_length=100)


def mapping_told(row: ValueMapping) -> Mapping:
    """A mapping in the API's words."""
    return Mapping(
        facet=row.facet,
        value=row.spelled,
        products=row.products,
        word=row.word or None,
        proposed=row.proposed,
        by_person=row.stated is not None,
        decided_at=row.decided_at,
        candidates=[
            MeaningCandidate.model_validate(one) for one in row.evidence.get("candidates", ())
        ],
    )
