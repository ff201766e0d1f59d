"""What happened to a product."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel
from vitrine.api.schemas.jobs import Job
from vitrine.services.catalog.history import Event as ProductEvent
from vitrine.services.catalog.history import History


class Actor(AnswerModel):
    """Who did it."""

    id: str
    name: str
    email: str


class FieldChange(AnswerModel):
    """One field before and after."""

    field: str
    before: Any = None
    after: Any = None


class Event(AnswerModel):
    """One thing that happened, and when."""

    id: str
    at: datetime
    action: str = Field(
        description="create, edit, delete, restore, add_images, remove_image, verdict, primary "
        "or label, or job for a job that looked at the product."
    )
    by: Actor | None = Field(description="null: an import, the command line, or Vitrine itself.")
    crop_id: str | None
    changes: list[FieldChange]
    job: Job | None


class HistoryPage(AnswerModel):
    """Some of the history, newest first, and the cursor of what was before."""

    events: list[Event]
    next_cursor: str | None


def history_told(history: History) -> HistoryPage:
    """A history in the API's words."""
    shown = [_event(event) for event in history.events]
    return HistoryPage(events=shown, next_cursor=history.next_cursor)


def _event(event: ProductEvent) -> Event:
    return Event(
        id=event.id,
        at=event.at,
        action=event.action,
        by=Actor.model_validate(event.by) if event.by else None,
        crop_id=event.review.crop_id if event.review else None,
        changes=_changes(event),
        job=Job.model_validate(event.job) if event.job else None,
    )


def _changes(event: ProductEvent) -> list[FieldChange]:
    if event.review is None:
        return []
    before, after = event.review.before, event.review.after
    return [
        FieldChange(field=name, before=before.get(name), after=after.get(name))
        for name in dict.fromkeys([*before, *after])
    ]
