"""Publishable keys, as staff make and change them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.services.shop import Changes

Name = Annotated[str, Field(min_length=1, max_length=200)]
Origins = Annotated[
    list[Annotated[str, Field(max_length=300)]],
    Field(
        max_length=20,
        description="Of the pages that may use it: scheme, host and port, `*.` before the host for "
        "its subdomains. Without any no page of another site may.",
        examples=[["https://shop.example", "https://*.shop.example"]],
    ),
]
Filters = Annotated[
    dict[str, Any],
    Field(
        description="As in a search: what they exclude is not offered, whatever a visitor asks.",
        examples=[{"availability": ["in_stock"]}],
    ),
]
Attributes = Annotated[
    list[Annotated[str, Field(max_length=200)]],
    Field(
        max_length=50,
        description="Attributes that visitors may filter by, beside the declared facets.",
        examples=[["attributes.size"]],
    ),
]
Rate = Annotated[int, Field(ge=1, le=1_000_000)]


class NewPublishableKey(RequestModel):
    """A new publishable key."""

    name: Name
    origins: Origins = Field(default_factory=list)
    filters: Filters = Field(default_factory=dict)
    facets: Attributes = Field(default_factory=list)
    per_minute: Rate | None = None
    per_visitor: Rate | None = None
    expires_at: AwareDatetime | None = None

    @property
    def changes(self) -> Changes:
        """The same for the service."""
        return Changes(**dict(self))


class PublishableKeyChange(RequestModel):
    """What to change of a key: what is not named stays; null of `expires_at` clears it."""

    name: Name | None = None
    origins: Origins | None = None
    filters: Filters | None = None
    facets: Attributes | None = None
    per_minute: Rate | None = None
    per_visitor: Rate | None = None
    expires_at: AwareDatetime | None = None

    @property
    def changes(self) -> Changes:
        """The same for the service."""
        return Changes(**dict(self))

    @property
    def never_expires(self) -> bool:
        """Whether the day it ends was taken away."""
        return "expires_at" in self.model_fields_set and self.expires_at is None


class PublishableKey(AnswerModel):
    """A publishable key; it is no secret, so it is shown whenever staff ask."""

    id: str
    key: str
    name: str
    origins: list[str]
    filters: dict[str, Any]
    facets: list[str]
    per_minute: int = Field(description="Requests a minute of all its visitors.")
    per_visitor: int = Field(description="Requests a minute of each visitor, by their address.")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="Noted once an hour.")


class PublishableKeys(AnswerModel):
    """All that were not revoked, the newest first."""

    keys: list[PublishableKey]
