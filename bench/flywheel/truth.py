"""What is right: the shop's own word where the vocabulary has one for it, and the crop it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bench.flywheel.shops import Row, Shop
from vitrine.services.evaluation.labels import places
from vitrine.tables.catalog import Crop, Image, Product
from vitrine.vision import geometry, items
from vitrine.vision.types import WHOLE, Box
from vitrine.vision.vocabulary import CATEGORY, vocabulary

SAME = 0.9
"""Boxes that overlap so much are one crop."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right of one product: a value by facet, where its primary crop is and of what kind.

    The kind is that of the category that the shop states, None where it states none.
    """

    labels: Mapping[str, str]
    box: Box | None
    kind: str | None = None


@dataclass(slots=True)
class Found:
    """What the models say of one product: `labels` of its primary crop, and its crops."""

    product: Product
    crops: Sequence[Crop]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def primary(self) -> Crop | None:
        """The crop that stands for it."""
        chosen = self.product.primary_crop_id
        return next((crop for crop in self.crops if crop.id == chosen), None)

    @property
    def kept(self) -> list[Crop]:
        """The crops that are kept."""
        return [crop for crop in self.crops if crop.kept]


def found(session: Session) -> dict[str, Found]:
    """By external id what the models say of every product with a primary crop."""
    query = select(Product).where(Product.primary_crop_id.is_not(None))
    told = {}
    for product in session.scalars(
        query.options(selectinload(Product.images).selectinload(Image.crops))
    ):
        crops = [crop for image in product.images for crop in image.crops]
        labels = {label.facet: label.value for label in product.labels}
        told[product.external_id] = Found(product, crops, labels)
    return told


def stated(shop: Shop, rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """By external id and facet the word of the vocabulary that the shop means, where it has one."""
    told: dict[str, dict[str, str]] = {row["external_id"]: {} for row in rows}
    for name, column in shop.stated.items():
        facet = vocabulary().facets[name]
        for row, place in zip(rows, places(facet, [row[column] for row in rows]), strict=True):
            if 0 <= place < len(facet.words):
                told[row["external_id"]][name] = facet.words[place].value
    return told


def right_crop(labels: Mapping[str, str], one: Found) -> Crop | None:
    """The crop that should stand for a product: of the kind that its category is, if there is one.

    The present one, where it is of that kind or nothing else is.
    """
    kind, now = vocabulary().kind(labels.get(CATEGORY)), one.primary
    if now is None or kind is None or now.kind == kind:
        return now
    better = [crop for crop in one.kept if crop.kind == kind]
    return max(better, key=lambda crop: crop.box.area, default=now)


def errors(truth: Truth, one: Found) -> Iterator[str]:
    """What is wrong of a product: `primary`, its `kind`, and facets of its labels."""
    now = one.primary
    if truth.box is not None and not (now and same(truth.box, now.box)):
        yield "primary"
    elif now and truth.kind and not alike(now.kind, truth.kind):
        yield "kind"
    for facet, value in truth.labels.items():
        # That a model says nothing is no error: it was not sure, and nobody is misled.
        if one.labels.get(facet, value) != value:
            yield facet


def alike(kind: str, other: str) -> bool:
    """Whether two kinds of garment are one, or taken for each other by people, too."""
    return kind in (WHOLE, other) or frozenset((kind, other)) in items.ALIKE


def same(one: Box, other: Box) -> bool:
    """Whether two boxes are the same crop."""
    return geometry.iou(one, other) >= SAME
