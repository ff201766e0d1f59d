"""Reconcile: where rows, bytes and vectors do not agree, told and, if asked, mended.

The database is the truth. Bytes and vectors that no row knows are removed; a vector that is
missing is published again from SQL, and what search keeps of a product is written anew; an image
whose bytes are lost is deleted softly, for nobody can bring them back but who has the photo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound
from vitrine.services import catalog, models
from vitrine.services.catalog import blobs
from vitrine.services.imports import job
from vitrine.services.indexing.publish import publish
from vitrine.services.jobs.kinds import Reconcile
from vitrine.services.jobs.work import Work
from vitrine.services.models import store
from vitrine.services.retention.purging import condemned_go, count, marks_agree, note
from vitrine.services.retention.remove import table_of
from vitrine.services.search.retrieval import Retriever
from vitrine.tables.blobs import Blob
from vitrine.tables.catalog import Image, Product, blob_key
from vitrine.tables.jobs import RetentionResult
from vitrine.tables.models import Collection
from vitrine.tables.vectors import embedded
from vitrine.vision.likeness import UNSEEN

SHELVES = tuple(f"{number:02x}" for number in range(256))
"""The first two letters of every hash: one shelf at a time, however large the store."""

FEW = 20
"""So many lost photos are believed; more only while they are the lesser half."""

PAGE = 500
IMAGES, PRODUCTS = table_of(Image), table_of(Product)


def reconcile(retriever: Retriever, work: Work) -> None:
    """The reconcile job: tells what does not agree; with `repair` in its payload mends it too.

    Raises Conflict, and takes back no image, when most photos seem lost: then it is rather the
    wrong store.
    """
    repair = work.asked(Reconcile).repair
    with work.write() as session:
        # An earlier attempt may have got this far; what is true now is what counts.
        session.execute(delete(RetentionResult).where(RetentionResult.job_id == work.claim.job_id))
        count(session, work, {})
    lost = [sha256 for shelf in SHELVES for sha256 in _shelf(work, shelf, repair)]
    _imports(work, repair)
    _models(work, repair)
    with work.sessions.read() as session:
        collections = models.live(session)
    for collection in collections:
        _vectors(work, collection, repair)
        _searched(work, retriever, collection, repair)
    _lost(work, lost, repair)
    if repair:
        condemned_go(work)
        marks_agree(work)
    with work.write() as session:
        work.finish(session)


def _shelf(work: Work, shelf: str, repair: bool) -> set[str]:
    """Compare one shelf; the contents that images show and the store does not have."""
    with work.sessions.read() as session:
        shown_before = _hashes(session, select(IMAGES.c.sha256), IMAGES.c.sha256, shelf)
    photos = {_content(key) for key in work.ports.blobs.keys(f"images/{shelf}/")}
    small = list(work.ports.blobs.keys(f"thumbnails/{shelf}/"))
    with work.sessions.read() as session:
        # Read after the store: an upload puts its bytes before it commits its rows.
        shown = _hashes(session, select(IMAGES.c.sha256), IMAGES.c.sha256, shelf)
        rows = _hashes(session, select(Blob.sha256), Blob.sha256, shelf)
        known = select(Blob.sha256).where(Blob.condemned_at.is_not(None))
        condemned = _hashes(session, known, Blob.sha256, shelf)
    unseen = (photos | rows) - shown - condemned
    strays = [key for key in small if _content(key) not in shown | condemned]
    found = {
        "bytes_without_image": len(unseen & photos),
        "rows_without_image": len(unseen - photos),
        "images_without_row": len(shown - rows),
        "thumbnails_without_image": len(strays),
    }
    if any(found.values()):
        with work.write() as session:
            count(session, work, found)
            if repair:
                blobs.hold(session, dict.fromkeys(shown - rows, UNSEEN))
                # What an image shows after all is acquitted when its turn comes.
                blobs.condemn(session, unseen)
    for key in strays if repair else ():
        work.ports.blobs.delete(key)
    if shelf.endswith("f"):  # a commit for each would cost more than the comparing
        work.report(int(shelf, 16) + 1, len(SHELVES))
    return (shown_before & shown) - photos


def _imports(work: Work, repair: bool) -> None:
    with work.sessions.read() as session:
        strays = job.strays(session, work.ports.blobs)
    with work.write() as session:
        count(session, work, {"files_without_import": len(strays)})
    for key in strays if repair else ():
        work.ports.blobs.delete(key)


def _models(work: Work, repair: bool) -> None:
    with work.write() as session:
        # While these are held nobody adds a model, so none of them is about to be named.
        strays = store.strays(session, work.ports.blobs)
        lacking = store.missing(session, work.ports.blobs)
        found = {"files_without_model": len(strays), "models_without_files": len(lacking)}
        count(session, work, found)
        for version in lacking:
            note(session, work, f"Files of model {version} are lost: install it again.")
        for key in strays if repair else ():
            work.ports.blobs.delete(key)


def _hashes(session: Session, query: Select[str], column: Any, shelf: str) -> set[str]:
    # `g` comes after every hexadecimal letter, so the range is the shelf and an index serves it.
    return set(session.scalars(query.where(column >= shelf, column < f"{shelf}g")))


def _content(key: str) -> str:
    return key.rpartition("/")[2].partition("-")[0]


def _lost(work: Work, suspected: Sequence[str], repair: bool) -> None:
    missing = [each for each in suspected if not work.ports.blobs.exists(blob_key(each))]
    with work.sessions.read() as session:
        lost = [each for each in missing if _names(session, each)]
    with work.write() as session:
        shown = session.scalar(select(func.count(func.distinct(IMAGES.c.sha256)))) or 0
        count(session, work, {"images_without_bytes": len(lost)})
        for sha256 in lost:
            note(session, work, f"The bytes of {', '.join(_names(session, sha256))} are lost.")
    if repair and len(lost) > max(FEW, shown // 2):
        raise Conflict(
            "most_bytes_lost",
            f"{len(lost):,} of {shown:,} photos are not in the store. Is it the right one? Check "
            "the VITRINE_BLOBS__ settings; nothing was deleted for it.",
        )
    for sha256 in lost if repair else ():
        with work.write() as session:
            _take_back(session, work, sha256)


def _names(session: Session, sha256: str) -> list[str]:
    """Those who show the content where people can see it."""
    owners = select(IMAGES.c.id, PRODUCTS.c.external_id).outerjoin(
        PRODUCTS, PRODUCTS.c.id == IMAGES.c.product_id
    )
    alive = (IMAGES.c.deleted_at.is_(None), PRODUCTS.c.deleted_at.is_(None))
    found = session.execute(owners.where(IMAGES.c.sha256 == sha256, *alive)).all()
    return [f"image {row.id} ({row.external_id or 'an upload'})" for row in found]


def _take_back(session: Session, work: Work, sha256: str) -> None:
    for image in session.scalars(select(Image).where(Image.sha256 == sha256)).all():
        if image.product_id is None:
            image.deleted_at = now()
        elif image.product is not None:
            catalog.remove_image(session, work.ports, image.product, image.id)


def _vectors(work: Work, collection: Collection, repair: bool) -> None:
    stored: set[str] = set()
    with suppress(NotFound):  # nothing was ever put, or the index was lost
        stored = work.ports.vectors.ids(collection.name)
    with work.sessions.read() as session:
        expected = set(session.scalars(embedded(collection).with_only_columns(Product.id)))
    wrong = sorted(stored ^ expected)
    with work.write() as session:
        found = {
            "vectors_without_product": len(stored - expected),
            "products_without_vector": len(expected - stored),
        }
        count(session, work, found)
    for page in _pages(wrong) if repair else ():
        with work.write() as session:
            publish(session, work.ports.vectors, page)


def _searched(work: Work, retriever: Retriever, collection: Collection, repair: bool) -> None:
    for some in retriever.untrue(work.sessions, collection):
        with work.write() as session:
            count(session, work, {"products_searched_otherwise": len(some)})
            if repair:
                retriever.mend(session, collection, some)


def _pages(ids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while page := list(islice(rest, PAGE)):
        yield page
