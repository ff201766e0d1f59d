"""Records become products: created, updated, restored, or left as they are."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from vitrine.core.errors import VitrineError, invalid
from vitrine.core.settings import LimitSettings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import catalog
from vitrine.services.catalog import Photo
from vitrine.services.fields import ProductFields, check
from vitrine.services.ingest.pictures import Read, is_address
from vitrine.services.ingest.records import Record
from vitrine.tables.catalog import Product

CREATED, UPDATED, UNCHANGED, RESTORED, REFUSED = (
    "created",
    "updated",
    "unchanged",
    "restored",
    "refused",
)
AHEAD = 8
"""Products whose pictures are fetched and decoded ahead of the one written; bounds memory."""


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

    values: Mapping[str, Any]
    hashes: frozenset[str]
    addresses: frozenset[str]
    deleted: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    record: Record
    fields: ProductFields | None = None
    photos: tuple[Photo, ...] = ()
    error: VitrineError | None = None


def upsert_all(to: Upsert, records: Iterable[Record]) -> Iterator[Outcome]:
    """Add, update or restore each record's product by its external id and submit its index job.

    Each is a transaction of its own: what was imported stays if a later one or the process
    fails, and a second run finds nothing left to do. Pictures are read in several threads.
    """
    waiting: deque[Future[_Ready]] = deque()
    with ThreadPoolExecutor(AHEAD, thread_name_prefix="import") as pool:
        try:
            for record in records:
                waiting.append(pool.submit(_prepare, to, record))
                if len(waiting) == AHEAD:
                    yield _settle(to, waiting.popleft().result())
            while waiting:
                yield _settle(to, waiting.popleft().result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _prepare(to: Upsert, record: Record) -> _Ready:
    if record.error:
        return _Ready(record, error=record.error)
    try:
        known = _known(to.sessions, record.external_id)
        fields = check(ProductFields, _whole(known.values if known else {}, record))
        photos = _photos(to, record, known)
    except VitrineError as error:
        return _Ready(record, error=error)
    return _Ready(record, fields, photos)


def _known(sessions: Sessions, external_id: str) -> _Known | None:
    if not external_id.isprintable():  # refused later, and databases choke on some of it
        return None
    with sessions.read() as session:
        product = _find(session, external_id)
        if product is None:
            return None
        images = product.images
        return _Known(
            {name: getattr(product, name) for name in ProductFields.model_fields},
            frozenset(image.sha256 for image in images),
            frozenset(image.source_url for image in images if image.source_url),
            product.deleted_at is not None,
        )


def _find(session: Session, external_id: str) -> Product | None:
    return catalog.find(session, external_id) or catalog.find(session, external_id, deleted=True)


def _whole(known: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """The product that is, with what the file says; what it does not speak of stays."""
    whole = {**known, **record.values}
    attributes = {**known.get("attributes", {}), **record.attributes}
    whole["attributes"] = {
        name: value for name, value in attributes.items() if value not in (None, "", [])
    }
    return {name: value for name, value in whole.items() if value is not None}


def _photos(to: Upsert, record: Record, known: _Known | None) -> tuple[Photo, ...]:
    addresses = known.addresses if known else frozenset()
    names = [name for name in record.images if name not in addresses]
    most = to.limits.images_per_product
    if len(record.images) > most:
        told = f"are {len(record.images)}, over {most}; VITRINE_LIMITS__IMAGES_PER_PRODUCT sets it"
        raise invalid("images", told)
    return tuple(_photo(to, name, known.hashes if known else frozenset()) for name in names)


def _photo(to: Upsert, name: str, have: frozenset[str]) -> Photo:
    if is_address(name) and to.dry_run:
        return Photo(b"", name, "", "", 0, 0, source_url=name)  # it would be fetched
    data = to.read(name)
    digest = hashlib.sha256(data).hexdigest()
    address = name if is_address(name) else ""
    if digest in have:  # no need to decode again what is stored already
        return Photo(data, name, digest, "", 0, 0, source_url=address)
    return replace(catalog.admit_one("images", name, data, to.limits), source_url=address)


def _settle(to: Upsert, ready: _Ready) -> Outcome:
    """The outcome of one record; only a store that is away is an error of the whole import."""
    record, error = ready.record, ready.error
    told = record.external_id.encode("utf-8", "replace").decode()
    if error is None and ready.fields is not None:
        try:
            what, job_id = _written(to, ready.record, ready.fields, ready.photos)
            return Outcome(record.line, told, what, job_id=job_id)
        except VitrineError as refused:
            error = refused
    if error is None or error.retried:
        raise error or AssertionError("a record is ready or refused")
    return Outcome(record.line, told, REFUSED, error.fields or {"row": error.message})


def _written(
    to: Upsert, record: Record, fields: ProductFields, photos: tuple[Photo, ...]
) -> tuple[str, str | None]:
    if to.dry_run:
        with to.sessions.read() as session:
            product = _find(session, fields.external_id)
            return _verdict(product, _changes(product, record, fields), photos), None
    with to.sessions.write() as session:
        return _write(session, to, record, fields, photos)


def _write(
    session: Session, to: Upsert, record: Record, fields: ProductFields, photos: tuple[Photo, ...]
) -> tuple[str, str | None]:
    product = _find(session, fields.external_id)
    changes = _changes(product, record, fields)
    what = _verdict(product, changes, photos)
    if product is None:
        product = catalog.create(session, fields, None)
    elif what == RESTORED:
        catalog.undelete(session, product)
    if changes:
        catalog.update(session, to.ports, product, changes)
    fresh = _fresh(product, photos)
    if fresh:
        catalog.add_images(session, to.ports, product, fresh, to.limits.images_per_product)
    if not fresh and what != RESTORED:
        return what, None
    return what, catalog.submit_index(session, to.ports, product, None).id


def _changes(product: Product | None, record: Record, fields: ProductFields) -> dict[str, Any]:
    """What the file changes of the product, as it is now."""
    if product is None:
        return {}
    spoken = {*record.values, *(["attributes"] if record.attributes else [])}
    return {
        name: value
        for name, value in fields.model_dump().items()
        if name in spoken and getattr(product, name) != value
    }


def _verdict(product: Product | None, changes: Mapping[str, Any], photos: tuple[Photo, ...]) -> str:
    if product is None:
        return CREATED
    if product.deleted_at is not None:
        return RESTORED
    have = {image.sha256 for image in product.images}
    return UPDATED if changes or any(photo.sha256 not in have for photo in photos) else UNCHANGED


def _fresh(product: Product, photos: tuple[Photo, ...]) -> list[Photo]:
    """Photos the product does not have; of one it has, the address is written down."""
    have = {image.sha256: image for image in product.images}
    for photo in photos:
        if photo.sha256 in have and not have[photo.sha256].source_url:
            have[photo.sha256].source_url = photo.source_url
    # One that was not decoded, because the product had it a moment ago, is for the next run.
    return [photo for photo in photos if photo.sha256 not in have and photo.width]
