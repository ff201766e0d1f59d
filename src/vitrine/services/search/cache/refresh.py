"""Keeping what search holds in memory in step with SQL, before every search."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    String,
    cast,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from vitrine.fields import facets
from vitrine.fields.designs import design
from vitrine.fields.facets import ATTRIBUTE, LABEL
from vitrine.fields.numbers import numbers
from vitrine.services import models
from vitrine.services.models import Meanings
from vitrine.services.search.cache import keeping, meaning
from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Entry, Held, SearchCache
from vitrine.services.search.cache.traits import UNMEASURED, Trait
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
from vitrine.tables.catalog import ACTIVE, PERSON, Crop, CropEmbedding, Label, Product, prevailing
from vitrine.tables.changes import ProductChange
from vitrine.tables.models import Collection
from vitrine.tables.vectors import blended, listed, words
from vitrine.vision import kinds, measuring
from vitrine.vision.types import GIVEN, WHOLE, Box, Vector

KEPT = timedelta(days=1)
NOBODY = ""
"""In place of a product's id, where it is forgotten whose change it was."""
"""How long changes are kept."""

STALE = 3600.0
"""Seconds after which a snapshot that nobody asked for is read anew: long before changes go."""

ANY_KIND = "accessory"
"""The kind of all that is of no other: a category of that name tells little."""

AT_ONCE = 500
MANY = 2_000
"""So many changed products, and half of all, are read faster from the beginning."""

COLUMNS = (
    Product.id,
    Product.external_id,
    *(getattr(Product, name) for name in facets.COLUMNS),
    type_coerce(Product.price, BigInteger).label("price"),
    Product.attributes,
    Product.status,
    Product.title,
    Crop.kind,
    Crop.x1,
    Crop.y1,
    Crop.x2,
    Crop.y2,
    Crop.measures,
    CropEmbedding.vector,
)


@dataclass(frozen=True, slots=True)
class _Changes:
    """What was written down since: product ids (None for all), and from where to look next."""

    product_ids: frozenset[str | None]
    horizon: int
    seen: frozenset[int]


Facets = dict[str, tuple[Value, ...]]


class _Said(NamedTuple):
    product_id: str
    facet: str
    value: str
    source: str


def current(session: Session, cache: SearchCache, collection: Collection) -> Snapshot:
    """All living products, as this session sees them or newer.

    For sessions that only read: what is not yet committed must not be remembered.
    """
    held = cache.held.get(collection.name)
    if held and _age(held) < STALE / 2 and not _since(session, held).product_ids:
        return held.snapshot
    with cache.lock_of(collection.name):
        held = cache.held.pop(collection.name, None)  # stays out if reading fails half-way
        if held is None and collection.name not in cache.warm:
            held = keeping.restored(session, collection, cache)
        held = _next(session, cache, held, collection) if held else None
        held = held or _load(session, cache, collection)
        cache.held[collection.name] = held
        cache.warm.add(collection.name)
        return held.snapshot


def keep(session: Session, cache: SearchCache, collection: Collection) -> None:
    """Write down what is held of the collection, unless nothing changed since it last was."""
    held = cache.held.get(collection.name)
    if held is not None and cache.kept.get(collection.name) != held.horizon:
        keeping.save(session, held, collection, cache)
        cache.kept[collection.name] = held.horizon


def is_stale(held: Held) -> bool:
    """Whether nobody had it read for so long that it would be read anew."""
    return _age(held) > STALE


def outdated(session: Session, moment: datetime) -> bool:
    """Whether there are changes that `forget` would delete."""
    needless = _old(moment) & (_followed() | (ProductChange.product_id != NOBODY))
    return session.scalar(select(ProductChange.id).where(needless).limit(1)) is not None


def forget(session: Session, moment: datetime) -> None:
    """Delete the changes that no snapshot needs any more.

    The last one stays, because by it a kept snapshot knows its database, but says no more whose
    it was: the product may be purged.
    """
    session.execute(delete(ProductChange).where(_old(moment) & _followed()))
    left = update(ProductChange).where(_old(moment), ProductChange.product_id.is_not(None))
    session.execute(left.values(product_id=NOBODY))


def _old(moment: datetime) -> ColumnElement[bool]:
    return ProductChange.changed_at < int((moment - KEPT).timestamp())


def _followed() -> ColumnElement[bool]:
    return ProductChange.id < select(func.max(ProductChange.id)).scalar_subquery()


def _age(held: Held) -> float:
    return time.monotonic() - held.read_at


def _next(session: Session, cache: SearchCache, held: Held, collection: Collection) -> Held | None:
    """The same with the changes since; None if all is better read anew."""
    changes = _since(session, held)
    ids = sorted(each for each in changes.product_ids if each is not None)
    many = len(ids) > MANY and len(ids) * 2 > held.snapshot.size
    if _age(held) > STALE or held.crowded or many or None in changes.product_ids:
        return None
    entries = list(_entries(session, cache, collection, ids))
    gone = set(ids) - {entry.id for entry in entries}
    snapshot = stores.changed(held.store, held.snapshot, entries, sorted(gone))
    return Held(held.store, snapshot, changes.horizon, changes.seen, time.monotonic())


def _load(session: Session, cache: SearchCache, collection: Collection) -> Held:
    # The horizon first: what is committed while we read is then read once more, never missed.
    started, horizon = time.monotonic(), _horizon(session)
    offered = _offered(cache, collection)
    count = session.scalar(offered.with_only_columns(func.count(Product.id))) or 0
    meanings = models.meanings(session)
    room, aliases = count + count // 8, meaning.aliases_of(meanings)
    store, nothing = stores.empty(collection.dimension, room, cache.most_bytes, aliases)
    query = _rows(cache, collection).order_by(Product.id)
    parts = session.execute(query.execution_options(yield_per=AT_ONCE)).partitions(AT_ONCE)
    entries = (_read(session, collection, part, meanings) for part in parts)
    snapshot = stores.changed(store, nothing, chain.from_iterable(entries))
    return Held(store, snapshot, horizon, frozenset(), started)


def _entries(
    session: Session, cache: SearchCache, collection: Collection, ids: Sequence[str]
) -> Iterator[Entry]:
    query, meanings = _rows(cache, collection), models.meanings(session)
    for start in range(0, len(ids), AT_ONCE):
        some = session.execute(query.where(Product.id.in_(ids[start : start + AT_ONCE]))).all()
        yield from _read(session, collection, some, meanings)


def _rows(cache: SearchCache, collection: Collection) -> Select[Any]:
    return _offered(cache, collection).with_only_columns(*COLUMNS, words(collection))


def _offered(cache: SearchCache, collection: Collection) -> Select[Product]:
    """The products that shoppers may find: what else the index knows is passed over."""
    return listed(collection).where(Product.status.in_(cache.statuses))


def _read(
    session: Session, collection: Collection, rows: Sequence[Row[Any]], meanings: Meanings
) -> Iterator[Entry]:
    labels = _labels(session, [row.id for row in rows])
    unseen = np.zeros(collection.dimension, dtype=np.float32)
    for row in rows:
        vector = unseen
        if row.vector is not None:
            vector = blended(row.vector, row.words, collection.text_share)
        yield _entry(row, vector, labels.get(row.id, ()), meanings)


def _labels(session: Session, ids: Sequence[str]) -> dict[str, list[_Said]]:
    """By product what the labels of its primary crop and people say."""
    of_crop = or_(Label.crop_id.is_(None), Label.crop_id == Product.primary_crop_id)
    rows = session.execute(
        select(Label.product_id, Label.facet, Label.value, Label.source)
        .join(Product, Product.id == Label.product_id)
        .where(Label.product_id.in_(ids), of_crop)
        .order_by(Label.product_id, Label.facet, Label.value)
    )
    return {
        product_id: [_Said(*row) for row in said]
        for product_id, said in groupby(rows, key=attrgetter("product_id"))
    }


def _said_of(said: Sequence[_Said], meant: Facets) -> Facets:
    """What counts of labels: a person's word most, then what the shop itself means, then models."""
    found: Facets = {}
    for label in prevailing(said):
        name = f"{LABEL}{label.facet}"
        found[name] = (*found.get(name, ()), label.value)
    by_person = {f"{LABEL}{label.facet}" for label in said if label.source == PERSON}
    return found | {name: words for name, words in meant.items() if name not in by_person}


def _horizon(session: Session) -> int:
    """From where changes may still come: the next number, or the oldest transaction that runs."""
    if session.get_bind().dialect.name == "sqlite":
        return session.scalar(select(func.max(ProductChange.id))) or 0
    return session.scalar(select(_oldest_running())) or 0


def _oldest_running() -> ColumnElement[int]:
    return cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), String), BigInteger)


def _since(session: Session, held: Held) -> _Changes:
    horizon, seen = held.horizon, held.seen
    if session.get_bind().dialect.name == "sqlite":  # one writer at a time: numbers are in order
        found = session.execute(
            select(ProductChange.id, ProductChange.product_id).where(ProductChange.id > horizon)
        ).all()
        last = max((row.id for row in found), default=horizon)
        return _Changes(frozenset(row.product_id for row in found), last, frozenset())
    rows = session.execute(
        select(
            ProductChange.id,
            ProductChange.product_id,
            ProductChange.txid,
            _oldest_running().label("oldest"),
        ).where(ProductChange.txid >= horizon)
    ).all()
    oldest = rows[0].oldest if rows else horizon
    fresh = frozenset(row.product_id for row in rows if row.id not in seen)
    return _Changes(fresh, oldest, frozenset(row.id for row in rows if row.txid >= oldest))


def _entry(row: Row[Any], vector: Vector, said: Sequence[_Said], meanings: Meanings) -> Entry:
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
