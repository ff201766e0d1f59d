"""Imports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from vitrine.api.schemas.common import Ask, Told
from vitrine.services.fields import Currency


class ImportAsk(Ask):
    """How to read a catalogue file where it does not say itself."""

    format: Literal["auto", "csv", "jsonl", "shopify", "google", "google-xml", "medusa"] = "auto"
    currency: Currency = ""
    columns: Annotated[dict[str, str], Field(max_length=300)] = Field(default_factory=dict)
    dry_run: bool = False


class ColumnTold(Told):
    """A column and what it became; empty for one that was ignored."""

    column: str
    becomes: str


class ImportCounts(Told):
    """How many products each thing became of."""

    created: int
    updated: int
    restored: int
    unchanged: int
    refused: int


class ImportTold(Told):
    """What an import did, or would do."""

    job_id: str
    format: str
    dry_run: bool
    columns: list[ColumnTold]
    counts: ImportCounts
    created_at: datetime
