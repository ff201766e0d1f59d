"""Snapshots of verified data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.services.snapshots import UNSTATED


class NewSnapshot(RequestModel):
    """Which snapshot is wanted."""

    format: Literal["yolo", "coco", "clip"] = "clip"
    licence: Annotated[str, Field(max_length=500)] = Field(
        UNSTATED, description="What its card says of the photos' licence."
    )


class Snapshot(AnswerModel):
    """One that was written, and where on the machine that wrote it."""

    id: str
    name: str
    format: str
    sha256: str = Field(description="Of its list of sums, and so of all of it.")
    counts: dict[str, Any]
    folder: str
    created_by: str | None
    created_at: datetime


class Snapshots(AnswerModel):
    """All snapshots, newest first."""

    snapshots: list[Snapshot]
