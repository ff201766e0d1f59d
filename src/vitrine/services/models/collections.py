"""Which vector spaces there are, which one is searched, and which others are kept in step."""

from __future__ import annotations

from sqlalchemy import case, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound
from vitrine.tables.models import ACTIVE, BUILDING, LIVE, STANDBY, Collection, ModelVersion
from vitrine.vision import items
from vitrine.vision.types import NO_DETECTOR, Versions

ENCODER, DETECTOR = "encoder", "detector"

_ACTIVE_FIRST = case((Collection.state == ACTIVE, 0), else_=1)


def register(session: Session, versions: Versions) -> None:
    """Write down the models in use; the first ever make the collection that is searched."""
    _add(session, ModelVersion(role=ENCODER, version=versions.encoder))
    if versions.detector != NO_DETECTOR:
        detector = versions.detector.removesuffix(f"-{items.RULE}")
        _add(session, ModelVersion(role=DETECTOR, version=detector))
    if active(session) is None:
        collection_for(session, versions)


def collection_for(session: Session, versions: Versions) -> Collection:
    """The collection these versions make, added if it is new: the first is active, others are yet
    to be built."""
    found = _named(session, versions.collection)
    if found:
        return found
    first = active(session) is None
    moment = now() if first else None
    fresh = Collection(
        name=versions.collection,
        space=versions.space,
        dimension=versions.dimension,
        text_share=versions.text_share,
        state=ACTIVE if first else BUILDING,
        activated_at=moment,
        built_at=moment,
    )
    if not _add(session, fresh):
        return collection_for(session, versions)  # another process was faster
    return fresh


def active(session: Session) -> Collection | None:
    """The collection that is searched, if any product was ever indexed or is about to be."""
    return session.scalar(select(Collection).where(Collection.active))


def searched(session: Session) -> Collection:
    """The collection that is searched; raises Conflict before there is any."""
    found = active(session)
    if found is None:
        raise Conflict("nothing_indexed", "Nothing was indexed yet: start `vitrine serve` first.")
    return found


def live(session: Session) -> list[Collection]:
    """Every collection that is written to, the searched one first."""
    alive = select(Collection).where(Collection.state.in_(LIVE))
    return list(session.scalars(alive.order_by(_ACTIVE_FIRST, Collection.id)))


def standby(session: Session) -> Collection | None:
    """The collection that was searched before the present one, if it is kept."""
    kept = select(Collection).where(Collection.state == STANDBY)
    return session.scalar(kept.order_by(Collection.activated_at.desc()).limit(1))


def get(session: Session, collection_id: str) -> Collection:
    """The collection of that id or name; raises NotFound."""
    either = (Collection.id == collection_id) | (Collection.name == collection_id)
    found = session.scalar(select(Collection).where(either))
    if found is None:
        raise NotFound("collection_unknown", "There is no such collection.")
    return found


def model(session: Session, role: str, version: str) -> ModelVersion:
    """A model by role and version; raises NotFound."""
    found = session.scalar(
        select(ModelVersion).where(ModelVersion.role == role, ModelVersion.version == version)
    )
    if found is None:
        raise NotFound("model_unknown", f"There is no {role} {version}.")
    return found


def any_shares(session: Session) -> bool:
    """Whether a collection that is written to holds a share of each product's words."""
    sharing = select(Collection.id).where(Collection.text_share > 0, Collection.state.in_(LIVE))
    return session.scalar(sharing.limit(1)) is not None


def activate(session: Session, collection: Collection) -> None:
    """Search this collection from now on; what was searched before is kept in step."""
    moment = now()
    others = update(Collection).where(Collection.active, Collection.id != collection.id)
    session.execute(others.values(state=STANDBY))
    session.execute(
        update(Collection)
        .where(Collection.id == collection.id)
        .values(state=ACTIVE, activated_at=moment)
    )


def _named(session: Session, name: str) -> Collection | None:
    return session.scalar(select(Collection).where(Collection.name == name))


def _add(session: Session, row: ModelVersion | Collection) -> bool:
    if isinstance(row, ModelVersion) and session.scalar(
        select(ModelVersion.id).where(
            ModelVersion.role == row.role, ModelVersion.version == row.version
        )
    ):
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
