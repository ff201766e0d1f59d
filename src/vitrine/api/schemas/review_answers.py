"""What reviewers say of items: sent, taken, and as it was given."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from vitrine.api.schemas.common import AnswerModel, Id, Problem, RequestModel
from vitrine.api.schemas.history import Actor
from vitrine.api.schemas.review import Word
from vitrine.api.schemas.search import Edges
from vitrine.services.review.changes import BoxChange, Changes, NewBox, VerdictChange
from vitrine.services.review.looked import Looked
from vitrine.vision.types import Box

Outcome = Literal["accept", "correct", "reject", "flag", "skip", "return"]
Key = Annotated[str, Field(min_length=1, max_length=50)]
Text = Annotated[str, Field(max_length=2000)]


class BoxAdded(RequestModel):
    """A box to add; `key` names it within this answer."""

    key: Key
    image_id: Id
    box: Edges
    kind: Word


class BoxChanged(RequestModel):
    """Another place or kind of a crop's box."""

    crop_id: Id
    box: Edges | None = None
    kind: Word | None = None


class BoxChanges(RequestModel):
    """Boxes to add, change and take away."""

    add: Annotated[list[BoxAdded], Field(max_length=50)] = []  # noqa: RUF012 - frozen
    change: Annotated[list[BoxChanged], Field(max_length=200)] = []  # noqa: RUF012 - frozen
    remove: Annotated[list[Id], Field(max_length=200)] = []  # noqa: RUF012 - frozen


class VerdictChanged(RequestModel):
    """Whether a crop is kept, and why not."""

    crop_id: Id
    verdict: Literal["kept", "rejected"]
    reason: Annotated[str, Field(min_length=1, max_length=50)] | None = None


class FacetLabels(RequestModel):
    """The values of a facet that fit; none says that none does."""

    facet: Word
    values: Annotated[list[Word], Field(max_length=20)]


class ReviewChanges(RequestModel):
    """All that an answer changes about a product."""

    primary: Annotated[str, Field(max_length=50)] | None = Field(
        default=None, description="The id of a crop, or the key of a box added here."
    )
    boxes: BoxChanges = BoxChanges()
    verdicts: Annotated[list[VerdictChanged], Field(max_length=200)] = []  # noqa: RUF012 - frozen
    labels: Annotated[list[FacetLabels], Field(max_length=30)] = []  # noqa: RUF012 - frozen

    @field_validator("labels")
    @classmethod
    def _once(cls, labels: list[FacetLabels]) -> list[FacetLabels]:
        facets = [one.facet for one in labels]
        if len(set(facets)) < len(facets):
            raise ValueError("names a facet twice")
        return labels

    @property
    def asked(self) -> Changes:
        """The same for the service."""
        boxes = self.boxes
        return Changes(
            primary=self.primary,
            add=[NewBox(one.key, one.image_id, Box(*one.box), one.kind) for one in boxes.add],
            change=[
                BoxChange(one.crop_id, None if one.box is None else Box(*one.box), one.kind)
                for one in boxes.change
            ],
            remove=tuple(boxes.remove),
            verdicts=[
                VerdictChange(one.crop_id, one.verdict == "kept", one.reason)
                for one in self.verdicts
            ],
            labels={one.facet: one.values for one in self.labels},
        )


class LookedAt(RequestModel):
    """What of an item a reviewer looked at; what they changed they looked at as well."""

    facets: Annotated[list[Word], Field(max_length=100)] | None = Field(
        default=None, description="Whose labels; null for all that were shown."
    )
    primary: bool = Field(default=True, description="Whether the right crop stands for it.")
    boxes: bool = Field(default=True, description="Whether all boxes are right, on every photo.")

    @property
    def asked(self) -> Looked:
        """The same for the service."""
        return Looked(self.facets, self.primary, self.boxes)


class ReviewAnswer(RequestModel):
    """What a reviewer says of one item."""

    version: Annotated[str, Field(max_length=64)]
    outcome: Outcome
    comment: Text = ""
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None
    changes: ReviewChanges = ReviewChanges()
    looked: LookedAt = Field(
        default=LookedAt(), description="All that an accept or correct verifies."
    )


class ItemAnswer(ReviewAnswer):
    """What a reviewer says of one of several items."""

    item_id: Id


class ItemAnswers(RequestModel):
    """Answers about several items."""

    answers: Annotated[list[ItemAnswer], Field(min_length=1, max_length=100)]


class Answered(AnswerModel):
    """What became of an answer."""

    answer_id: str
    item_id: str
    outcome: str
    job_id: str | None = Field(description="The job that has the index follow, if it must.")


class ItemAnswered(AnswerModel):
    """What became of one of several answers; a problem says why nothing did."""

    item_id: str
    answer_id: str | None
    problem: Problem | None


class ItemsAnswered(AnswerModel):
    """What became of several answers, in their order."""

    answers: list[ItemAnswered]


class Reverted(AnswerModel):
    """The answer that took another one back."""

    answer_id: str


class PastAnswer(AnswerModel):
    """One answer as it was given."""

    id: str
    item_id: str
    product_id: str
    by: Actor | None
    at: datetime
    outcome: str
    comment: str
    seconds: float | None
    sampled: bool
    second: bool
    before: dict[str, Any]
    after: dict[str, Any]
    versions: dict[str, Any]
    verified: dict[str, Any] = Field(
        description="What holds by it; `looked` is what was looked at, absent for all."
    )
    undone_at: datetime | None
    reverted_by: str | None


class PastAnswers(AnswerModel):
    """Some answers, newest first, and the cursor of those before."""

    answers: list[PastAnswer]
    next_cursor: str | None
