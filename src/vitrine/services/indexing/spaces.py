"""The same crops in every live collection: what is written goes to all of them.

The searched collection's Vision sees, judges and labels. The others get vectors for the boxes that
there are then, a photo decoded once: while one is built, while it waits, and for a way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import structlog
from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from vitrine.core.errors import Conflict, VitrineError
from vitrine.ports import Ports, Vision
from vitrine.services import models
from vitrine.services.indexing import product_words
from vitrine.services.indexing.product_words import Words
from vitrine.services.jobs import JobKind
from vitrine.services.jobs.work import Work
from vitrine.tables.catalog import Crop, CropEmbedding, Image, Product, blob_key
from vitrine.tables.jobs import QUEUED, RUNNING, Job
from vitrine.tables.models import BuildFailure, Collection
from vitrine.vision.types import KEPT, WHOLE, Box, Vector

PICTURES_AT_ONCE = 8
"""Photos decoded in one call: bounds memory for products with many photos."""

BRINGING = (JobKind.INDEX, JobKind.BOXES, JobKind.SELECT_PRIMARY)
"""Jobs of one product that end only when every live collection has it."""

MESSAGE = 1000
"""Letters of a reason that are kept."""

log = structlog.get_logger()


def searched(work: Work) -> Vision:
    """The Vision of the searched collection; raises Conflict where nobody has its model."""
    with work.sessions.read() as session:
        collection = models.searched(session)
    return work.ports.vision_of(collection.versions)


def fill_all(work: Work, product_ids: Sequence[str]) -> frozenset[str]:
    """Bring these products to every live collection that lacks them; the ids of all of those.

    One whose model nobody has is passed over: it falls behind, which its promotion then tells.
    """
    with work.sessions.read() as session:
        live = models.live(session)
    for collection in live:
        for vision in _visions(work.ports, collection):
            fill(work, collection, vision, product_ids)
    return frozenset(each.id for each in live)


def fill(work: Work, collection: Collection, vision: Vision, product_ids: Sequence[str]) -> None:
    """Embed what the collection lacks of these products' crops and words.

    A product that cannot be embedded is written down with the reason; raises only what may work
    later.
    """
    with work.sessions.read() as session:
        rows = session.execute(_lacking(collection).where(Product.id.in_(product_ids))).all()
    photos = [list(crops) for _, crops in groupby(rows, key=attrgetter("image_id"))]
    for start in range(0, len(photos), PICTURES_AT_ONCE):
        _fill(work, collection, vision, photos[start : start + PICTURES_AT_ONCE])
    if collection.text_share:
        _read(work, collection, vision, product_ids)


def behind(session: Session, collection: Collection) -> int:
    """How many living products the collection lacks crops or words of, without those that a job
    is about to bring to every live collection."""
    without = [_lacking(collection).with_only_columns(Product.id).order_by(None)]
    if collection.text_share:
        without.append(product_words.lacking(collection.model_version))
    lacking = or_(*(Product.id.in_(each) for each in without))
    pending = select(Job.id).where(
        Job.product_id == Product.id, Job.kind.in_(BRINGING), Job.status.in_((QUEUED, RUNNING))
    )
    return session.scalar(select(func.count(Product.id)).where(lacking, ~pending.exists())) or 0


def read_words(work: Work, product_ids: Sequence[str]) -> list[Words]:
    """Embed the words of these products that are new to the searched collection's model, and to
    those of others that hold a share of words; which they were."""
    with work.sessions.read() as session:
        live = models.live(session)
    return [
        words
        for collection in live
        if collection.active or collection.text_share
        for vision in _visions(work.ports, collection)
        for words in _read(work, collection, vision, product_ids)
    ]


def _visions(ports: Ports, collection: Collection) -> Iterator[Vision]:
    """The collection's Vision, or none."""
    try:
        yield ports.vision_of(collection.versions)
    except Conflict as error:
        log.warning("collection without a model", collection=collection.name, why=error.message)


def _lacking(collection: Collection) -> Select[*tuple[Any, ...]]:
    """The crops of living products without a vector in the collection's space.

    A whole picture that does not stand in needs none.
    """
    here = and_(CropEmbedding.crop_id == Crop.id, CropEmbedding.space == collection.space)
    return (
        select(Crop.id, Crop.x1, Crop.y1, Crop.x2, Crop.y2, Crop.image_id, Image.sha256, Product.id)
        .select_from(Product)
        .join(Image, Image.product_id == Product.id)
        .join(Crop, Crop.image_id == Image.id)
        .outerjoin(CropEmbedding, here)
        .where(CropEmbedding.crop_id.is_(None), or_(Crop.kind != WHOLE, Crop.verdict == KEPT))
        .order_by(Product.id, Crop.image_id, Crop.id)
    )


Rows = Sequence[Sequence[Any]]
"""The crops of each of several photos."""


def _fill(work: Work, collection: Collection, vision: Vision, photos: Rows) -> None:
    try:
        _embed(work, collection, vision, photos)
    except VitrineError as error:
        if error.retried:
            raise
        if len(photos) == 1:
            _write_down(work, collection, photos[0][0][-1], error)
        else:  # one of them cannot be embedded: the others can
            for photo in photos:
                _fill(work, collection, vision, [photo])


def _embed(work: Work, collection: Collection, vision: Vision, photos: Rows) -> None:
    blobs = [work.ports.blobs.get(blob_key(crops[0].sha256)) for crops in photos]
    boxes = [[Box(crop.x1, crop.y1, crop.x2, crop.y2) for crop in crops] for crops in photos]
    made = vision.embed_crops(blobs, boxes)
    vectors = {
        crop.id: (box, vector)
        for crops, some, found in zip(photos, boxes, made, strict=True)
        for crop, box, vector in zip(crops, some, found, strict=True)
    }
    product_ids = {crops[0][-1] for crops in photos}
    with work.write() as session:
        _locked(session, product_ids)
        _keep(session, collection, vectors)
        session.execute(_failure(collection, product_ids))


def _keep(session: Session, collection: Collection, vectors: dict[str, tuple[Box, Vector]]) -> None:
    """Write the vectors of crops that are still there, unmoved and without one."""
    known = select(CropEmbedding.crop_id).where(
        CropEmbedding.crop_id.in_(vectors), CropEmbedding.space == collection.space
    )
    done = set(session.scalars(known))
    for crop in session.scalars(select(Crop).where(Crop.id.in_(vectors))):
        box, vector = vectors[crop.id]
        if crop.id not in done and crop.box == box:
            session.add(CropEmbedding(crop_id=crop.id, vector=vector, space=collection.space))


def _write_down(work: Work, collection: Collection, product_id: str, error: VitrineError) -> None:
    log.warning("not embedded", product_id=product_id, code=error.code, why=error.message)
    with work.write() as session:
        if not _locked(session, [product_id]):
            return  # deleted meanwhile
        session.execute(_failure(collection, [product_id]))
        reason = error.message[:MESSAGE]
        failure = BuildFailure(collection_id=collection.id, product_id=product_id)
        failure.code, failure.message = error.code, reason
        session.add(failure)


def _failure(collection: Collection, product_ids: Sequence[str] | set[str]) -> Any:
    return delete(BuildFailure).where(
        BuildFailure.collection_id == collection.id, BuildFailure.product_id.in_(product_ids)
    )


def _locked(session: Session, product_ids: Sequence[str] | set[str]) -> list[str]:
    rows = select(Product.id).where(Product.id.in_(product_ids)).order_by(Product.id)
    return list(session.scalars(rows.with_for_update()))


def _read(
    work: Work, collection: Collection, vision: Vision, product_ids: Sequence[str]
) -> list[Words]:
    version = collection.model_version
    with work.sessions.read() as session:
        waiting = product_words.unread(session, product_ids, version)
    read = product_words.embed(vision, waiting)
    if read:
        with work.write() as session:
            product_words.remember(session, version, read)
    return read
