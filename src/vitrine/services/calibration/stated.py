"""What a catalogue says of itself: stated values, groups, and second photos, from SQL."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from vitrine.fields import FIELDS
from vitrine.fields.designs import LARGEST, design
from vitrine.fields.facets import LOOKS, RECOGNISED
from vitrine.services.evaluation.gallery import Photo
from vitrine.services.search.cache import reading
from vitrine.services.search.cache.traits import Trait
from vitrine.tables.catalog import Crop, CropEmbedding, Image, Product
from vitrine.tables.models import Collection
from vitrine.tables.vectors import embedded
from vitrine.vision import measuring
from vitrine.vision.types import KEPT, Box
from vitrine.vision.vocabulary import vocabulary

NOTHING = frozenset(("unknown", "undefined", "other", "none", "n/a", "na", "null", "-"))
"""What shops write where they state nothing."""

MOST = 20_000
"""So many products at most are looked at, a seeded sample of more."""

SECOND = 300
"""So many products at most ask by another photo of theirs."""

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Stated:
    """What a product says of itself; `facets` are stated values by the vocabulary's names.

    `group` is its own key where it names no design; `sha256` is the content of its main photo.
    """

    key: str
    group: str
    title: str
    facets: Mapping[str, str]
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """Products by their main photo, other photos of some of them, and how many there are in all."""

    photos: Sequence[Photo] = ()
    second: Sequence[Photo] = field(default_factory=tuple)
    total: int = 0


class _Looked(NamedTuple):
    of: Stated
    photo: Photo


def read(
    session: Session, collection: Collection, statuses: Sequence[str], first: Ids[str] = ()
) -> Stock:
    """The products that shoppers may find, with vectors of this collection.

    Where only some are asked for by a second photo, those of `first` are before others.
    """
    offered = embedded(collection).where(Product.status.in_(statuses))
    ids = list(session.scalars(offered.with_only_columns(Product.id).order_by(Product.id)))
    some = ids if len(ids) <= MOST else sorted(random.Random(0).sample(ids, MOST))  # noqa: S311 - no secret
    found: list[_Looked] = []
    for start in range(0, len(some), AT_ONCE):
        rows = session.execute(
            offered.where(Product.id.in_(some[start : start + AT_ONCE]))
            .with_only_columns(*reading.COLUMNS, Image.sha256)
            .order_by(Product.id)
        )
        found += [_looked(row) for row in rows.all()]
    sizes = Counter(one.of.group for one in found)
    photos = [
        _alone(one.photo, one.of) if sizes[one.of.group] > LARGEST else one.photo for one in found
    ]
    return Stock(photos, _second(session, collection, photos, first), len(ids))


def _looked(row: Any) -> _Looked:
    facets = {name: text for name in RECOGNISED if (text := _text(getattr(row, name)))}
    of = Stated(
        row.id,
        design(row.attributes) or row.id,
        row.title,
        facets | _attributes(row.attributes),
        row.sha256,
    )
    trait = Trait(
        measuring.stored(row.measures).colours,
        reading.aspect_of(row.kind, Box(row.x1, row.y1, row.x2, row.y2)),
    )
    return _Looked(of, Photo(of, row.vector, trait))


def _alone(photo: Photo, of: Stated) -> Photo:
    return replace(photo, of=replace(of, group=of.key))


def _attributes(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Stated looks, also under the name that the vocabulary has for them; of lists the first."""
    told = {name: _text(attributes[name]) for name in LOOKS if name in attributes}
    for facet in vocabulary().facets.values():
        if facet.name not in FIELDS and told.get(facet.head):
            told.setdefault(facet.name, told[facet.head])
    return {name: text for name, text in told.items() if text}


def _text(value: object) -> str:
    first = value[0] if isinstance(value, list) and value else value
    text = first.strip() if isinstance(first, str) else ""
    return "" if text.casefold() in NOTHING else text


def _second(
    session: Session, collection: Collection, photos: Sequence[Photo], first: Ids[str]
) -> list[Photo]:
    """For some products that have several photos, the best crop of another than the main one."""
    known, main = {photo.of.key: photo for photo in photos}, aliased(Crop)
    query = (
        select(Image.product_id, Crop, CropEmbedding.vector)
        .join(Crop, Crop.image_id == Image.id)
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .join(Product, Product.id == Image.product_id)
        .join(main, main.id == Product.primary_crop_id)
        .where(CropEmbedding.space == collection.space, Crop.verdict == KEPT)
        .where(Image.id != main.image_id, Image.product_id.in_(_several(session, known, first)))
        .order_by(Image.product_id, Crop.primary_score.desc(), Crop.id)
    )
    found: dict[str, Photo] = {}
    for product_id, crop, vector in session.execute(query):
        if product_id is not None and product_id not in found:
            trait = Trait(
                measuring.stored(crop.measures).colours, reading.aspect_of(crop.kind, crop.box)
            )
            found[product_id] = Photo(known[product_id].of, vector, trait)
    return list(found.values())


def _several(session: Session, known: Ids[str], first: Ids[str]) -> list[str]:
    """A seeded sample of the known products with several photos, `first` before others."""
    rows = session.scalars(
        select(Image.product_id)
        .join(Product, Product.id == Image.product_id)
        .where(Image.position > 0)
        .distinct()
        .order_by(Image.product_id)
    )
    several = [each for each in rows if each is not None and each in known]
    chosen: list[str] = []
    for some in ([each for each in several if each in first], several):
        left = [each for each in some if each not in chosen]
        chosen += random.Random(0).sample(left, min(SECOND - len(chosen), len(left)))  # noqa: S311 - no secret
    return sorted(chosen)
