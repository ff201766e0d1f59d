"""What Vitrine says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel
from vitrine.services.health import Part as PartHealth
from vitrine.services.health import Stock as StockCounts
from vitrine.services.jobs import JobKind
from vitrine.tables.calibration import Calibration as Fitted
from vitrine.vision.tuning import Kind, Level
from vitrine.vision.types import Versions
from vitrine.vision.vocabulary import vocabulary


class Models(AnswerModel):
    """What makes the vectors."""

    encoder: str
    preprocess: str
    detector: str
    dimension: int


class Health(AnswerModel):
    """Ready to answer, and with what."""

    status: Literal["ready"] = "ready"
    version: str
    models: Models


class Part(AnswerModel):
    """One part of Vitrine, and how it is."""

    name: Literal["database", "queue", "blobs", "vectors", "vision"]
    kind: str = Field(description="As the settings chose.", examples=["sqlite", "celery", "s3"])
    healthy: bool
    milliseconds: float = Field(description="How long it took to answer.")
    error: str | None


class Collection(AnswerModel):
    """One vector space; only the active one is searched."""

    name: str
    model_version: str
    preprocess_version: str
    dimension: int
    active: bool
    activated_at: datetime | None


class QueueDepth(AnswerModel):
    """How many jobs of a kind have a status."""

    kind: JobKind
    status: str
    count: int


class VectorIndex(AnswerModel):
    """How many products the index knows, and how many the database says it should."""

    indexed: int | None = Field(description="null if the index does not answer.")
    expected: int


class Stock(AnswerModel):
    """What the database holds."""

    products: int
    deleted: int
    images: int


class LevelFigures(AnswerModel):
    """Of the hits called a level: which share is promised to be so or better, and which was."""

    level: Level
    promised: float | None = Field(description="null if it is never claimed.")
    measured: float | None = Field(description="On queries that nothing was fitted on.")
    hits: int = Field(description="How many hits `measured` is of.")


class KindFigures(AnswerModel):
    """How reliable levels are for one kind of query."""

    kind: Kind
    known: bool = Field(description="Whether enough was seen to tell levels at all.")
    queries: int
    levels: list[LevelFigures]


class FacetFigures(AnswerModel):
    """How good a model's labels of one facet are, against what products state."""

    facet: str
    f1: float
    low: float = Field(description="The lower end of its 95 % interval, by which it is shown.")
    accuracy: float = Field(description="Of the labels that are said, the share that is right.")
    values: int
    n: int = Field(description="Products that state the facet.")
    shown: bool


class Calibration(AnswerModel):
    """What was fitted of the active collection in this catalogue."""

    fitted_at: datetime
    products: int
    kinds: list[KindFigures]
    facets: list[FacetFigures]


class System(AnswerModel):
    """What runs here, and how it is; what lies in a part that is down is null."""

    version: str
    models: Models | None
    vocabulary: str = Field(description="Version of the words that garments are labelled by.")
    matching: bool | None = Field(
        description="Whether queries are prepared as the searched collection was."
    )
    parts: list[Part]
    collections: list[Collection] | None
    jobs: list[QueueDepth] | None
    oldest_queued_at: datetime | None
    index: VectorIndex | None
    stock: Stock | None
    calibration: Calibration | None = Field(description="null before the first fit.")


def system_told(
    version: str,
    parts: Sequence[PartHealth],
    versions: Versions | None,
    stock: StockCounts | None = None,
    indexed: int | None = None,
) -> System:
    """All that is known, in the API's words."""
    active = next((each for each in stock.collections if each.active), None) if stock else None
    return System(
        version=version,
        models=Models.model_validate(versions) if versions else None,
        vocabulary=vocabulary().version,
        matching=active.name == versions.collection if active and versions else None,
        parts=[_part(part) for part in parts],
        collections=[Collection.model_validate(each) for each in stock.collections]
        if stock
        else None,
        jobs=[QueueDepth.model_validate(each) for each in stock.jobs] if stock else None,
        oldest_queued_at=stock.oldest_queued_at if stock else None,
        index=VectorIndex(indexed=indexed, expected=stock.embedded) if stock else None,
        stock=Stock.model_validate(stock) if stock else None,
        calibration=calibration_told(stock.calibration) if stock and stock.calibration else None,
    )


def calibration_told(fitted: Fitted) -> Calibration:
    """A fit in the API's words."""
    kinds, facets = fitted.figures["levels"], fitted.figures["facets"]
    return Calibration(
        fitted_at=fitted.fitted_at,
        products=fitted.products,
        kinds=[_kind(kind, told) for kind, told in kinds.items()],
        facets=[FacetFigures(facet=name, **told) for name, told in facets.items()],
    )


def _kind(kind: Kind, told: Mapping[str, Any]) -> KindFigures:
    levels = [LevelFigures(level=level, **each) for level, each in told["levels"].items()]
    return KindFigures(kind=kind, known=told["known"], queries=told["queries"], levels=levels)


def _part(part: PartHealth) -> Part:
    return Part.model_validate(
        {
            "name": part.name,
            "kind": part.kind,
            "healthy": part.error is None,
            "milliseconds": part.milliseconds,
            "error": part.error,
        }
    )
