"""Records become products: created, updated, restored, or left as they are."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core.errors import VitrineError, invalid
from vitrine.core.reasons import check
from vitrine.core.settings import LimitSettings
from vitrine.db import Sessions
from vitrine.fields import FIELDS, ProductFields
from vitrine.ports import Ports
from vitrine.services import catalog
from vitrine.services.catalog import changelog
from vitrine.services.catalog.photos import Photo, admit_one
from vitrine.services.imports.pictures import Read, is_address
from vitrine.services.imports.records import Record
from vitrine.tables.catalog import Product

CREATED, UPDATED, UNCHANGED, RESTORED, REFUSED = (
    "created",
    "updated",
    "unchanged",
    "restored",
    "refused",
)
READERS = 8
"""Threads that fetch and decode pictures ahead; with TOGETHER, what bounds memory."""

TOGETHER = 16
"""Products written in one transaction, so that a disk is waited for less often."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record; `fields` says why a refused one was refused."""

    line: int
    external_id: str
    what: str
    fields: Mapping[str, str] = field(default_factory=dict)
    job_id: str | None = None


@dataclass(frozen=True)
class Upsert:
    """Where records go, where their pictures come from, and whether to write at all."""

    sessions: Sessions
    ports: Ports
    limits: LimitSettings
    read: Read
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored of a product: its fields, and its pictures by content and by address."""

    values: Mapping[str, Any] = field(default_factory=dict)
    hashes: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    new: bool = True
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class _Ready:
    """A record with its checked fields and the pictures to add, or why it is refused."""

    record: Record
    known: _Known = _Known()
    fields: ProductFields | None = None
    photos: tuple[Photo, ...] = ()
    error: VitrineError | None = None


def upsert_all(to: Upsert, records: Iterable[Record]) -> Iterator[Outcome]:
    """Add, update or restore each record's product by its external id and submit its index job.

    A few share a transaction: what was imported stays if a later one or the process fails, and
    a second run finds nothing left to do. Pictures are read in several threads.
    """
    waiting: deque[Future[_Ready]] = deque()
    with ThreadPoolExecutor(READERS, thread_name_prefix="import") as pool:
        try:
            for record in records:
                waiting.append(pool.submit(_prepare, to, record))
                if len(waiting) == READERS + TOGETHER:
                    yield from _settle(to, [waiting.popleft().result() for _ in range(TOGETHER)])
            yield from _settle(to, [each.result() for each in waiting])
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _prepare(to: Upsert, record: Record) -> _Ready:
    if record.error:
        return _Ready(record, error=record.error)
    try:
        known = _known(to.sessions, record.external_id)
        fields = check(ProductFields, _whole(known.values, record))
        photos = _photos(to, record, known)
    except VitrineError as error:
        return _Ready(record, error=error)
    return _Ready(record, known, fields, photos)


def _known(sessions: Sessions, external_id: str) -> _Known:
    if not external_id.isprintable():  # refused later, and databases choke on some of it
        return _Known()
    with sessions.read() as session:
        return _seen(_find(session, external_id))


def _find(session: Session, external_id: str) -> Product | None:
    return catalog.find(session, external_id) or catalog.find(session, external_id, deleted=True)


def _seen(product: Product | None) -> _Known:
    if product is None:
        return _Known()
    return _Known(
        {name: getattr(product, name) for name in FIELDS},
        frozenset(image.sha256 for image in product.images),
        frozenset(image.source_url for image in product.images if image.source_url),
        new=False,
        deleted=product.deleted_at is not None,
    )


def _whole(known: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """The product that is, with what the file says; what it does not speak of stays."""
    whole = {**known, **record.values}
    attributes = {**known.get("attributes", {}), **record.attributes}
    whole["attributes"] = {
        name: value for name, value in attributes.items() if value not in (None, "", [])
    }
    return {name: value for name, value in whole.items() if value is not None}


def _photos(to: Upsert, record: Record, known: _Known) -> tuple[Photo, ...]:
    most = to.limits.images_per_product
    if len(record.images) > most:
        told = f"are {len(record.images)}, over {most}; VITRINE_LIMITS__IMAGES_PER_PRODUCT sets it"
        raise invalid("images", told)
    names = (name for name in record.images if name not in known.addresses)
    return tuple(_photo(to, name, known.hashes) for name in names)


def _photo(to: Upsert, name: str, have: frozenset[str]) -> Photo:
    if is_address(name) and to.dry_run:
        return Photo(b"", name, "", "", 0, 0, source_url=name)  # it would be fetched
    data = to.read(name)
    digest = hashlib.sha256(data).hexdigest()
    address = name if is_address(name) else ""
    if digest in have:  # no need to decode again what is stored already
        return Photo(data, name, digest, "", 0, 0, source_url=address)
    return replace(admit_one("images", name, data, to.limits), source_url=address)


def _settle(to: Upsert, batch: Sequence[_Ready]) -> list[Outcome]:
    """The outcomes of some records; only a store that is away is an error of the whole import."""
    if to.dry_run or all(_is_idle(ready) for ready in batch):
        return [_foreseen(ready) for ready in batch]
    with to.sessions.write() as session:
        return [
            _foreseen(ready) if _is_idle(ready) else _written(session, to, ready) for ready in batch
        ]


def _is_idle(ready: _Ready) -> bool:
    """Whether there is nothing to write, not even an address to remember."""
    if ready.error:
        return True
    remembers = any(photo.source_url for photo in ready.photos)
    return _verdict(ready.known, ready) == UNCHANGED and not remembers


def _foreseen(ready: _Ready) -> Outcome:
    if ready.error:
        return _refused(ready.record, ready.error)
    return Outcome(ready.record.line, ready.record.external_id, _verdict(ready.known, ready))


def _written(session: Session, to: Upsert, ready: _Ready) -> Outcome:
    record = ready.record
    try:
        with session.begin_nested():
            what, job_id = _write(session, to, ready)
    except VitrineError as error:
        return _refused(record, error)
    return Outcome(record.line, record.external_id, what, job_id=job_id)


def _refused(record: Record, error: VitrineError) -> Outcome:
    if error.retried:
        raise error
    shown = record.external_id.encode("utf-8", "replace").decode()
    return Outcome(record.line, shown, REFUSED, error.fields or {"row": error.message})


def _write(session: Session, to: Upsert, ready: _Ready) -> tuple[str, str | None]:
    fields = ready.fields
    if fields is None:
        raise AssertionError("a record without fields has an error")
    product = _find(session, fields.external_id)
    known = _seen(product)
    what, changes = _verdict(known, ready), _changes(known, ready)
    if product is None:
        product = catalog.create(session, fields, None)
    elif known.deleted:
        catalog.undelete(session, product)
    if changes:
        catalog.update(session, to.ports, product, changes)
    fresh = _fresh(product, ready.photos)
    if fresh:
        had = len(product.images)
        catalog.add_images(session, to.ports, product, fresh, to.limits.images_per_product)
        if not known.new:
            changelog.note_images(session, product, changelog.ADD_IMAGES, had, None)
    if not fresh and what != RESTORED:
        return what, None
    return what, catalog.submit_index(session, to.ports, product, None).id


def _verdict(known: _Known, ready: _Ready) -> str:
    if known.new:
        return CREATED
    if known.deleted:
        return RESTORED
    more = any(photo.sha256 not in known.hashes for photo in ready.photos)
    return UPDATED if more or _changes(known, ready) else UNCHANGED


def _changes(known: _Known, ready: _Ready) -> dict[str, Any]:
    """What the file changes of the product as it is."""
    if known.new or ready.fields is None:
        return {}
    spoken = {*ready.record.values, *(["attributes"] if ready.record.attributes else [])}
    return {
        name: value
        for name, value in ready.fields.model_dump().items()
        if name in spoken and known.values[name] != value
    }


def _fresh(product: Product, photos: tuple[Photo, ...]) -> list[Photo]:
    """Photos the product does not have; of one it has, the address is written down."""
    have = {image.sha256: image for image in product.images}
    for photo in photos:
        if photo.sha256 in have and not have[photo.sha256].source_url:
            have[photo.sha256].source_url = photo.source_url
    # One that was not decoded, because the product had it a moment ago, is for the next run.
    return [photo for photo in photos if photo.sha256 not in have and photo.width]
