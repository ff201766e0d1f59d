"""How far a collection is: what it holds, lacks and could not take in, and who works on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vitrine.services.indexing import spaces
from vitrine.services.jobs import JobKind
from vitrine.services.jobs.kinds import Build
from vitrine.tables.catalog import Product
from vitrine.tables.jobs import QUEUED, RUNNING, Job
from vitrine.tables.models import LIVE, BuildFailure, Collection, ModelVersion
from vitrine.tables.vectors import embedded


@dataclass(frozen=True, slots=True)
class Standing:
    """A collection, its model, how many products it holds and lacks, failures by code, its job."""

    collection: Collection
    model: ModelVersion | None
    products: int
    lacking: int
    failures: Mapping[str, int] = field(default_factory=dict)
    job: Job | None = None


def standing(session: Session, collection: Collection) -> Standing:
    """How far the collection is now; of a retired one nothing is counted."""
    live = collection.state in LIVE
    held = select(func.count()).select_from(
        embedded(collection).with_only_columns(Product.id).subquery()
    )
    return Standing(
        collection,
        model_of(session, collection),
        (session.scalar(held) or 0) if live else 0,
        spaces.behind(session, collection) if live else 0,
        failures(session, collection),
        job_of(session, collection),
    )


def standings(session: Session) -> list[Standing]:
    """Every collection, the newest first."""
    rows = session.scalars(select(Collection).order_by(Collection.id.desc()))
    return [standing(session, each) for each in rows.all()]


def failures(session: Session, collection: Collection) -> dict[str, int]:
    """How many products could not be taken in, by the code of why."""
    counted = select(BuildFailure.code, func.count()).where(
        BuildFailure.collection_id == collection.id
    )
    rows = session.execute(counted.group_by(BuildFailure.code).order_by(BuildFailure.code))
    return {row[0]: row[1] for row in rows}


def job_of(session: Session, collection: Collection) -> Job | None:
    """The job that builds the collection, if one waits or runs."""
    pending = select(Job).where(Job.kind == JobKind.BUILD, Job.status.in_((QUEUED, RUNNING)))
    for job in session.scalars(pending.order_by(Job.id)):
        if Build.model_validate(job.payload).collection_id == collection.id:
            return job
    return None


def model_of(session: Session, collection: Collection) -> ModelVersion | None:
    """The encoder that makes the collection."""
    return session.scalar(
        select(ModelVersion).where(
            ModelVersion.role == "encoder", ModelVersion.version == collection.model_version
        )
    )
