"""Lists of products: narrowed, in an order, a page at a time; no page is lost to a change."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from vitrine.core.errors import Invalid
from vitrine.db import SHOW_DELETED
from vitrine.fields import named
from vitrine.fields.types import as_amount
from vitrine.services.jobs import JobKind
from vitrine.tables.catalog import MODEL, PERSON, SURE, Image, Label, Product
from vitrine.tables.jobs import FAILED, SUCCEEDED, Job

LISTED = named(lambda traits: traits.listed)
"""The fields that lists can be narrowed by."""

MAKING = (JobKind.INDEX, JobKind.PICTURES)
"""The kinds of job without which a product is not found by its photos."""

SortName = Literal[
    "created",
    "title",
    "external_id",
    "brand",
    "price",
    "status",
    "changed",
    "photos",
    "sureness",
]
"""What a list is in order of."""

NEWEST_FIRST = frozenset({"created", "changed"})
"""The orders that go down where nobody says."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which products to list; empty means all living ones. `values` are by field, in any case.

    `photos` asks for those with at least one image, or for those without; `failed` for those whose
    newest index job failed, `unsure` for those with a label that is more likely wrong than right.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    deleted: bool = False
    photos: bool | None = None
    failed: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """The order of a list: by what, and whether down; what is not known comes last either way."""

    by: SortName = "created"
    descending: bool | None = None

    @property
    def down(self) -> bool:
        """Whether the greatest comes first."""
        return self.by in NEWEST_FIRST if self.descending is None else self.descending


USUAL = Sorting()
"""Newest first."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of products and the cursor of the next, None at the end."""

    products: tuple[Product, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Key:
    """What an order compares, how a cursor's value is read, and what has no such value."""

    value: Any
    read: Callable[[Any], Any]
    empty: ColumnElement[bool] | None = None


def list_products(
    session: Session,
    filters: Filters,
    cursor: str | None,
    limit: int,
    sorting: Sorting = USUAL,
) -> Page:
    """Products in order, after the cursor of the page before; raises Invalid for a wrong one."""
    key, down = KEYS[sorting.by](), sorting.down
    ways = [each.desc() if down else each.asc() for each in (key.value, Product.id)]
    known = [] if key.empty is None else [key.empty]
    query = filtered(filters).add_columns(key.value, *known)
    query = query.order_by(*known, *ways).limit(limit + 1)
    if cursor:
        query = query.where(_beyond(key, down, _read(cursor, sorting, key)))
    rows = session.execute(query, execution_options=_seen(filters)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    after = None if last is None else _written(sorting, *last)
    return Page(tuple(row[0] for row in rows[:limit]), after)


def count_products(session: Session, filters: Filters) -> int:
    """How many products the whole list has."""
    query = select(func.count()).select_from(filtered(filters).subquery())
    return session.scalars(query, execution_options=_seen(filters)).one()


def filtered(filters: Filters) -> Select[Product]:
    """The query for products that fulfil the filters."""
    query = select(Product)
    if filters.deleted:
        query = query.where(Product.deleted_at.is_not(None))
    for name in LISTED:
        if value := filters.values.get(name):
            query = query.where(func.lower(getattr(Product, name)) == func.lower(value))
    for word in filters.text.split():
        columns = (Product.title, Product.external_id, Product.brand)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if filters.photos is not None:
        shows = exists().where(Image.product_id == Product.id, Image.deleted_at.is_(None))
        query = query.where(shows if filters.photos else ~shows)
    if filters.failed:
        query = query.where(_failed())
    return query.where(_sureness() < SURE) if filters.unsure else query


def failures(session: Session, products: Iterable[Product]) -> dict[str, Job]:
    """By product the newest index job that failed, if none after it succeeded."""
    ids = [product.id for product in products]
    query = select(Job).where(Job.product_id.in_(ids), _is_last_word(Job)).order_by(Job.id)
    return {str(job.product_id): job for job in session.scalars(query)}


def _failed() -> ColumnElement[bool]:
    job = aliased(Job)
    return exists().where(job.product_id == Product.id, _is_last_word(job))


def _is_last_word(job: Any) -> ColumnElement[bool]:
    """Whether it failed, and nothing of its kind went well for the product since."""
    later = aliased(Job)
    mended = exists().where(
        later.product_id == job.product_id,
        later.kind == job.kind,
        later.id > job.id,
        later.status == SUCCEEDED,
    )
    return and_(job.status == FAILED, job.kind.in_(MAKING), ~mended)


def _sureness() -> ColumnElement[Any]:
    """As `Product.sureness`."""
    said = aliased(Label)
    by_person = exists().where(
        said.product_id == Label.product_id,
        said.facet == Label.facet,
        said.source == PERSON,
        said.deleted_at.is_(None),
    )
    of_primary = Label.crop_id == Product.primary_crop_id, Label.deleted_at.is_(None)
    least = select(func.min(Label.score)).where(*of_primary, Label.source == MODEL, ~by_person)
    return least.correlate(Product).scalar_subquery()


def _photos() -> ColumnElement[int]:
    shown = Image.product_id == Product.id, Image.deleted_at.is_(None)
    return select(func.count(Image.id)).where(*shown).correlate(Product).scalar_subquery()


def _of_text(column: Any) -> _Key:
    return _Key(func.lower(column), _text, column == "")


def _of_price() -> _Key:
    value = func.coalesce(Product.price, Decimal(0))
    return _Key(value, _amount, Product.price.is_(None))


def _of_sureness() -> _Key:
    value = _sureness()
    return _Key(func.coalesce(value, 0.0), _number, value.is_(None))


KEYS: Mapping[SortName, Callable[[], _Key]] = {
    "created": lambda: _Key(Product.id, _text),
    "title": partial(_of_text, Product.title),
    "external_id": partial(_of_text, Product.external_id),
    "brand": partial(_of_text, Product.brand),
    "price": _of_price,
    "status": partial(_of_text, Product.status),
    "changed": lambda: _Key(Product.updated_at, _moment),
    "photos": lambda: _Key(_photos(), _count),
    "sureness": _of_sureness,
}


def _beyond(key: _Key, down: bool, after: tuple[bool, Any, str]) -> ColumnElement[bool]:
    empty, value, product_id = after
    further = key.value < value if down else key.value > value
    behind = Product.id < product_id if down else Product.id > product_id
    among = or_(further, and_(key.value == value, behind))
    if key.empty is None:
        return among
    return and_(key.empty, among) if empty else or_(key.empty, among)


def _written(sorting: Sorting, product: Product, value: Any, empty: bool = False) -> str:
    parts = [sorting.by, sorting.down, bool(empty), _plain(value), product.id]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(cursor: str, sorting: Sorting, key: _Key) -> tuple[bool, Any, str]:
    try:
        padded = (cursor + "=" * (-len(cursor) % 4)).encode("ascii")
        by, down, empty, value, product_id = json.loads(base64.b64decode(padded, b"-_", True))
        after = bool(empty), key.read(value), _text(product_id)
    except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error):
        raise _refused("is no cursor of ours") from None
    if (by, down) != (sorting.by, sorting.down):
        raise _refused("belongs to another order: send the same sort and descending")
    return after


def _refused(reason: str) -> Invalid:
    return Invalid("invalid_cursor", f"cursor: {reason}", fields={"cursor": reason})


def _text(value: Any) -> str:
    if not isinstance(value, str) or re.search("[\x00\ud800-\udfff]", value):
        raise ValueError("no text")
    return value


def _amount(value: Any) -> Decimal:
    amount = as_amount(Decimal(_text(value)))
    if not 0 <= amount < 10**12:
        raise ValueError("no amount")
    return amount


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment


def _count(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 10**9:
        raise ValueError("no count")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)


def _seen(filters: Filters) -> Mapping[str, bool]:
    return SHOW_DELETED if filters.deleted else {}
