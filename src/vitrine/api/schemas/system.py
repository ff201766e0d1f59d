"""What Vitrine says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from vitrine.api.schemas.common import Told
from vitrine.services.health import Part, Stock
from vitrine.services.jobs import JobKind
from vitrine.vision.types import Versions
from vitrine.vision.vocabulary import vocabulary


class ModelsTold(Told):
    """What makes the vectors."""

    encoder: str
    preprocess: str
    detector: str
    dimension: int


class Health(Told):
    """Ready to answer, and with what."""

    status: Literal["ready"] = "ready"
    version: str
    models: ModelsTold


class PartTold(Told):
    """One part of Vitrine, and how it is."""

    name: Literal["database", "queue", "blobs", "vectors", "vision"]
    kind: str = Field(description="As the settings chose.", examples=["sqlite", "celery", "s3"])
    healthy: bool
    milliseconds: float = Field(description="How long it took to answer.")
    error: str | None


class CollectionTold(Told):
    """One vector space; only the active one is searched."""

    name: str
    model_version: str
    preprocess_version: str
    dimension: int
    active: bool
    activated_at: datetime | None


class DepthTold(Told):
    """How many jobs of a kind have a status."""

    kind: JobKind
    status: str
    count: int


class IndexTold(Told):
    """How many products the index knows, and how many the database says it should."""

    indexed: int | None = Field(description="null if the index does not answer.")
    expected: int


class StockTold(Told):
    """What the database holds."""

    products: int
    deleted: int
    images: int


class SystemTold(Told):
    """What runs here, and how it is; what lies in a part that is down is null."""

    version: str
    models: ModelsTold | None
    vocabulary: str = Field(description="Version of the words that garments are labelled by.")
    matching: bool | None = Field(
        description="Whether queries are prepared as the searched collection was."
    )
    parts: list[PartTold]
    collections: list[CollectionTold] | None
    jobs: list[DepthTold] | None
    oldest_queued_at: datetime | None
    index: IndexTold | None
    stock: StockTold | None


def system_told(
    version: str,
    parts: Sequence[Part],
    versions: Versions | None,
    stock: Stock | None = None,
    indexed: int | None = None,
) -> SystemTold:
    """All that is known, in the API's words."""
    active = next((each for each in stock.collections if each.active), None) if stock else None
    return SystemTold(
        version=version,
        models=ModelsTold.model_validate(versions) if versions else None,
        vocabulary=vocabulary().version,
        matching=active.name == versions.collection if active and versions else None,
        parts=[_part(part) for part in parts],
        collections=[CollectionTold.model_validate(each) for each in stock.collections]
        if stock
        else None,
        jobs=[DepthTold.model_validate(each) for each in stock.jobs] if stock else None,
        oldest_queued_at=stock.oldest_queued_at if stock else None,
        index=IndexTold(indexed=indexed, expected=stock.embedded) if stock else None,
        stock=StockTold.model_validate(stock) if stock else None,
    )


def _part(part: Part) -> PartTold:
    return PartTold.model_validate(
        {
            "name": part.name,
            "kind": part.kind,
            "healthy": part.error is None,
            "milliseconds": part.milliseconds,
            "error": part.error,
        }
    )
