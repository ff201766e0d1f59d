"""What Vitrine says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel
from vitrine.services.health import Backlog
from vitrine.services.health import Part as PartHealth
from vitrine.services.health import Stock as StockCounts
from vitrine.services.jobs import JobKind
from vitrine.tables.calibration import Calibration as Fitted
from vitrine.tables.models import Collection as StoredCollection
from vitrine.vision.tuning import Kind, Level
from vitrine.vision.types import Versions
from vitrine.vision.vocabulary import vocabulary

Told = TypeVar("Told", bound=AnswerModel)


class Models(AnswerModel):
    """What makes the vectors."""

    encoder: str
    preprocess: str
    detector: str
    dimension: int


class Live(AnswerModel):
    """This process answers."""

    status: Literal["alive"] = "alive"


class Health(AnswerModel):
    """Ready to answer, and with what."""

    status: Literal["ready"] = "ready"
    version: str
    models: Models
    away: dict[str, str] = Field(description="Parts that are not needed to answer, and why.")
    oldest_job_seconds: float | None = Field(
        description="How long the oldest job that could run has waited."
    )


class Part(AnswerModel):
    """One part of Vitrine, and how it is."""

    name: Literal["database", "queue", "blobs", "vectors", "vision", "disk"]
    kind: str = Field(description="As the settings chose.", examples=["sqlite", "celery", "s3"])
    healthy: bool
    milliseconds: float = Field(description="How long it took to answer.")
    error: str | None


class Collection(AnswerModel):
    """One vector space; only the active one is searched."""

    name: str
    state: str
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


class Worker(AnswerModel):
    """A process that runs jobs, and what it did."""

    name: str = Field(description="Its machine and process.")
    slots: int = Field(description="How many jobs it runs at once.")
    running: int
    jobs: int = Field(description="How many it ran since it began.")
    last_job_at: datetime | None
    seen_at: datetime


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
        description="Whether the models of the searched collection are installed or stored."
    )
    parts: list[Part]
    collections: list[Collection] | None
    jobs: list[QueueDepth] | None
    oldest_queued_at: datetime | None
    oldest_job_seconds: float | None = Field(
        description="How long the oldest job that could run has waited."
    )
    workers: list[Worker] | None = Field(description="Those that were heard of lately.")
    index: VectorIndex | None
    stock: Stock | None
    calibration: Calibration | None = Field(description="null before the first fit.")


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database knows, and how many products the index does, None if it is away."""

    stock: StockCounts
    indexed: int | None
    backlog: Backlog


def system_told(
    version: str,
    parts: Sequence[PartHealth],
    versions: Versions | None,
    counted: Counted | None = None,
) -> System:
    """All that is known, in the API's words."""
    stock = counted.stock if counted else None
    backlog = counted.backlog if counted else None
    active = next((each for each in stock.collections if each.active), None) if stock else None
    return System(
        version=version,
        models=Models.model_validate(versions) if versions else None,
        vocabulary=vocabulary().version,
        matching=_matching(active, versions, stock) if active and versions and stock else None,
        parts=[_part(part) for part in _judged(parts, backlog)],
        collections=_all(Collection, stock.collections if stock else None),
        jobs=_all(QueueDepth, stock.jobs if stock else None),
        oldest_queued_at=stock.oldest_queued_at if stock else None,
        oldest_job_seconds=backlog.oldest_seconds if backlog else None,
        workers=_all(Worker, backlog.workers if backlog else None),
        index=VectorIndex(indexed=counted.indexed, expected=counted.stock.embedded)
        if counted
        else None,
        stock=Stock.model_validate(stock) if stock else None,
        calibration=calibration_told(stock.calibration) if stock and stock.calibration else None,
    )


def _matching(active: StoredCollection, versions: Versions, stock: StockCounts) -> bool:
    return active.name == versions.collection or active.model_version in stock.stored


def _all(model: type[Told], rows: Iterable[object] | None) -> list[Told] | None:
    return None if rows is None else [model.model_validate(row) for row in rows]


def _judged(parts: Sequence[PartHealth], backlog: Backlog | None) -> list[PartHealth]:
    """The parts; the queue does not work, whatever it says, while jobs wait and nobody takes any.

    With another part away they wait for that.
    """
    if backlog is None or not backlog.stalled or any(part.error for part in parts):
        return list(parts)
    waited = round(backlog.oldest_seconds or 0)
    told = f"A job has waited {waited} seconds and no worker takes any; look at the workers."
    return [replace(part, error=told) if part.name == "queue" else part for part in parts]


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
