"""The audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.services.audit import Wanted

Text = Annotated[str, Field(min_length=1, max_length=400)]


class AuditFilter(RequestModel):
    """Which acts: those that agree with every value given."""

    action: Text | None = Field(
        default=None, description="A whole name, or its beginning: `user`.", examples=["user.role"]
    )
    actor: Text | None = Field(default=None, description="An e-mail address.")
    target: Text | None = Field(default=None, examples=["product:0192f3a4-..."])
    outcome: Text | None = Field(default=None, description="`done`, `refused`, or an error's code.")
    address: Text | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def wanted(self) -> Wanted:
        """The same for the service."""
        return Wanted(**{name: getattr(self, name) for name in AuditFilter.model_fields})


class AuditPage(AuditFilter):
    """Some of them, newest first."""

    cursor: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AuditExport(AuditFilter):
    """All of them, as a file."""

    format: Literal["csv", "jsonl"] = "csv"


class AuditEvent(AnswerModel):
    """One act: who did what, to what, from where, and how it ended."""

    id: str
    created_at: datetime
    action: str = Field(examples=["user.change"])
    outcome: str = Field(description="`done`, or the code of why it was not.", examples=["done"])
    actor: str = Field(description="An e-mail address, `command:NAME`, or `vitrine` itself.")
    actor_id: str | None
    key_id: str | None = Field(description="The API key it was done with.")
    target: str = Field(examples=["user:0192f3a4-..."])
    address: str = Field(description="Of the client.")
    request_id: str
    details: dict[str, Any]


class AuditEvents(AnswerModel):
    """Some acts, newest first, and the cursor of the next page."""

    events: list[AuditEvent]
    next_cursor: str | None
