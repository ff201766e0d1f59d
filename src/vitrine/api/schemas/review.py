"""The review desk: what is leased and shown, and how far it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from vitrine.api.schemas.catalog import Image, Product
from vitrine.api.schemas.common import AnswerModel, Id, RequestModel
from vitrine.api.schemas.crops import Crop
from vitrine.services.review.leases import Wanted

DoubtKind = Literal["label_margin", "primary_margin", "detector_score", "disagreement"]
Word = Annotated[str, Field(min_length=1, max_length=100)]


class Alike(RequestModel):
    """Only items of which the model says this value in this facet."""

    facet: Word
    value: Word


class Lease(RequestModel):
    """How many items to lease, and which."""

    count: Annotated[int, Field(ge=1, le=50)] = 5
    facet: Word | None = Field(default=None, description="Only with a doubt about this facet.")
    doubt: DoubtKind | None = Field(default=None, description="Only with this kind of doubt.")
    category: Annotated[str, Field(max_length=200)] | None = None
    product_ids: Annotated[list[Id], Field(max_length=1000)] | None = None
    alike: Alike | None = None
    flagged: bool = Field(default=False, description="Flagged items instead of open ones.")

    @property
    def wanted(self) -> Wanted:
        """The same for the service."""
        return Wanted(
            facet=self.facet,
            doubt=self.doubt,
            category=self.category,
            product_ids=tuple(self.product_ids or ()),
            alike=(self.alike.facet, self.alike.value) if self.alike else None,
            flagged=self.flagged,
        )


class ReviewPhoto(AnswerModel):
    """One photo of the product with its boxes, kept and rejected."""

    image: Image
    crops: list[Crop]


class Candidate(AnswerModel):
    """One likely value and its score, 0 to 1."""

    value: str
    score: float


class ReviewFacet(AnswerModel):
    """What is said of one facet."""

    facet: str
    shown: bool = Field(description="Whether shoppers see what the model says of it.")
    candidates: list[Candidate] = Field(description="The likeliest values, best first.")
    chosen: list[str] = Field(description="What counts now.")
    chosen_by: Literal["model", "person"]
    shop: str = Field(description="The shop's own value; empty for none.")
    shop_means: str | None = Field(description="The word of the vocabulary it means.")


class Doubt(AnswerModel):
    """One reason to look at the product."""

    kind: Literal["label_margin", "primary_margin", "detector_score", "disagreement", "dispute"]
    facet: str | None
    score: float = Field(description="0 to 1.")
    says: str


class ReviewComment(AnswerModel):
    """What an earlier reviewer wrote."""

    by: str
    text: str
    at: datetime


class ReviewItem(AnswerModel):
    """One product to review, with all that is said of it."""

    id: str
    version: str = Field(description="To be sent with the answer: of all that is shown here.")
    lease_until: datetime | None
    product: Product
    photos: list[ReviewPhoto]
    primary_crop_id: str | None
    primary_source: Literal["model", "person"]
    facets: list[ReviewFacet]
    doubts: list[Doubt]
    priority: float
    traffic: int = Field(description="How often recorded searches found the product.")
    sampled: bool = Field(description="Of the random sample that accuracy is measured on.")
    second: bool = Field(description="For a second opinion: it changes nothing by itself.")
    state: Literal["open", "second", "dispute", "flagged", "done"]
    comment: ReviewComment | None


class Leased(AnswerModel):
    """The items leased, and how many are open in all that fulfil what was asked."""

    items: list[ReviewItem]
    open: int
    lease_seconds: int


class AlikeGroup(AnswerModel):
    """The open items of which the model says one value."""

    facet: str
    value: str
    open: int


class AlikeGroups(AnswerModel):
    """All values of a facet, most first."""

    groups: list[AlikeGroup]


class DoubtOpen(AnswerModel):
    """How many open items have a kind of doubt."""

    kind: DoubtKind
    open: int


class FacetOpen(AnswerModel):
    """How many open items have a doubt about a facet."""

    facet: str
    open: int


class ReviewProgress(AnswerModel):
    """How far reviewing is; days are those of UTC."""

    open: int
    by_doubt: list[DoubtOpen]
    by_facet: list[FacetOpen]
    mine_today: int
    done_today: int
    done_total: int
    per_hour: float | None = Field(description="Your pace in the last hour.")
    disputes: int
    second_open: int
    flagged: int


class ModelAccuracy(AnswerModel):
    """How often a model was right about a random sample, with its 95 % interval."""

    model_version: str
    n: int
    accuracy: float
    low: float
    high: float


class DayAccuracy(AnswerModel):
    """How many of a day's sample were right, with the 95 % interval of the share."""

    day: date
    n: int
    right: int
    low: float
    high: float


class SubjectQuality(AnswerModel):
    """How right the models are about one thing."""

    models: list[ModelAccuracy]
    days: list[DayAccuracy]


class FacetQuality(SubjectQuality):
    """How right the models are about a facet, and how far reviewers agree about it."""

    facet: str
    alpha: float | None = Field(description="Krippendorff's, 1 for agreement; null for too few.")
    doubly: int = Field(description="How many products two people judged.")


class ReviewerQuality(AnswerModel):
    """One reviewer's answers."""

    user_id: str
    name: str
    answered: int
    agreement: float | None = Field(description="How often others said the same, 0 to 1.")
    n: int = Field(description="Of how many judgements.")
    seconds_median: float | None


class DayPace(AnswerModel):
    """How many items were answered on a day."""

    day: date
    n: int


class ReviewQuality(AnswerModel):
    """The dashboard."""

    facets: list[FacetQuality]
    primary: SubjectQuality
    reviewers: list[ReviewerQuality]
    pace: list[DayPace]
