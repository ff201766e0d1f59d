"""Products that people verified, as rows: without a queue, leases or models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from tests.worlds.factories import product_with_photos
from vitrine.ports import Ports
from vitrine.tables.catalog import PERSON, Crop, Image, Product
from vitrine.tables.review import ACCEPT, DONE, ReviewAnswer, ReviewItem
from vitrine.vision.types import KEPT

BOX = (10.0, 12.0, 60.0, 100.0)


def add_crop(image: Image, kind: str = "top", **given: object) -> Crop:
    """A crop of the image, kept unless it is said otherwise."""
    x1, y1, x2, y2 = BOX
    told = {"verdict": KEPT, "score": 0.9, "detector": "seen-1"} | given
    crop = Crop(image_id=image.id, x1=x1, y1=y1, x2=x2, y2=y2, kind=kind, **told)
    image.crops.append(crop)
    return crop


def add_product(
    session: Session, ports: Ports, external_id: str, *photos: bytes, **given: object
) -> Product:
    """A product whose every photo has one kept crop, the first being its primary."""
    product, _job = product_with_photos(session, ports, external_id, *photos, **given)
    session.flush()
    session.refresh(product, ["images"])
    crops = [add_crop(image) for image in product.images]
    session.flush()
    product.primary_crop_id = crops[0].id if crops else None
    return product


def answer(
    session: Session,
    product: Product,
    labels: Mapping[str, Sequence[str]] | None = None,
    *,
    boxes: bool = True,
    outcome: str = ACCEPT,
) -> ReviewAnswer:
    """A person's word on the product as it is."""
    item = ReviewItem(product_id=product.id, state=DONE, draw=0.5)
    session.add(item)
    session.flush()
    told = {"labels": dict(labels or {}), "primary": product.primary_crop_id, "boxes": boxes}
    row = ReviewAnswer(item_id=item.id, product_id=product.id, outcome=outcome, verified=told)
    session.add(row)
    session.flush()
    return row


def reject_by_person(crop: Crop, reason: str = "by_person") -> None:
    """Have a person say that the crop shows nothing to be found, or is somewhere else."""
    crop.verdict, crop.reason, crop.verdict_source = "rejected", reason, PERSON
