"""Prices and stock of many products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.services.catalog.offers import MOST, Offer, Outcome, What


class OffersChange(RequestModel):
    """One row for each product; each is judged for itself, see Offer."""

    # As they come, because pydantic would refuse all of them for one: their schema is Offer's.
    offers: Annotated[
        list[dict[str, Any]],
        Field(
            min_length=1,
            max_length=MOST,
            json_schema_extra={"items": Offer.model_json_schema()},
            examples=[[{"external_id": "A-1", "price": "19.90", "availability": "in_stock"}]],
        ),
    ]


class OfferRefused(AnswerModel):
    """A row that was refused, counted from 0, and why by field."""

    row: int
    external_id: str
    code: str
    reason: str
    fields: dict[str, str]


class OffersAnswer(AnswerModel):
    """How many rows each thing became of, and those that were refused."""

    counts: dict[What, int]
    refused: list[OfferRefused]


def offers_told(outcomes: Sequence[Outcome]) -> OffersAnswer:
    """Outcomes in the API's words."""
    refused = [
        OfferRefused(
            row=one.row,
            external_id=one.external_id,
            code=one.error.code,
            reason=one.error.message,
            fields=dict(one.error.fields),
        )
        for one in outcomes
        if one.error
    ]
    return OffersAnswer(counts=dict(Counter(one.what for one in outcomes)), refused=refused)
