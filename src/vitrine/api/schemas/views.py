"""Views of the catalogue that a person saved."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from vitrine.api.schemas.common import AnswerModel, Name, RequestModel
from vitrine.fields.types import Text
from vitrine.services.catalog.listing import LISTED, SortName

Column = Literal[
    "external_id",
    "category",
    "colour",
    "brand",
    "gender",
    "price",
    "status",
    "photos",
    "sureness",
    "changed",
    "created",
]
"""What a table can show of a product beside its title."""


class Shows(RequestModel):
    """What a view shows: which products, in which order, as pictures or in which columns."""

    q: Name = ""
    by: dict[str, Name] = Field(default={}, description="What fields must say, by name.")
    photos: bool | None = None
    failed: bool = False
    unsure: bool = False
    sort: SortName = "created"
    descending: bool | None = None
    layout: Literal["grid", "table"] = "grid"
    columns: Annotated[list[Column], Field(max_length=20)] | None = Field(
        default=None, description="In this order; null for the usual ones."
    )

    @field_validator("by")
    @classmethod
    def _listed(cls, by: dict[str, str]) -> dict[str, str]:
        for name in by:
            if name not in LISTED:
                raise ValueError(f"{name!r} is none of {', '.join(LISTED)}")
        return by


class NewView(RequestModel):
    """A view under a name of one's own."""

    name: Annotated[Text, Field(min_length=1, max_length=80)]
    shows: Shows

    @property
    def kept(self) -> dict[str, Any]:
        """What it shows, to be kept: what was not said is not."""
        return self.shows.model_dump(mode="json", exclude_defaults=True)


class View(AnswerModel):
    """A saved view."""

    id: str
    name: str
    shows: Shows
    created_at: datetime


class Views(AnswerModel):
    """All views of a person, by name."""

    views: list[View]
