"""What people decide about crops and labels; no model, threshold or rule changes it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import new_id, now
from vitrine.core.errors import NotFound
from vitrine.core.groups import QualitySettings
from vitrine.ports import Ports
from vitrine.services import jobs
from vitrine.services.catalog import changelog
from vitrine.services.catalog.changelog import Change
from vitrine.services.indexing import crops, labels
from vitrine.services.jobs import Order, kinds
from vitrine.tables.catalog import MODEL, PERSON, Crop, Image, Label, Product
from vitrine.vision.quality import REJECTED
from vitrine.vision.types import KEPT, Box
from vitrine.vision.vocabulary import vocabulary

BY_PERSON = "by_person"
"""The reason of a crop that a person rejected."""

REMOVED, MOVED = crops.REMOVED, crops.MOVED
"""The reasons of a box that a person took away, or put another one in place of."""

BOX = "box"
"""What a change of a box is called where changes are told."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and by which rules the crops they leave alone are judged."""

    user_id: str
    rules: QualitySettings


def decide(
    session: Session, ports: Ports, crop: Crop, keeps: bool | None, person: Person
) -> Product:
    """Keep or reject a crop for good, or with None leave it to the rules again."""
    product, before = _product(crop), _verdict(crop)
    crop.verdict_source = MODEL if keeps is None else PERSON
    if keeps is not None:
        crop.verdict, crop.reason = (KEPT, None) if keeps else (REJECTED, BY_PERSON)
    _follow(session, ports, product, person)
    change = Change("verdict", before, _verdict(crop), crop.id)
    changelog.note(session, product, change, person.user_id)
    return product


def judge(session: Session, crop: Crop, reason: str | None, person: Person) -> None:
    """Keep a crop for good, or reject it for a reason; nothing follows yet."""
    before = _verdict(crop)
    pin(crop)
    crop.verdict, crop.reason = (KEPT, None) if reason is None else (REJECTED, reason)
    if _verdict(crop) != before:
        change = Change("verdict", before, _verdict(crop), crop.id)
        changelog.note(session, _product(crop), change, person.user_id)


def pin(crop: Crop) -> None:
    """Let a crop be as it is for good."""
    crop.verdict_source = PERSON


def draw(session: Session, image: Image, box: Box, kind: str, person: Person) -> Crop:
    """Add a box that a person drew, kept for good; it has no vector yet."""
    edges = dict(zip(("x1", "y1", "x2", "y2"), box.as_tuple(), strict=True))
    told = {"kind": kind, "score": 1.0, "detector": PERSON, "measures": {}, "primary_parts": {}}
    crop = Crop(
        id=new_id(), image_id=image.id, verdict=KEPT, verdict_source=PERSON, **edges, **told
    )
    image.crops.append(crop)
    session.flush()
    change = Change(BOX, {}, {"box": list(box.as_tuple()), "kind": kind}, crop.id)
    changelog.note(session, _product(crop), change, person.user_id)
    return crop


def name_kind(session: Session, crop: Crop, kind: str, person: Person) -> None:
    """Say which kind of garment is in a box."""
    before, crop.kind = {"kind": crop.kind}, kind
    pin(crop)
    if before["kind"] != kind:
        change = Change(BOX, before, {"kind": kind}, crop.id)
        changelog.note(session, _product(crop), change, person.user_id)


def stand(session: Session, product: Product, crop: Crop, person: Person) -> None:
    """Have a crop stand for its product; nothing follows yet."""
    before = _primary(product)
    judge(session, crop, None, person)
    product.primary_crop_id, product.primary_source = crop.id, PERSON
    if before["primary_crop_id"] != crop.id:
        change = Change("primary", before, _primary(product), crop.id)
        changelog.note(session, product, change, person.user_id)


def make_primary(session: Session, ports: Ports, crop: Crop, person: Person) -> Product:
    """Have the crop stand for its product, restored where it was rejected."""
    product, before = _product(crop), _primary(_product(crop))
    crop.verdict, crop.reason, crop.verdict_source = KEPT, None, PERSON
    product.primary_crop_id, product.primary_source = crop.id, PERSON
    _follow(session, ports, product, person)
    change = Change("primary", before, _primary(product), crop.id)
    changelog.note(session, product, change, person.user_id)
    return product


def leave_primary(session: Session, ports: Ports, product: Product, person: Person) -> Product:
    """Take back a person's choice: the crop with the best score stands for the product again."""
    before, product.primary_source = _primary(product), MODEL
    _follow(session, ports, product, person)
    change = Change("primary", before, _primary(product), product.primary_crop_id)
    changelog.note(session, product, change, person.user_id)
    return product


def state_labels(
    session: Session, product_id: str, facet: str, values: Sequence[str] | None, person: Person
) -> Product:
    """Say which words of a facet fit the product; an empty list says none, None takes it back.

    Raises NotFound, and Invalid for a facet or a word that the vocabulary does not have.
    """
    product = next(iter(crops.locked(session, [product_id])), None)
    if product is None:
        raise NotFound("product_unknown", "There is no such product.")
    known = vocabulary().facet(facet)
    wanted = None if values is None else list(dict.fromkeys(map(known.value, values)))
    return _state(session, product, facet, wanted, person)


def confirm_labels(session: Session, product: Product, facet: str) -> list[str]:
    """Say that the labels of a facet that count now are right; which they are."""
    values = [label.value for label in product.labels if label.facet == facet]
    if any(label.source == MODEL for label in product.labels if label.facet == facet):
        session.add_all(_stated_label(product.id, facet, value) for value in values)
    return values


def _state(
    session: Session, product: Product, facet: str, wanted: list[str] | None, person: Person
) -> Product:
    rows = session.scalars(
        select(Label).where(
            Label.product_id == product.id, Label.facet == facet, Label.source == PERSON
        )
    ).all()
    before = _stated(facet, [row.value for row in rows] if rows else None)
    for row in rows:
        row.deleted_at = now()
    session.flush()  # the same words may come again
    if wanted is not None:
        session.add_all(_stated_label(product.id, facet, value) for value in wanted or [""])
    after = _stated(facet, wanted)
    changelog.note(session, product, Change("label", before, after), person.user_id)
    session.flush()
    session.expire(product, ["said"])
    return product


def _stated_label(product_id: str, facet: str, value: str) -> Label:
    return Label(product_id=product_id, facet=facet, value=value, score=1.0, source=PERSON)


def find(session: Session, product_id: str, crop_id: str) -> Crop:
    """The living product's crop, the product locked; raises NotFound, for another's crop too."""
    for product in crops.locked(session, [product_id]):
        for image in product.images:
            for crop in image.crops:
                if crop.id == crop_id:
                    return crop
    raise NotFound("crop_unknown", "The product has no such crop.")


def _follow(session: Session, ports: Ports, product: Product, person: Person) -> None:
    """Let the other crops and the primary follow a decision, and the index soon after."""
    crops.judge(product, person.rules)
    crops.choose(session, product)
    labels.forget(session, product)
    if labels.unlabelled(session, product):
        jobs.submit(session, ports.queue, Order(kinds.Label(), product.id))
    bare = crops.without_vector(session, [product.id])
    jobs.submit(session, ports.queue, Order(kinds.Boxes() if bare else kinds.Publish(), product.id))


def _product(crop: Crop) -> Product:
    product = crop.image.product
    if product is None:
        raise NotFound("product_unknown", "The crop belongs to no product.")
    return product


def _verdict(crop: Crop) -> dict[str, Any]:
    return {"verdict": crop.verdict, "reason": crop.reason, "verdict_source": crop.verdict_source}


def _primary(product: Product) -> dict[str, Any]:
    chosen = product.primary_crop_id
    return {"primary_crop_id": chosen, "primary_source": product.primary_source}


def _stated(facet: str, values: Sequence[str] | None) -> dict[str, Any]:
    told = None if values is None else [value for value in values if value]
    return {"facet": facet, "values": told}
