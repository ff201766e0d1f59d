"""Products as they are now, of a page with photos and labels: plain queries.

As objects of a session they took more than twice as long to load, and nobody changes a hit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import BindParameter, Column, Table, and_, bindparam, inspect, or_, select
from sqlalchemy.orm import Session

from vitrine.kept import kept_each
from vitrine.tables.base import Base
from vitrine.tables.catalog import Crop, CropEmbedding, Image, Label, Product
from vitrine.vision.types import Space, Vector

Columns = Sequence[Column[Any]]
Found = tuple[Product, Image | None, Crop | None]
Made = TypeVar("Made", bound=Base)
Owned = TypeVar("Owned", Image, "Said")


def _table(kind: type[Base]) -> Table:
    return cast(Table, kind.__table__)


_PRODUCTS, _IMAGES, _CROPS, _LABELS, _VECTORS = map(
    _table, (Product, Image, Crop, Label, CropEmbedding)
)


class Said(NamedTuple):
    """What is asked of a label: there are ten of each product, and rows are slow to ask."""

    product_id: str
    facet: str
    value: str
    score: float
    source: str


_SAID = [_LABELS.c[name] for name in Said._fields]

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)

# Made once: making and compiling them takes as long as asking them.
_PRODUCTS_OF = (
    select(*_PRODUCTS.c, *_CROPS.c)
    .select_from(_PRODUCTS.outerjoin(_CROPS, _CROPS.c.id == _PRODUCTS.c.primary_crop_id))
    .where(_PRODUCTS.c.id.in_(_IDS), _PRODUCTS.c.deleted_at.is_(None))
)
_IMAGES_OF = (
    select(_IMAGES)
    .where(_IMAGES.c.product_id.in_(_IDS), _IMAGES.c.deleted_at.is_(None))
    .order_by(_IMAGES.c.position, _IMAGES.c.id)
)
_SAID_OF = (
    select(*_SAID)
    .join(_PRODUCTS, _PRODUCTS.c.id == _LABELS.c.product_id)
    .where(
        _LABELS.c.product_id.in_(_IDS),
        _LABELS.c.deleted_at.is_(None),
        or_(_LABELS.c.crop_id.is_(None), _LABELS.c.crop_id == _PRODUCTS.c.primary_crop_id),
    )
    .order_by(_LABELS.c.facet, _LABELS.c.value)
)

_SEARCHED_WITH = (
    select(*_PRODUCTS.c, *_CROPS.c, _VECTORS.c.vector)
    .select_from(
        _PRODUCTS.outerjoin(_CROPS, _CROPS.c.id == _PRODUCTS.c.primary_crop_id).outerjoin(
            _VECTORS,
            and_(
                _VECTORS.c.crop_id == _CROPS.c.id,
                _VECTORS.c.model_version == bindparam("encoder"),
                _VECTORS.c.preprocess_version == bindparam("preprocess"),
            ),
        )
    )
    .where(_PRODUCTS.c.id == bindparam("id"), _PRODUCTS.c.deleted_at.is_(None))
)


def of(session: Session, ids: Collection[str]) -> Mapping[str, Found]:
    """By id those of the products that live, each with its primary crop and the image of that.

    They have their columns, `images` and what is `said`, belong to no session, and load nothing.
    The crop of a deleted image has none. Others are shown the same ones: nobody may change them.
    """
    return kept_each(session, "living", ids, lambda asked: _read(session, asked))


def _read(session: Session, ids: Collection[str]) -> dict[str, Found]:
    asked, connection = {"ids": list(ids)}, session.connection()
    images = _by_product(_made(Image, [*_IMAGES.c], connection.execute(_IMAGES_OF, asked).all()))
    said = _by_product(map(Said._make, connection.execute(_SAID_OF, asked).all()))
    rows = connection.execute(_PRODUCTS_OF, asked).all()
    products = _made(Product, [*_PRODUCTS.c], rows)
    crops = _made(Crop, [*_CROPS.c], (row[len(_PRODUCTS.c) :] for row in rows))
    found: dict[str, Found] = {}
    for product, crop in zip(products, crops, strict=True):
        own = images.get(product.id, [])
        product.__dict__ |= {"images": own, "said": said.get(product.id, [])}
        image = next((each for each in own if each.id == crop.image_id), None)
        found[product.id] = product, image, crop if crop.id else None
    return found


def searched_with(
    session: Session, product_id: str, space: Space
) -> tuple[Product, Crop | None, Vector | None] | None:
    """A product that lives, its primary crop, and the vector of that in this space; of both only
    the columns."""
    asked = {"id": product_id, "encoder": space.encoder, "preprocess": space.preprocess}
    row = session.connection().execute(_SEARCHED_WITH, asked).first()
    if row is None:
        return None
    *columns, vector = row
    [product] = _made(Product, [*_PRODUCTS.c], [columns])
    [crop] = _made(Crop, [*_CROPS.c], [columns[len(_PRODUCTS.c) :]])
    return product, crop if crop.id else None, vector


def _made(kind: type[Made], columns: Columns, rows: Iterable[Sequence[Any]]) -> list[Made]:
    """Objects of these columns, which rows begin with."""
    names, manager = [column.key for column in columns], inspect(kind).class_manager
    made: list[Made] = []
    for row in rows:
        each = cast(Made, manager.new_instance())
        each.__dict__.update(zip(names, row, strict=False))
        made.append(each)
    return made


def _by_product(owned: Iterable[Owned]) -> Mapping[str, list[Owned]]:
    found: defaultdict[str, list[Owned]] = defaultdict(list)
    for each in owned:
        found[each.product_id or ""].append(each)
    return found
