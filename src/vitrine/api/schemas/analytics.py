"""What the public door earns, for the people who run the shop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vitrine.api.schemas.common import AnswerModel, Id
from vitrine.core.clock import now

Table = Literal["days", "ways", "ranks", "misses", "filters", "products"]


class AnalyticsQuery(BaseModel):
    """Of which time, and of which key."""

    model_config = ConfigDict(frozen=True)

    days: Annotated[int, Field(ge=1, le=366, description="Until now.")] = 30
    key_id: Annotated[Id | None, Field(description="Of one publishable key; else of all.")] = None

    @property
    def since(self) -> datetime:
        """When that time began."""
        return now() - timedelta(days=self.days)


class AnalyticsExport(AnalyticsQuery):
    """Which list of figures as a file."""

    table: Table = "days"


class AnalyticsDay(AnswerModel):
    """One day, in UTC."""

    day: str = Field(examples=["2030-01-31"])
    searches: int
    no_match: int
    clicks: int
    added: int


class AnalyticsWay(AnswerModel):
    """One way to ask: a photo, words, both, nothing, a look, or a page for its strips."""

    asked: str
    searches: int
    no_match: int
    median: float = Field(description="Milliseconds that half of its answers took at most.")
    slow: float = Field(description="Milliseconds that 19 of 20 answers took at most.")


class AnalyticsRank(AnswerModel):
    """One rank: how many searches had a hit there, and in how many it was clicked."""

    rank: int
    seen: int
    clicked: int


class AnalyticsMiss(AnswerModel):
    """Words that nothing matched."""

    words: str
    searches: int
    last: datetime


class AnalyticsFilter(AnswerModel):
    """One facet, and how many searches were filtered by it."""

    facet: str
    searches: int


class AnalyticsProduct(AnswerModel):
    """One product, and what visitors did with it."""

    product_id: str
    external_id: str
    title: str
    views: int
    clicks: int
    added: int


class AnalyticsPhoto(AnswerModel):
    """A photo that nothing fitted, as far as it was searched with, and the words beside it."""

    id: str
    created_at: datetime
    words: str
    width: int
    height: int


class Analytics(AnswerModel):
    """All figures of the time."""

    since: datetime
    searches: int = Field(description="That visitors asked for, whether by photo or words.")
    shown: int = Field(description="Answers that pages said they showed.")
    strips: int = Field(description="That pages asked for by themselves, beside a product.")
    no_match: int = Field(description="Of the searches, those that nothing matched.")
    clicked: int = Field(description="Of the searches, those of which a hit was clicked.")
    views: int
    clicks: int
    added: int = Field(description="How often a product was put in the cart.")
    days: list[AnalyticsDay]
    ways: list[AnalyticsWay]
    ranks: list[AnalyticsRank]
    misses: list[AnalyticsMiss]
    filters: list[AnalyticsFilter]
    products: list[AnalyticsProduct]
    photos: list[AnalyticsPhoto] = Field(
        description="That nothing fitted, the newest 100; none where the settings keep none."
    )
