"""Imports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.fields import FIELDS
from vitrine.fields.types import Currency
from vitrine.services.imports.formats import IGNORED, IMAGES
from vitrine.tables.jobs import ImportResult

FormatName = Literal[
    "auto", "csv", "jsonl", "shopify", "google", "google-xml", "medusa", "woocommerce"
]


class ImportRequest(RequestModel):
    """How to read a catalogue file where it does not say itself."""

    format: FormatName = "auto"
    currency: Currency = ""
    country: Annotated[str, Field(pattern="^([A-Za-z]{2})?$")] = ""
    encoding: Annotated[str, Field(max_length=40)] = ""
    columns: Annotated[dict[str, str], Field(max_length=300)] = Field(default_factory=dict)
    dry_run: bool = False


class Column(AnswerModel):
    """A column and what it became; empty for one that was ignored."""

    column: str
    becomes: str


class ImportCounts(AnswerModel):
    """How many products each thing became of.

    `incomplete` were stored with something missing; `without_photos` show no picture at all.
    """

    created: int
    updated: int
    restored: int
    unchanged: int
    refused: int
    incomplete: int
    without_photos: int


class Row(AnswerModel):
    """A row of the file as it stands there, long cells cut."""

    line: int
    cells: dict[str, str]


class RowError(AnswerModel):
    """Why a row was refused, or what of a stored one is missing, by field."""

    line: int
    external_id: str
    what: str = Field(description="What became of the row.")
    fields: dict[str, str]


class Import(AnswerModel):
    """What an import did, or would do."""

    job_id: str
    format: str
    dry_run: bool
    columns: list[Column]
    counts: ImportCounts
    encoding: str | None = Field(description="How the file's text is written.")
    delimiter: str | None = Field(description="What stands between its cells; empty if nothing.")
    currency: str | None = Field(description="Of prices that name none; empty for no such.")
    samples: list[Row] = Field(description="The first rows of the file.")
    errors: list[RowError] = Field(description="The first rows with one; the CSV holds all.")
    without_photos: list[str] = Field(
        description="The first products that show no picture, by external id."
    )
    fields: list[str] = Field(
        description="What a column may become, beside attributes.NAME; empty to ignore it."
    )
    created_at: datetime


def import_told(made: ImportResult) -> Import:
    """An import in the API's words; an old one was told less of."""
    details = made.details
    return Import(
        job_id=made.job_id,
        format=made.format,
        dry_run=made.dry_run,
        columns=[Column(**each) for each in made.columns],
        counts=ImportCounts(**{"incomplete": 0, "without_photos": 0} | made.counts),
        encoding=details.get("encoding"),
        delimiter=details.get("delimiter"),
        currency=details.get("currency"),
        samples=[Row(**each) for each in details.get("samples", ())],
        without_photos=list(details.get("without_photos", ())),
        errors=[RowError(**{"what": "refused"} | each) for each in details.get("errors", ())],
        fields=[*FIELDS, IMAGES, IGNORED],
        created_at=made.created_at,
    )
