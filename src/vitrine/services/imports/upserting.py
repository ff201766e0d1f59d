"""Records become products: created, updated, restored, or left as they are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vitrine.core.errors import VitrineError
from vitrine.core.text import sound
from vitrine.db import Sessions
from vitrine.fields import ProductFields
from vitrine.ports import Ports
from vitrine.services import catalog
from vitrine.services.catalog import adding, picture_lists
from vitrine.services.catalog.adding import New
from vitrine.services.catalog.picture_lists import Followed, Plan
from vitrine.services.imports import gathering, kept, knowing, retrying
from vitrine.services.imports.gathering import Gathered, Pictures
from vitrine.services.imports.knowing import Known, Stored
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

TOGETHER, PHOTOS_TOGETHER = 16, 64
"""Products written in one transaction, so that a disk is waited for less often, and about how
many photos: others wait to write meanwhile."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record; `fields` says why it was refused, or else what of it is missing or
    was read otherwise than it stands in the file.

    `photos` is how many the product has now, None for a refused one.
    """

    line: int
    external_id: str
    what: str
    fields: Mapping[str, str] = field(default_factory=dict)
    job_id: str | None = None
    photos: int | None = None


@dataclass(frozen=True)
class Upsert:
    """Where records go, where their pictures come from, and whether to write at all."""

    sessions: Sessions
    ports: Ports
    pictures: Pictures
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Ready:
    """A record with its checked fields and its pictures, or why it is refused.

    Without pictures it says nothing of them: those that are there stay.
    """

    record: Record
    known: Known = field(default_factory=Known)
    fields: ProductFields | None = None
    pictures: Gathered | None = None
    error: VitrineError | None = None

    @property
    def photos(self) -> int:
        """How many photos it brings."""
        return len(self.pictures.photos) if self.pictures else 0


def upsert_all(to: Upsert, records: Iterable[Record]) -> Iterator[Outcome]:
    """Add, update or restore each record's product by its external id and submit its index job.

    A few share a transaction: what was imported stays if a later one or the process fails, and
    a second run finds nothing left to do. Pictures are read in several threads.
    """
    waiting: deque[Future[_Ready]] = deque()
    with ThreadPoolExecutor(READERS, thread_name_prefix="import") as pool:
        try:
            for record, known in knowing.beside(to.sessions, records):
                waiting.append(_begun(pool, to, record, known))
                if len(waiting) == READERS + TOGETHER:
                    yield from _settle(to, _batch(waiting))
            while waiting:
                yield from _settle(to, _batch(waiting))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _batch(waiting: deque[Future[_Ready]]) -> list[_Ready]:
    """The next records, as many as shall share a transaction."""
    batch: list[_Ready] = []
    while waiting and len(batch) < TOGETHER:
        batch.append(waiting.popleft().result())
        if sum(ready.photos for ready in batch) >= PHOTOS_TOGETHER:
            break
    return batch


def _begun(pool: ThreadPoolExecutor, to: Upsert, record: Record, known: Known) -> Future[_Ready]:
    if record.images:
        return pool.submit(copy_context().run, _prepare, to, record, known)
    ready: Future[_Ready] = Future()  # there is nothing to wait for
    ready.set_result(_prepare(to, record, known))
    return ready


def _prepare(to: Upsert, record: Record, known: Known) -> _Ready:
    if record.error:
        return _Ready(record, error=record.error)
    try:
        fields = kept.checked(record, _whole(known.values, record))
        pictures = _pictures(to, record, known)
    except VitrineError as error:
        return _Ready(record, error=error)
    return _Ready(record, known, fields, pictures)


def _whole(known: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """The product that is, with what the file says; what it does not speak of stays."""
    whole = {**known, **kept.values(known, record)}
    had = known.get("attributes", {})
    attributes = {**had, **kept.attributes(had, record.attributes)}
    whole["attributes"] = {
        name: value for name, value in attributes.items() if value not in (None, "", [])
    }
    return {name: value for name, value in whole.items() if value is not None}


def _pictures(to: Upsert, record: Record, known: Known) -> Gathered | None:
    if not record.images:  # an export leaves out those that have no address, and they shall stay
        return None
    return gathering.gather(to.pictures, record.images, known.shown)


def _settle(to: Upsert, batch: Sequence[_Ready]) -> list[Outcome]:
    """The outcomes of some records; only a store that is away is an error of the whole import."""
    try:
        if to.dry_run or all(_is_idle(to, ready) for ready in batch):
            return [_foreseen(to, ready) for ready in batch]
        with to.sessions.write() as session:
            return list(_written(session, to, batch))
    finally:
        for ready in batch:
            if ready.pictures:
                ready.pictures.forget()


def _is_idle(to: Upsert, ready: _Ready) -> bool:
    """Whether there is nothing to write, not even an address to remember or to ask again."""
    if ready.error:
        return True
    unchanged = _verdict(to, ready.known, ready) == UNCHANGED
    if ready.pictures is None or not unchanged:
        return unchanged
    remembers = any(photo.source_url for photo in ready.pictures.photos.values())
    return not (remembers or ready.pictures.awaited or ready.known.awaits)


def _foreseen(to: Upsert, ready: _Ready) -> Outcome:
    if ready.error:
        return _refused(ready.record, ready.error)
    return _outcome(to, ready, ready.known, _verdict(to, ready.known, ready))


def _outcome(
    to: Upsert, ready: _Ready, known: Known, what: str, job_id: str | None = None
) -> Outcome:
    record, pictures, planned = ready.record, ready.pictures, _plan(to, known, ready)
    told = gathering.told(to.pictures, pictures, planned.left_out) if pictures else {}
    told = {**record.notes, **told}
    return Outcome(record.line, record.external_id, what, told, job_id, len(planned.order))


def _plan(to: Upsert, known: Known, ready: _Ready) -> Plan:
    if ready.pictures is None:
        return Plan(tuple(each.sha256 for each in known.shown))
    most = to.pictures.limits.images_per_product
    return picture_lists.plan(known.shown, ready.pictures.listed, most)


def _written(session: Session, to: Upsert, batch: Sequence[_Ready]) -> Iterator[Outcome]:
    waiting = [ready for ready in batch if not _is_idle(to, ready)]
    # As it is by now: what is known was read a while ago.
    stored = knowing.each(session, {_name(ready) for ready in waiting})
    added = _added(session, to, [ready for ready in waiting if _name(ready) not in stored])
    for ready in batch:
        if _is_idle(to, ready):
            yield _foreseen(to, ready)
            continue
        if _name(ready) in added:
            yield added[_name(ready)]
            continue
        try:
            with session.begin_nested():
                outcome = _write(session, to, ready, stored.get(_name(ready)))
        except VitrineError as error:
            outcome = _refused(ready.record, error)
        yield outcome


def _added(session: Session, to: Upsert, fresh: Sequence[_Ready]) -> dict[str, Outcome]:
    """What became of new products by name, written together; none where one of them needs more than
    that, or cannot be written: each is then written alone."""
    names = [_name(ready) for ready in fresh]
    awaited = any(ready.pictures is not None and ready.pictures.awaited for ready in fresh)
    if awaited or len(set(names)) < len(names):
        return {}
    try:
        with session.begin_nested():
            made = adding.add(session, to.ports, [_new(to, ready) for ready in fresh])
    except (VitrineError, IntegrityError) as error:
        if isinstance(error, VitrineError) and error.retried:
            raise
        return {}
    return {
        name: _outcome(to, ready, Known(), CREATED, job.id if job else None)
        for name, ready, job in zip(names, fresh, made, strict=True)
    }


def _new(to: Upsert, ready: _Ready) -> New:
    if ready.fields is None:
        raise AssertionError("a record without fields has an error")
    photos = ready.pictures.photos if ready.pictures else {}
    order = _plan(to, Known(), ready).order
    return New(ready.fields, [photos[name] for name in order if name in photos])


def _name(ready: _Ready) -> str:
    return ready.fields.external_id if ready.fields else ready.record.external_id


def _refused(record: Record, error: VitrineError) -> Outcome:
    if error.retried:
        raise error
    return Outcome(
        record.line, sound(record.external_id), REFUSED, error.fields or {"row": error.message}
    )


def _write(session: Session, to: Upsert, ready: _Ready, stored: Stored | None) -> Outcome:
    fields = ready.fields
    if fields is None:
        raise AssertionError("a record without fields has an error")
    known = stored.known if stored else Known()
    what, changes = _verdict(to, known, ready), _changes(known, ready)
    product = stored.product if stored else catalog.create(session, fields, None)
    if known.deleted:
        catalog.undelete(session, product)
    if changes:
        catalog.update(session, to.ports, product, changes)
    done = _show(session, to, product, ready.pictures, known) if ready.pictures else Followed()
    if not known.new:
        picture_lists.note(session, product, done)
    indexes = done.fresh or what == RESTORED
    job = catalog.submit_index(session, to.ports, product, None) if indexes else None
    return _outcome(to, ready, known, what, job.id if job else None)


def _show(
    session: Session, to: Upsert, product: Product, pictures: Gathered, known: Known
) -> Followed:
    limits = to.pictures.limits
    if known.awaits or pictures.awaited:
        retrying.again(session, to.ports, product, pictures, limits)
    if not known.new:  # else nobody else sees it yet
        catalog.lock(session, product)
    return picture_lists.follow(
        session, to.ports, product, pictures.listed, pictures.photos, limits.images_per_product
    )


def _verdict(to: Upsert, known: Known, ready: _Ready) -> str:
    if known.new:
        return CREATED
    if known.deleted:
        return RESTORED
    moved = picture_lists.changes(known.shown, _plan(to, known, ready))
    return UPDATED if moved or _changes(known, ready) else UNCHANGED


def _changes(known: Known, ready: _Ready) -> dict[str, Any]:
    """What the file changes of the product as it is."""
    if known.new or ready.fields is None:
        return {}
    spoken = {*ready.record.values, *(["attributes"] if ready.record.attributes else [])}
    spoken |= {"currency"} if ready.record.usual_currency else set()
    return {
        name: value
        for name, value in ready.fields.model_dump().items()
        if name in spoken and known.values[name] != value
    }
