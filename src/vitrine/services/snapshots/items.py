"""What a snapshot says of each product, read from the database at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from vitrine.core.clock import now
from vitrine.services import review
from vitrine.services.indexing.crops import MOVED
from vitrine.services.review import Verified
from vitrine.services.snapshots.groups import grouped, split_of
from vitrine.tables import catalog as tables
from vitrine.tables.blobs import Blob
from vitrine.tables.catalog import MODEL, PERSON, Image, Product
from vitrine.vision.types import Box, Size

AT_ONCE = 200

WORDS = ("title", "description", "category", "colour", "brand", "gender")
"""The fields that a snapshot tells of each product."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One stored photo; hash and colours are None until its thumbnails are made."""

    sha256: str
    media_type: str
    size: Size
    perceptual_hash: str | None = None
    colour_grid: bytes | None = None


@dataclass(frozen=True, slots=True)
class Crop:
    """One crop; `by` is who stands for it, `late` that vision saw it after people had looked."""

    image_sha256: str
    box: Box
    kind: str
    kept: bool
    primary: bool
    by: str
    reason: str | None = None
    late: bool = False
    detector: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One product; `labels` are people's, `boxes` that they looked over its crops as well."""

    product_id: str
    external_id: str
    words: Mapping[str, str]
    attributes: Mapping[str, Any]
    group: str
    photos: Sequence[Photo]
    crops: Sequence[Crop]
    labels: Mapping[str, Sequence[str]]
    verified: bool
    boxes: bool
    at: datetime

    @property
    def split(self) -> str:
        """Where it stands: with all of its group."""
        return split_of(self.group)


def verified(session: Session) -> list[Item]:
    """The living products that people verified, by external id."""
    return _read(session, {each.product_id: each for each in review.verified(session)})


def everything(session: Session) -> list[Item]:
    """All living products with a photo, without people's word, by external id."""
    moment = now()
    shown = select(Product.id).where(Product.images.any())
    return _read(session, {each: _unverified(each, moment) for each in session.scalars(shown)})


def _unverified(product_id: str, moment: datetime) -> Verified:
    return Verified(product_id, moment, {}, None, boxes=False, reviewers=0)


def _read(session: Session, wanted: Mapping[str, Verified]) -> list[Item]:
    groups = grouped(session)
    ids, found = sorted(wanted), list[Item]()
    for start in range(0, len(ids), AT_ONCE):
        products = list(_products(session, ids[start : start + AT_ONCE]))
        seen = _hashes(session, [image for each in products for image in each.images])
        found += [_item(each, wanted[each.id], groups[each.id], seen) for each in products]
    return sorted(found, key=lambda item: item.external_id)


def _products(session: Session, ids: Sequence[str]) -> Iterator[Product]:
    query = select(Product).where(Product.id.in_(ids)).order_by(Product.id)
    yield from session.scalars(
        query.options(selectinload(Product.images).selectinload(Image.crops))
    )


def _hashes(session: Session, shown: Sequence[Image]) -> Mapping[str, Blob]:
    query = select(Blob).where(Blob.sha256.in_({image.sha256 for image in shown}))
    return {blob.sha256: blob for blob in session.scalars(query)}


def _item(product: Product, word: Verified, group: str, seen: Mapping[str, Blob]) -> Item:
    # A photo that came later nobody has verified.
    images = [each for each in product.images if each.created_at <= word.answered_at]
    return Item(
        product_id=product.id,
        external_id=product.external_id,
        words={name: getattr(product, name) for name in WORDS},
        attributes=product.attributes,
        group=group,
        photos=[_photo(image, seen.get(image.sha256)) for image in images],
        crops=list(_crops(product, images, word)),
        labels={facet: list(word.labels[facet]) for facet in sorted(word.labels)},
        verified=word.reviewers > 0,
        boxes=word.boxes,
        at=word.answered_at,
    )


def _photo(image: Image, blob: Blob | None) -> Photo:
    known = (blob.perceptual_hash, blob.colour_grid) if blob else (None, None)
    return Photo(image.sha256, image.media_type, Size(image.width, image.height), *known)


def _crops(product: Product, images: Sequence[Image], word: Verified) -> Iterator[Crop]:
    chosen = word.primary_crop_id if word.reviewers else product.primary_crop_id
    for image in images:
        stands = (crop for crop in image.crops if crop.reason != MOVED)  # another is in its place
        for crop in sorted(stands, key=_in_place):
            late = crop.verdict_source == MODEL and crop.created_at > word.answered_at
            said = crop.verdict_source == PERSON or (word.boxes and not late)
            yield Crop(
                image_sha256=image.sha256,
                box=crop.box,
                kind=crop.kind,
                kept=crop.kept,
                primary=crop.id == chosen,
                by=PERSON if said else MODEL,
                reason=crop.reason,
                late=late,
                detector=crop.detector,
            )


def _in_place(crop: tables.Crop) -> tuple[tuple[float, ...], str]:
    """By where it is, not by its id: another run of the detector makes others."""
    return crop.box.as_tuple(), crop.kind
