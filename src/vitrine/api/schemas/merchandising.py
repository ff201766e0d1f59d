"""Rules by which a shop moves products."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.services.search import filters
from vitrine.services.search.merchandising import Action, Asked


class RuleRequest(RequestModel):
    """What happens to which products in which searches."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    action: Action = Field(
        description="`pin`: first of its level. `boost`, `bury`: a little up or down, within its "
        "level. `hide`: not found, but by its article number."
    )
    filters: dict[str, Any] = Field(
        description="Which products, as in a search.", examples=[{"brand": "Acme"}]
    )
    words: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Only in searches whose words hold these; empty for all."
    )
    query_filters: dict[str, Any] = Field(
        default_factory=dict,
        description="Only in searches that filter by these, or more narrowly; empty for all.",
        examples=[{"category": ["Dresses"]}],
    )
    live: bool = Field(default=False, description="False has it count in previews only.")
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None

    def asked(self) -> Asked:
        """The rule; raises Invalid for filters that cannot be read."""
        return Asked(
            **dict(self)
            | {
                "filters": filters.parse(self.filters),
                "query_filters": filters.parse(self.query_filters, "query_filters"),
            }
        )


class Rule(AnswerModel):
    """One rule."""

    id: str
    name: str
    action: Action
    filters: dict[str, Any]
    words: str
    query_filters: dict[str, Any]
    live: bool
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    changed_at: AwareDatetime


class Rules(AnswerModel):
    """Every rule, the newest first."""

    rules: list[Rule]
