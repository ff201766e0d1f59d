"""One action on many products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from vitrine.api.schemas.common import AnswerModel, Id, RequestModel
from vitrine.fields import named, with_fields
from vitrine.fields.deriving import optional
from vitrine.fields.types import AttributesPatch
from vitrine.services.catalog.bulk import MOST, Action, Outcome, What
from vitrine.services.search.request import MAX_TEXT


@with_fields(optional, named(lambda traits: traits.shared))
class BulkSet(RequestModel):
    """What to set, as a merge patch of each product; see ProductChange."""

    attributes: AttributesPatch | None = None

    @property
    def sent(self) -> dict[str, Any]:
        """The values that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class BulkRequest(RequestModel):
    """Which products, by id or by what a search for `filters` would leave, and what to do."""

    action: Action
    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST)] | None = None
    filters: (
        Annotated[
            dict[str, Any], Field(description="As in a search; among products that search finds.")
        ]
        | None
    ) = None
    text: Annotated[str, Field(max_length=MAX_TEXT, description="Words of title, id or brand.")] = (
        ""
    )
    set: BulkSet | None = None

    @model_validator(mode="after")
    def _whole(self) -> BulkRequest:
        if (self.ids is None) == (self.filters is None):
            raise ValueError("needs ids or filters, and not both")
        if self.text and self.ids is not None:
            raise ValueError("text goes with filters, not with ids")
        if (self.action == "set") != (self.set is not None and bool(self.set.model_fields_set)):
            raise ValueError("set, with at least one field, goes with the action set")
        if self.action == "restore" and self.ids is None:
            raise ValueError("restore needs ids: no search finds deleted products")
        return self


class BulkOutcome(AnswerModel):
    """What became of one product; `code` and `reason` say why one was refused."""

    id: str
    outcome: What
    job_id: str | None
    code: str | None
    reason: str | None


class BulkAnswer(AnswerModel):
    """How many products each thing became of, and each by its id."""

    counts: dict[What, int]
    outcomes: list[BulkOutcome]


def bulk_told(outcomes: Sequence[Outcome]) -> BulkAnswer:
    """Outcomes in the API's words."""
    told = [
        BulkOutcome(
            id=one.product_id,
            outcome=one.what,
            job_id=one.job_id,
            code=one.error.code if one.error else None,
            reason=one.error.message if one.error else None,
        )
        for one in outcomes
    ]
    return BulkAnswer(counts=dict(Counter(one.what for one in outcomes)), outcomes=told)
