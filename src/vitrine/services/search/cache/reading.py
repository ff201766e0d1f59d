"""Reading from SQL what search needs to know of products, as Entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from vitrine.fields import facets
from vitrine.fields.designs import design
from vitrine.fields.facets import ATTRIBUTE, LABEL
from vitrine.fields.numbers import numbers
from vitrine.services import models
from vitrine.services.models import Meanings
from vitrine.services.search.cache import meaning
from vitrine.services.search.cache.store import Entry
from vitrine.services.search.cache.traits import UNMEASURED, Trait
from vitrine.services.search.cache.views import View, looks_otherwise
from vitrine.services.search.filters import Value, key
from vitrine.services.search.tokens import (
    DESIGN,
    GARMENT,
    UNOFFERED,
    UNSEEN,
    WORDS,
    code,
    tokens,
)
from vitrine.tables.catalog import (
    ACTIVE,
    PERSON,
    Crop,
    CropEmbedding,
    Image,
    Label,
    Product,
    prevailing,
)
from vitrine.tables.models import Collection
from vitrine.tables.vectors import Blend, blended, listed, words
from vitrine.vision import kinds, measuring
from vitrine.vision.types import GIVEN, KEPT, WHOLE, Box, Vector

Statuses = Sequence[str]
"""Of which states products are that may be found."""

AT_ONCE = 500
"""So many products are read by one query."""

ANY_KIND = "accessory"
"""The kind of all that is of no other: a category of that name tells little."""

COLOUR = "colour"
"""The facet in which a product's photos may differ, so that labels of each of them count."""

SEEN = (Crop.kind, Crop.x1, Crop.y1, Crop.x2, Crop.y2, Crop.measures, CropEmbedding.vector)

COLUMNS = (
    Product.id,
    Product.external_id,
    *(getattr(Product, name) for name in facets.COLUMNS),
    type_coerce(Product.price, BigInteger).label("price"),
    Product.attributes,
    Product.status,
    Product.title,
    *SEEN,
)

Facets = dict[str, tuple[Value, ...]]


class Said(NamedTuple):
    """What a label says of a product."""

    product_id: str
    facet: str
    value: str
    source: str


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_CROPS: BindParameter[Any] = bindparam("crops", expanding=True)

# Made once, as making them takes as long as asking them.


def _views_of() -> Select[Any]:
    """The kept crops of other photos of products that show them.

    What is of the primary crop's kind shows it, and what is alone on its photo, whatever a detector
    takes it for.
    """
    primary, other = aliased(Crop), aliased(Crop)
    beside = exists().where(
        other.image_id == Crop.image_id, other.id != Crop.id, other.verdict == KEPT
    )
    shows_it = or_(Crop.kind == primary.kind, and_(Crop.kind != WHOLE, ~beside))
    return (
        select(Image.product_id, Crop.id.label("crop_id"), *SEEN)
        .select_from(Product)
        .join(primary, primary.id == Product.primary_crop_id)
        .join(Image, and_(Image.product_id == Product.id, Image.id != primary.image_id))
        .join(Crop, and_(Crop.image_id == Image.id, shows_it))
        .join(CropEmbedding, CropEmbedding.crop_id == Crop.id)
        .where(
            Product.id.in_(_IDS),
            Crop.verdict == KEPT,
            CropEmbedding.model_version == bindparam("encoder"),
            CropEmbedding.preprocess_version == bindparam("preprocess"),
        )
        .order_by(Product.id, Image.position, Image.id, Crop.id)
    )


_VIEWS_OF = _views_of()
_LABELS_OF = (
    select(Label.product_id, Label.facet, Label.value, Label.source)
    .join(Product, Product.id == Label.product_id)
    .where(
        Label.product_id.in_(_IDS),
        or_(
            Label.crop_id.is_(None),
            Label.crop_id == Product.primary_crop_id,
            and_(Label.facet == COLOUR, Label.crop_id.in_(_CROPS)),
        ),
    )
    .order_by(Label.product_id, Label.facet, Label.value)
)


def entries(
    session: Session, statuses: Statuses, collection: Collection, ids: Sequence[str]
) -> Iterator[Entry]:
    """The entries of those of the products that live and may be found."""
    query, meanings = _rows_of(tuple(statuses), collection.versions), models.meanings(session)
    for start in range(0, len(ids), AT_ONCE):
        some = session.execute(query, {"ids": ids[start : start + AT_ONCE]}).all()
        yield from read(session, collection, some, meanings)


@lru_cache(maxsize=16)
def _rows_of(statuses: Statuses, space: Blend) -> Select[Any]:
    """`rows` of some products, made once: to make it takes as long as to ask it."""
    return rows(statuses, space).where(Product.id.in_(_IDS))


def rows(statuses: Statuses, collection: Blend) -> Select[Any]:
    """What `read` makes entries of."""
    return offered(statuses, collection).with_only_columns(*COLUMNS, words(collection))


def offered(statuses: Statuses, collection: Blend) -> Select[Product]:
    """The products that shoppers may find: what else the index knows is passed over."""
    return listed(collection).where(Product.status.in_(statuses))


def read(
    session: Session, collection: Collection, rows: Sequence[Row[Any]], meanings: Meanings
) -> Iterator[Entry]:
    """The entries of such rows."""
    views = _views(session, collection, rows)
    crops = [view.crop_id for some in views.values() for view in some]
    labels = _labels(session, [row.id for row in rows], crops)
    unseen = np.zeros(collection.dimension, dtype=np.float32)
    for row in rows:
        vector = unseen
        if row.vector is not None:
            vector = blended(row.vector, row.words, collection.text_share)
        read = entry(row, vector, labels.get(row.id, ()), meanings)
        yield replace(read, views=tuple(views[row.id])) if row.id in views else read


def _views(
    session: Session, collection: Collection, rows: Sequence[Row[Any]]
) -> Mapping[str, Sequence[View]]:
    """By product the kept crops of its other photos that show it and look otherwise; products
    without any are left out."""
    found = defaultdict[str, list[View]](list)
    known = {row.id: row for row in rows if row.vector is not None}
    space = collection.space
    asked = {"ids": list(known), "encoder": space.encoder, "preprocess": space.preprocess}
    for row in session.execute(_VIEWS_OF, asked):
        own = known[row.product_id]
        if looks_otherwise(own.vector, row.vector):
            vector = blended(row.vector, own.words, collection.text_share)
            found[row.product_id].append(View(row.crop_id, vector, _trait(row)))
    return found


def _labels(session: Session, ids: Sequence[str], crops: Sequence[str]) -> dict[str, list[Said]]:
    """By product what the labels of its primary crop and people say, and those of colour of these
    other crops."""
    rows = session.execute(_LABELS_OF, {"ids": ids, "crops": crops})
    return {
        product_id: list(dict.fromkeys(Said(*row) for row in said))
        for product_id, said in groupby(rows, key=attrgetter("product_id"))
    }


def _said_of(said: Sequence[Said], meant: Facets) -> Facets:
    """What counts of labels: a person's word most, then what the shop itself means, then models."""
    found: Facets = {}
    for label in prevailing(said):
        name = f"{LABEL}{label.facet}"
        found[name] = (*found.get(name, ()), label.value)
    by_person = {f"{LABEL}{label.facet}" for label in said if label.source == PERSON}
    return found | {name: words for name, words in meant.items() if name not in by_person}


def entry(row: Row[Any], vector: Vector, said: Sequence[Said], meanings: Meanings) -> Entry:
    """The entry of a row, its vector, and what its labels say."""
    own = _facets(row)
    known: dict[str, tuple[Value, ...]] = {
        WORDS: tuple(dict.fromkeys(tokens(f"{row.title} {row.brand}"))),
        GARMENT: _garment(row),
    }
    if row.vector is None:
        known[UNSEEN] = (True,)
    if row.status != ACTIVE:
        known[UNOFFERED] = (True,)
    if named := design(row.attributes):
        known[DESIGN] = (named,)
    trait = UNMEASURED if row.vector is None else _trait(row)
    labels = _said_of(said, meaning.labels_of(meanings, own))
    facets = {**own, **known, **labels}
    return Entry(row.id, vector, facets, row.price, trait, _codes(row))


def _codes(row: Row[Any]) -> tuple[str, ...]:
    """What names the article: its own id, and what else the shop counts it by."""
    written = (row.external_id, *numbers(row.attributes))
    return tuple(dict.fromkeys(filter(None, map(code, written))))


def _garment(row: Row[Any]) -> tuple[Value, ...]:
    """The kind of garment that the product's words name, else the one that was seen.

    Shops file belts under accessories: there the title tells what it is.
    """
    by_category, by_title = stated_kind(row.category or ""), stated_kind(row.title)
    kind = by_title or by_category if by_category in (None, ANY_KIND) else by_category
    kind = kind or row.kind
    return () if kind in (None, WHOLE, GIVEN) else (kind,)


@lru_cache(maxsize=4096)
def stated_kind(text: str) -> str | None:
    """The kind of garment that a text names; categories are few and come again."""
    return kinds.stated(text)


def _trait(row: Row[Any]) -> Trait:
    box = Box(row.x1, row.y1, row.x2, row.y2)
    seen = measuring.stored(row.measures).colours
    return Trait(seen, aspect_of(row.kind, box))


def aspect_of(kind: str, box: Box) -> float | None:
    """Width over height of a crop; None for a whole picture, whose shape is the frame's."""
    return None if kind == WHOLE or box.area <= 0 else box.width / box.height


def _facets(row: Row[Any]) -> dict[str, tuple[Value, ...]]:
    named = {name: (getattr(row, name),) for name in facets.COLUMNS if getattr(row, name)}
    attributes = {
        f"{ATTRIBUTE}{name}": found
        for name, value in row.attributes.items()
        if (found := _distinct(value if isinstance(value, list) else [value]))
    }
    own = {
        facet.name: attributes[f"{ATTRIBUTE}{facet.name}"]
        for facet in facets.ATTRIBUTES
        if f"{ATTRIBUTE}{facet.name}" in attributes
    }
    return {**named, **attributes, **own}


def _distinct(values: Iterable[object]) -> tuple[Value, ...]:
    """The values that can be filtered by, each once however it is spelled."""
    known = [value for value in values if isinstance(value, str | int | float) and value != ""]
    return tuple({key(value): value for value in reversed(known)}.values())
