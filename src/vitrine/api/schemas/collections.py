"""Models, the collections they make, and how one compares with another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, RequestModel
from vitrine.api.schemas.jobs import Job
from vitrine.services.promotion import Recipe, Standing, Wish
from vitrine.tables.models import ModelVersion as StoredModel
from vitrine.vision.card import Padding

State = Literal["building", "ready", "active", "standby", "retired"]


class ModelVersion(AnswerModel):
    """One model that was used or trained here."""

    role: Literal["encoder", "detector"]
    version: str
    status: Literal["installed", "candidate", "refused", "promoted", "retired"]
    licence: str
    description: str
    stored: bool = Field(description="Whether its files are in the store, for every process.")
    bytes: int
    run_id: str | None = Field(description="The training run that made it.")
    gate: dict[str, Any] = Field(description="What a candidate was measured to be.")
    created_at: datetime


class ModelVersions(AnswerModel):
    """All of them, the newest first."""

    models: list[ModelVersion]


class Failures(AnswerModel):
    """How many products could not be taken in, with the code of why."""

    code: str
    count: int


class Recall(AnswerModel):
    """How often what is right is among the first, by what is searched and by this collection."""

    n: int
    before: float | None
    after: float | None
    verified: bool = Field(
        default=False, description="Whether only pairs count that people verified."
    )


class SegmentRecall(Recall):
    """The same in one category."""

    category: str


class Latency(AnswerModel):
    """Milliseconds until words and a photo are vectors."""

    words: float | None
    photo: float | None


class Comparison(AnswerModel):
    """What would change if this collection were searched, measured when its build ended."""

    at: datetime
    beside: str = Field(description="The name of the collection searched then.")
    k: int = Field(description="How many of the first hits were looked at.")
    products: int
    overlap: float | None = Field(description="Share of the first hits that both find.")
    recall: Recall | None
    segments: list[SegmentRecall]
    before: Latency | None
    after: Latency | None


class SearchCollection(AnswerModel):
    """One vector space: what makes it, how far it is, and who builds it."""

    id: str
    name: str
    state: State
    model_version: str
    preprocess_version: str
    text_share: float
    dimension: int
    products: int = Field(description="How many it holds.")
    lacking: int = Field(description="How many living products are not whole in it.")
    failures: list[Failures]
    job: Job | None = Field(description="The job that builds it, while one waits or runs.")
    comparison: Comparison | None
    created_at: datetime
    built_at: datetime | None
    activated_at: datetime | None
    retired_at: datetime | None


class SearchCollections(AnswerModel):
    """All of them, the newest first."""

    collections: list[SearchCollection]


class BuildRequest(RequestModel):
    """What makes the collection to build; what is left out is as the settings say."""

    model_version: str | None = Field(None, max_length=100)
    margin: Annotated[float | None, Field(ge=0, le=0.30)] = None
    padding: Padding | None = None
    text_share: Annotated[float | None, Field(ge=0, le=0.5)] = None

    def recipe(self, installed: str) -> Recipe:
        """The same as the service reads it, with the installed encoder where none is named."""
        version = self.model_version or installed
        return Recipe(version, self.margin, self.padding, self.text_share)


class PromoteRequest(RequestModel):
    """So many products may be missing, and why a gate that was not passed is overridden."""

    missing: int = Field(0, ge=0)
    override: str = Field("", max_length=1000)

    @property
    def wish(self) -> Wish:
        """The same as the service reads it."""
        return Wish(self.missing, self.override)


class PromotedDetector(AnswerModel):
    """The detector that sees photos from now on, and the job that looks anew at those there are."""

    model: ModelVersion
    job: Job


def model_told(row: StoredModel) -> ModelVersion:
    """A model in the API's words."""
    sizes: Sequence[int] = [int(pin["bytes"]) for pin in row.files.values()]
    return ModelVersion.model_validate(
        {
            "role": row.role,
            "version": row.version,
            "status": row.status,
            "licence": row.card.get("licence", ""),
            "description": row.card.get("description", ""),
            "stored": bool(row.files),
            "bytes": sum(sizes),
            "run_id": row.run_id,
            "gate": row.gate,
            "created_at": row.created_at,
        }
    )


def collection_told(standing: Standing) -> SearchCollection:
    """A collection in the API's words."""
    row = standing.collection
    own = {name: getattr(row, name) for name in SearchCollection.model_fields if hasattr(row, name)}
    return SearchCollection.model_validate(
        own
        | {
            "products": standing.products,
            "lacking": standing.lacking,
            "failures": [
                Failures(code=code, count=count) for code, count in standing.failures.items()
            ],
            "job": standing.job and Job.model_validate(standing.job),
            "comparison": _compared(row.comparison) if row.comparison else None,
        }
    )


def _compared(told: dict[str, Any]) -> Comparison:
    latency = told.get("latency", {})
    return Comparison.model_validate(
        {
            **{name: told[name] for name in ("at", "k", "products")},
            "beside": told["with"],
            "overlap": told.get("overlap"),
            "recall": told.get("recall"),
            "segments": told.get("segments", []),
            "before": latency.get("before"),
            "after": latency.get("after"),
        }
    )
