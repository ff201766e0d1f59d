"""Which collection is searched: changed in one transaction, and changed back as fast."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict
from vitrine.ports import Queue
from vitrine.services import jobs, models
from vitrine.services.indexing import spaces
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Label, Redetect, SelectPrimary
from vitrine.services.promotion import standing
from vitrine.services.webhooks import events
from vitrine.tables.jobs import Job
from vitrine.tables.models import (
    ACTIVE,
    BUILDING,
    CANDIDATE,
    LIVE,
    PROMOTED,
    REFUSED,
    RETIRED,
    STANDBY,
    Collection,
    ModelVersion,
)
from vitrine.vision import items


@dataclass(frozen=True, slots=True)
class Wish:
    """How a cutover is wanted: so many products may be missing, and why a gate is overridden."""

    missing: int = 0
    override: str = ""


def promote(session: Session, queue: Queue, collection_id: str, wish: Wish = Wish()) -> Collection:
    """Search this collection from the commit on; the one before is kept in step, for a way back.

    Raises Conflict while it is being built, lacks more products than may be missing, or its model
    did not pass its gate and no reason overrides that.
    """
    collection = _locked(session, collection_id)
    if collection.state == ACTIVE:
        raise Conflict("collection_active", f"{collection.name} is searched already.")
    if collection.state in (BUILDING, RETIRED):
        raise Conflict(
            "build_incomplete",
            f"{collection.name} is {collection.state}: build it to its end first.",
        )
    _require_whole(session, collection, wish.missing)
    _require_passed(standing.model_of(session, collection), wish.override)
    return _searched(session, queue, collection, events.MODEL_PROMOTED)


def rollback(session: Session, queue: Queue, wish: Wish = Wish()) -> Collection:
    """Search again what was searched before; raises Conflict where nothing is kept, or it lacks
    more products than may be missing.

    It was searched before, so whatever its gate said was decided then.
    """
    _lock(session)
    earlier = models.standby(session)
    if earlier is None:
        raise Conflict("nothing_to_go_back_to", "No earlier collection is kept.")
    _require_whole(session, earlier, wish.missing)
    return _searched(session, queue, earlier, events.MODEL_ROLLED_BACK)


def _searched(session: Session, queue: Queue, collection: Collection, event: str) -> Collection:
    model, before = standing.model_of(session, collection), models.searched(session)
    models.activate(session, collection)
    _retire_older(session, collection)
    if model is not None:
        model.status = PROMOTED
    # What people see of labels and primary crops is the searched model's.
    for payload in (Label(), SelectPrimary()):
        jobs.submit(session, queue, Order(payload))
    session.refresh(collection)
    told = {"id": collection.id, "role": "encoder", "version": collection.model_version}
    events.emit(session, event, told | {"collection": collection.name, "before": before.name})
    return collection


def retire(session: Session, collection_id: str) -> Collection:
    """Let a collection go: nothing is written to it any more, and a purge removes it later.

    A build of it is cancelled. Raises Conflict for the one that is searched.
    """
    collection = _locked(session, collection_id)
    if collection.state == ACTIVE:
        raise Conflict(
            "collection_active", f"{collection.name} is searched: promote another first."
        )
    building = standing.job_of(session, collection)
    if building is not None:
        jobs.cancel(session, building.id)
    if collection.state != RETIRED:
        collection.state, collection.retired_at = RETIRED, now()
    session.flush()
    return collection


def promote_detector(
    session: Session, queue: Queue, version: str, wish: Wish = Wish()
) -> tuple[ModelVersion, Job]:
    """Have every live collection see photos by this detector, and the job that looks anew.

    Boxes are shared by all collections, so it is done in place; searches go on meanwhile. Raises
    NotFound for an unknown one, Conflict where its files are not stored or its gate did not pass.
    """
    model = models.model(session, "detector", version)
    _require_passed(model, wish.override)
    if not model.files:
        raise Conflict("model_not_stored", f"The files of detector {version} are not stored.")
    promoted = (ModelVersion.role == "detector") & (ModelVersion.status == PROMOTED)
    before = session.scalar(select(ModelVersion.version).where(promoted))
    session.execute(update(ModelVersion).where(promoted).values(status=RETIRED))
    model.status = PROMOTED
    seeing = update(Collection).where(Collection.state.in_(LIVE))
    session.execute(seeing.values(detector=f"{version}-{items.RULE}"))
    job = jobs.submit(session, queue, Order(Redetect()))
    session.flush()
    told = {"id": model.id, "role": "detector", "version": version, "before": before}
    events.emit(session, events.MODEL_PROMOTED, told)
    return model, job


def _locked(session: Session, collection_id: str) -> Collection:
    found = models.get(session, collection_id)
    _lock(session)
    session.refresh(found)
    return found


def _lock(session: Session) -> None:
    """Hold all of them, always the same way round: two cutovers at once follow each other."""
    session.execute(select(Collection.id).order_by(Collection.id).with_for_update()).all()


def _require_whole(session: Session, collection: Collection, missing: int) -> None:
    lacking = spaces.behind(session, collection)
    if lacking <= missing:
        return
    codes = standing.failures(session, collection)
    known = ", ".join(f"{number:,} {code}" for code, number in codes.items()) or "not embedded yet"
    raise Conflict(
        "build_incomplete",
        f"{lacking:,} products are not whole in {collection.name} ({known}). Build it again, or "
        f"say that {lacking:,} may be missing.",
        fields={"missing": str(lacking)},
    )


def _require_passed(model: ModelVersion | None, override: str) -> None:
    if model is None or override.strip() or "override" in model.gate:
        return
    passed = model.gate.get("passed") is True
    if model.status == REFUSED or (model.status == CANDIDATE and not passed):
        raise Conflict(
            "gate_not_passed",
            f"{model.role} {model.version} did not pass its gate. An admin may override that with "
            "a reason, which the audit log keeps.",
        )


def _retire_older(session: Session, collection: Collection) -> None:
    """Keep one way back: of what waits, only the one that was searched until now."""
    latest = models.standby(session)
    for each in session.scalars(select(Collection).where(Collection.state == STANDBY)).all():
        if latest is not None and each.id not in (latest.id, collection.id):
            each.state, each.retired_at = RETIRED, now()
