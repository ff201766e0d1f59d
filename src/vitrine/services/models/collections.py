"""Which vector spaces there are, and which one is searched."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict
from vitrine.tables.models import ACTIVE, BUILDING, STANDBY, Collection, ModelVersion
from vitrine.vision import items
from vitrine.vision.types import NO_DETECTOR, Versions


def register(session: Session, versions: Versions) -> None:
    """Write down the models in use and their collection; the first collection becomes active."""
    _add(session, ModelVersion(role="encoder", version=versions.encoder))
    if versions.detector != NO_DETECTOR:
        detector = versions.detector.removesuffix(f"-{items.RULE}")
        _add(session, ModelVersion(role="detector", version=detector))
    collection_for(session, versions)


def collection_for(session: Session, versions: Versions) -> Collection:
    """The collection these versions make, added if it is new."""
    found = _named(session, versions.collection)
    if found:
        return found
    first = active(session) is None
    fresh = Collection(
        name=versions.collection,
        space=versions.space,
        dimension=versions.dimension,
        text_share=versions.text_share,
        detector=versions.detector,
        state=ACTIVE if first else BUILDING,
        activated_at=now() if first else None,
        built_at=now() if first else None,
    )
    if not _add(session, fresh):
        return collection_for(session, versions)  # another process was faster
    return fresh


def active(session: Session) -> Collection | None:
    """The collection that is searched, if any product was ever indexed or is about to be."""
    return session.scalar(select(Collection).where(Collection.active))


def searchable(session: Session, versions: Versions) -> Collection:
    """The active collection; raises Conflict if it was made by other versions than these."""
    found = active(session)
    if found is None or found.name != versions.collection:
        name = found.name if found else "nothing"
        raise Conflict(
            "versions_differ",
            f"The catalogue was indexed as {name}, but this server prepares queries as "
            f"{versions.collection}. Run `vitrine reindex --embed` to index it anew, or set the "
            "model, margin and share of words back.",
        )
    return found


def any_shares(session: Session) -> bool:
    """Whether a collection holds a share of each product's words."""
    return (
        session.scalar(select(Collection.id).where(Collection.text_share > 0).limit(1)) is not None
    )


def activate(session: Session, collection: Collection) -> None:
    """Search this collection from now on."""
    earlier = update(Collection).where(Collection.active, Collection.id != collection.id)
    session.execute(earlier.values(state=STANDBY))
    session.execute(
        update(Collection)
        .where(Collection.id == collection.id)
        .values(state=ACTIVE, activated_at=now())
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
