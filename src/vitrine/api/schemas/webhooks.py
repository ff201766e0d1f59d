"""Webhooks and their deliveries."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, Name, RequestModel
from vitrine.tables.webhooks import Delivery as StoredDelivery

EventType = Literal[
    "product.indexed",
    "product.updated",
    "product.deleted",
    "job.failed",
    "review.submitted",
    "source.pulled",
    "model.promoted",
    "model.rolled_back",
]
DeliveryStatus = Literal["pending", "delivered", "given_up"]
Url = Annotated[str, Field(max_length=2000, examples=["https://shop.example/hooks/vitrine"])]
Events = Annotated[list[EventType], Field(min_length=1, max_length=20)]


class NewWebhook(RequestModel):
    """Where to send, and which events."""

    url: Url
    events: Events
    description: Name = ""


class WebhookChange(RequestModel):
    """What to change; enabling one that was disabled sends what waits."""

    url: Url | None = None
    events: Events | None = None
    description: Name | None = None
    enabled: bool | None = None


class RotateRequest(RequestModel):
    """How long the old secret signs too, in seconds; 0 ends it at once."""

    overlap: Annotated[float, Field(ge=0, le=30 * 24 * 3600)] | None = None


class Webhook(AnswerModel):
    """A webhook without its secret."""

    id: str
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_at: datetime | None
    disabled_reason: str | None
    failing_since: datetime | None = Field(description="Since when no attempt succeeded.")
    earlier_until: datetime | None = Field(description="Until when an earlier secret signs too.")
    created_at: datetime


class WebhookMade(Webhook):
    """A webhook with a new secret, which is shown this once."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8YjVYxVpQ0c="])


class Webhooks(AnswerModel):
    """All webhooks."""

    webhooks: list[Webhook]


class Attempt(AnswerModel):
    """One attempt: the status of the answer, or why there was none."""

    at: datetime
    status: int | None
    error: str | None
    milliseconds: int


class Delivery(AnswerModel):
    """One event on its way to one webhook; `event_id` is sent as webhook-id."""

    id: str
    event_id: str
    type: str
    status: DeliveryStatus
    attempts: int
    not_before: datetime
    created_at: datetime
    ended_at: datetime | None
    log: list[Attempt] = Field(description="The latest attempts, oldest first.")

    @classmethod
    def of(cls, delivery: StoredDelivery, **more: Any) -> Self:
        """The delivery as it is shown."""
        names = set(cls.model_fields) - {"type", *more}
        given = {name: getattr(delivery, name) for name in names}
        return cls(type=delivery.event.type, **given, **more)


class DeliveryShown(Delivery):
    """A delivery with the message it carries."""

    body: dict[str, Any]

    @classmethod
    def whole(cls, delivery: StoredDelivery) -> Self:
        """The delivery and its message."""
        return cls.of(delivery, body=json.loads(delivery.event.body))


class DeliveryPage(AnswerModel):
    """Some deliveries, and the cursor of the next page."""

    deliveries: list[Delivery]
    next_cursor: str | None
