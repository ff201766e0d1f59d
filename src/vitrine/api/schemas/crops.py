"""The crops of a product, and decisions about them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, Id, RequestModel
from vitrine.api.schemas.search import Edges
from vitrine.api.scores import Score
from vitrine.tables.catalog import Crop as StoredCrop
from vitrine.tables.catalog import Product


class CropChange(RequestModel):
    """What a person says of a crop."""

    verdict: Literal["kept", "rejected", "rules"]


class PrimaryChange(RequestModel):
    """The crop that shall stand for the product; null for the one with the best score."""

    crop_id: Id | None


class Crop(AnswerModel):
    """One crop: why it is kept or rejected, and how well it stands for its product.

    Viewers are told no scores.
    """

    id: str
    image_id: str
    box: Edges
    kind: str
    score: Score
    verdict: Literal["kept", "rejected"]
    reason: str | None
    verdict_source: Literal["model", "person"]
    measures: dict[str, Any]
    primary_score: Score
    primary_parts: dict[str, Score]


class Crops(AnswerModel):
    """A product's crops, by image and then the best first, and which is its primary."""

    primary_crop_id: str | None
    primary_source: Literal["model", "person"] = Field(description="Who chose the primary crop.")
    crops: list[Crop]


def crops_told(product: Product) -> Crops:
    """A product's crops in the API's words."""
    found = [crop for image in product.images for crop in sorted(image.crops, key=_best_first)]
    return Crops(
        primary_crop_id=product.primary_crop_id,
        primary_source="person" if product.primary_source == "person" else "model",
        crops=[crop_told(crop) for crop in found],
    )


def _best_first(crop: StoredCrop) -> tuple[bool, float, str]:
    return (not crop.kept, -(crop.primary_score or 0.0), crop.id)


def crop_told(crop: StoredCrop) -> Crop:
    """A crop in the API's words."""
    facts = {name: getattr(crop, name) for name in Crop.model_fields if name != "box"}
    return Crop(box=crop.box.as_tuple(), **facts)
