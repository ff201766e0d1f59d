"""Keeping what search holds in memory in step with SQL, before every search."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from vitrine.kept import kept
from vitrine.services import models
from vitrine.services.search.cache import keeping, meaning, reading
from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Held, SearchCache
from vitrine.tables.catalog import Product
from vitrine.tables.changes import ProductChange
from vitrine.tables.models import Collection

KEPT = timedelta(days=1)
"""How long changes are kept."""

NOBODY = ""
"""In place of a product's id, where it is forgotten whose change it was."""

STALE = 3600.0
"""Seconds after which a snapshot that nobody asked for is read anew: long before changes go."""

MANY = 2_000
"""So many changed products, and half of all, are read faster from the beginning."""


@dataclass(frozen=True, slots=True)
class _Changes:
    """What was written down since: product ids (None for all), and from where to look next."""

    product_ids: frozenset[str | None]
    horizon: int
    seen: frozenset[int]


def current(session: Session, cache: SearchCache, collection: Collection) -> Snapshot:
    """All living products, as this session sees them or newer.

    For sessions that only read: what is not yet committed must not be remembered.
    """
    held = cache.held.get(collection.name)
    if held and _age(held) < STALE / 2 and not _is_behind(session, collection, held):
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


def _is_behind(session: Session, collection: Collection, held: Held) -> bool:
    name = ("behind", collection.name, held.horizon)
    return kept(session, name, lambda: bool(_since(session, held).product_ids))


def _age(held: Held) -> float:
    return time.monotonic() - held.read_at


def _next(session: Session, cache: SearchCache, held: Held, collection: Collection) -> Held | None:
    """The same with the changes since; None if all is better read anew."""
    changes = _since(session, held)
    ids = sorted(each for each in changes.product_ids if each is not None)
    many = len(ids) > MANY and len(ids) * 2 > held.snapshot.size
    if _age(held) > STALE or held.crowded or many or None in changes.product_ids:
        return None
    entries = list(reading.entries(session, cache.statuses, collection, ids))
    gone = set(ids) - {entry.id for entry in entries}
    snapshot = stores.changed(held.store, held.snapshot, entries, sorted(gone))
    return Held(held.store, snapshot, changes.horizon, changes.seen, time.monotonic())


def _load(session: Session, cache: SearchCache, collection: Collection) -> Held:
    # The horizon first: what is committed while we read is then read once more, never missed.
    started, horizon = time.monotonic(), _horizon(session)
    offered = reading.offered(cache.statuses, collection)
    count = session.scalar(offered.with_only_columns(func.count(Product.id))) or 0
    meanings = models.meanings(session)
    room, aliases = count + count // 8, meaning.aliases_of(meanings)
    store, nothing = stores.empty(collection.dimension, room, cache.most_bytes, aliases)
    query = reading.rows(cache.statuses, collection).order_by(Product.id)
    parts = session.execute(query.execution_options(yield_per=reading.AT_ONCE)).partitions(
        reading.AT_ONCE
    )
    entries = (reading.read(session, collection, part, meanings) for part in parts)
    snapshot = stores.changed(store, nothing, chain.from_iterable(entries))
    return Held(store, snapshot, horizon, frozenset(), started)


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
