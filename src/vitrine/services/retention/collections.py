"""Collections that nobody goes back to: retired after a while, and gone after another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.services import models
from vitrine.services.jobs.work import Work
from vitrine.services.models import store
from vitrine.services.retention.remove import remove, table_of
from vitrine.tables.catalog import CropEmbedding, TextEmbedding
from vitrine.tables.models import PROMOTED, RETIRED, STANDBY, Collection, ModelVersion

BATCH = 500
"""Most vectors that one transaction removes."""

CROPS, WORDS, COLLECTIONS = table_of(CropEmbedding), table_of(TextEmbedding), table_of(Collection)


def left(session: Session, _work: Work, before: datetime) -> Mapping[str, int]:
    """Retire what was kept for a way back that nobody took for so long."""
    active = models.active(session)
    if active is None or active.activated_at is None or active.activated_at > before:
        return {}
    kept = session.scalars(select(Collection).where(Collection.state == STANDBY)).all()
    for each in kept:
        each.state, each.retired_at = RETIRED, now()
    return {"collections_retired": len(kept)} if kept else {}


def retired(session: Session, work: Work, before: datetime) -> Mapping[str, int]:
    """Remove some vectors of a collection that was retired so long ago; after the last of them the
    collection, its place in the index and its model, where no other needs that."""
    old = select(Collection).where(Collection.state == RETIRED, Collection.retired_at <= before)
    collection = session.scalar(old.order_by(Collection.id).limit(1).with_for_update())
    if collection is None:
        return {}
    others = session.scalars(select(Collection).where(Collection.id != collection.id)).all()
    for table, needed in (
        (CROPS, any(each.space == collection.space for each in others)),
        (WORDS, any(each.model_version == collection.model_version for each in others)),
    ):
        removed = 0 if needed else _some(session, table, collection)
        if removed:
            return {"vectors": removed}
    name, version = collection.name, collection.model_version
    needed = any(each.model_version == version for each in others)
    work.ports.vectors.drop(name)
    remove(session, COLLECTIONS, COLLECTIONS.c.id == collection.id)
    if not needed:
        _model_goes(session, work, version)
    return {"collections": 1}


def _some(session: Session, table: Any, collection: Collection) -> int:
    where = table.c.model_version == collection.model_version
    if "preprocess_version" in table.c:
        where &= table.c.preprocess_version == collection.preprocess_version
    ids = session.scalars(select(table.c.id).where(where).limit(BATCH)).all()
    return remove(session, table, table.c.id.in_(ids)) if ids else 0


def _model_goes(session: Session, work: Work, version: str) -> None:
    """The files of a model that was promoted once, unless the settings here name it."""
    model = session.scalar(
        select(ModelVersion).where(ModelVersion.role == "encoder", ModelVersion.version == version)
    )
    if model is None or version == work.ports.vision.versions.encoder:
        return
    if model.status == PROMOTED or model.run_id is None:
        model.status, model.retired_at = RETIRED, now()
        store.remove(session, work.ports.blobs, model)
