"""What an answer does to its product: in one transaction, after all of it was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core.errors import NotFound
from vitrine.ports import Blobs, Vision
from vitrine.services.indexing import boxes, crops, labels
from vitrine.services.indexing.boxes import Place
from vitrine.services.review import decisions
from vitrine.services.review.changes import Changes, moved
from vitrine.services.review.decisions import BY_PERSON, MOVED, REMOVED, Person
from vitrine.services.review.looked import EVERYTHING, Looked
from vitrine.tables.catalog import MODEL, PERSON, Crop, Image, Product
from vitrine.vision.types import WHOLE, Detection, LabelScore, Versions


@dataclass(frozen=True, slots=True)
class Sight:
    """What vision said of the boxes of an answer, by the key of a new box or its crop's id."""

    versions: Versions
    seen: Mapping[str, Detection] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Applied:
    """What holds of the product by an answer, and by old crop the one that took its place.

    `primary` is the crop that the labels are of, whether or not it was itself looked at.
    """

    labels: Mapping[str, Sequence[str]]
    primary: str | None
    moved: Mapping[str, str]
    looked: Looked = EVERYTHING

    @property
    def verified(self) -> dict[str, Any]:
        """As the answer keeps it; `boxes` says that each is now as a person wants it."""
        labels = {facet: list(values) for facet, values in self.labels.items()}
        told = {"labels": labels, "primary": self.primary, "boxes": self.looked.boxes}
        return told if self.looked.everything else told | {"looked": self.looked.as_json()}


def look(blobs: Blobs, vision: Vision, product: Product, wanted: Changes) -> Sight:
    """Have the boxes of an answer embedded; no transaction may be open for it."""
    images = {image.id: image for image in product.images}
    of_crop = {crop.id: image for image in product.images for crop in image.crops}
    places = {one.key: Place(images[one.image_id].sha256, one.box) for one in wanted.add}
    places |= {name: Place(of_crop[name].sha256, box) for name, box in moved(wanted).items()}
    if not places:
        return Sight(vision.versions)
    seen = boxes.see(blobs, vision, list(places.values()))
    return Sight(vision.versions, dict(zip(places, seen, strict=True)))


def reject(session: Session, product: Product, person: Person) -> Applied:
    """Let no crop of the product be found."""
    for crop in _crops(product):
        if crop.kept or crop.kind == WHOLE:
            decisions.judge(session, crop, BY_PERSON, person)
        decisions.pin(crop)
    crops.choose(session, product)
    labels.forget(session, product)
    return Applied({}, None, {})


def correct(
    session: Session,
    product: Product,
    wanted: Changes,
    looked: Looked,
    sight: Sight,
    person: Person,
) -> Applied:
    """Do what is wanted, and let all else that was looked at be as it is for good; without a
    change, accept it."""
    before, made = product.primary_crop_id, dict[str, str]()
    if looked.primary or looked.boxes or wanted.of_boxes:
        made = _settle(session, product, wanted, sight, person)
    if looked.boxes:
        for crop in _crops(product):
            if crop.kept or crop.kind != WHOLE:
                decisions.pin(crop)
    if looked.primary:
        product.primary_source = PERSON if product.primary_crop_id else MODEL
    session.flush()
    session.expire(product, ["said"])
    another = product.primary_crop_id not in (before, made.get(before or ""))
    told = _state(session, product, wanted, looked, another, person)
    stood = {old: made[old] for old in moved(wanted)}
    return Applied(told, product.primary_crop_id, stood, looked)


def _settle(
    session: Session, product: Product, wanted: Changes, sight: Sight, person: Person
) -> dict[str, str]:
    """Put boxes, verdicts and the primary as is wanted; by old crop or key the crop made of it."""
    made = _move(session, product, wanted, sight, person)
    made |= _add(session, product, wanted, sight, person)
    _judge(session, product, wanted, person)
    crops.judge(product, person.rules)
    session.flush()
    _choose(session, product, wanted, made, person)
    labels.forget(session, product)
    _label(session, product, made, sight)
    return made


def _crops(product: Product) -> list[Crop]:
    return [crop for image in product.images for crop in image.crops]


def _find(product: Product, crop_id: str) -> tuple[Image, Crop]:
    for image in product.images:
        for crop in image.crops:
            if crop.id == crop_id:
                return image, crop
    raise NotFound("crop_unknown", "The product has no such crop.")


def _move(
    session: Session, product: Product, wanted: Changes, sight: Sight, person: Person
) -> dict[str, str]:
    """Put new crops in place of those whose box is another: by the old one's id the new one's."""
    made = dict[str, str]()
    for one in wanted.change:
        image, crop = _find(product, one.crop_id)
        kind = one.kind or crop.kind
        if one.box is None:
            decisions.name_kind(session, crop, kind, person)
            continue
        seen = replace(sight.seen[crop.id], kind=kind)
        made[crop.id] = _drawn(session, image, seen, sight.versions, person)
        decisions.judge(session, crop, MOVED, person)
    return made


def _add(
    session: Session, product: Product, wanted: Changes, sight: Sight, person: Person
) -> dict[str, str]:
    """By key the crop that was added."""
    images = {image.id: image for image in product.images}
    made = dict[str, str]()
    for one in wanted.add:
        seen = replace(sight.seen[one.key], kind=one.kind)
        made[one.key] = _drawn(session, images[one.image_id], seen, sight.versions, person)
    return made


def _drawn(
    session: Session, image: Image, seen: Detection, versions: Versions, person: Person
) -> str:
    crop = decisions.draw(session, image, seen.box, seen.kind, person)
    boxes.write_down(crop, seen, versions)
    return crop.id


def _judge(session: Session, product: Product, wanted: Changes, person: Person) -> None:
    for crop_id in wanted.remove:
        decisions.judge(session, _find(product, crop_id)[1], REMOVED, person)
    for one in wanted.verdicts:
        reason = None if one.kept else (one.reason or BY_PERSON)
        decisions.judge(session, _find(product, one.crop_id)[1], reason, person)


def _choose(
    session: Session, product: Product, wanted: Changes, made: Mapping[str, str], person: Person
) -> None:
    """The primary that is wanted; else the one there was, or what took its place; else the best."""
    chosen = made.get(wanted.primary or "", wanted.primary)
    chosen = chosen or made.get(product.primary_crop_id or "")
    crops.choose(session, product)  # scores them all, and keeps what a person chose before
    if chosen is not None:
        decisions.stand(session, product, _find(product, chosen)[1], person)


def _label(session: Session, product: Product, made: Mapping[str, str], sight: Sight) -> None:
    told: dict[str, tuple[LabelScore, ...]] = {
        made[name]: seen.labels for name, seen in sight.seen.items()
    }
    labels.write(session, [product], told)


def _state(
    session: Session,
    product: Product,
    wanted: Changes,
    looked: Looked,
    another: bool,
    person: Person,
) -> dict[str, list[str]]:
    """The labels that hold: those stated now, and those that were looked at and left as they are.

    Where another crop became the primary, nobody has seen its labels: only the stated ones hold.
    """
    asked = wanted.labels or {}
    for facet, values in asked.items():
        decisions.state_labels(session, product.id, facet, values, person)
    session.expire(product, ["said"])
    said = {one.facet for one in product.said if one.source == PERSON or not another}
    left = filter(looked.at, said)
    told = {facet: decisions.confirm_labels(session, product, facet) for facet in left}
    session.flush()
    session.expire(product, ["said"])
    return dict(sorted(told.items()))
