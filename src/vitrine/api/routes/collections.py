"""Models and collections: built beside what is searched, promoted, gone back from, retired."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy import select

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.collections import (
    BuildRequest,
    ModelVersions,
    PromotedDetector,
    PromoteRequest,
    SearchCollection,
    SearchCollections,
    collection_told,
    model_told,
)
from vitrine.api.schemas.jobs import Job
from vitrine.services import models as known
from vitrine.services import promotion, search
from vitrine.tables.models import READY, STANDBY, Collection, ModelVersion

models = guarded("/v1/models", "system")
collections = guarded("/v1/collections", "system")


@models.get("", summary="List the models that were used or trained here")
def list_models(session: ReadSession) -> ModelVersions:
    """With their status, their gate, and whether every process can have their files."""
    rows = session.scalars(select(ModelVersion).order_by(ModelVersion.id.desc()))
    return ModelVersions(models=[model_told(row) for row in rows])


@models.post(
    "/detectors/{version}/promote", status_code=202, summary="See photos by another detector"
)
def promote_detector(
    version: str, asked: PromoteRequest, session: WriteSession, runtime: RuntimeDep
) -> PromotedDetector:
    """A job looks anew at every photo; searches go on, and products change one after another."""
    model, job = promotion.promote_detector(session, runtime.ports.queue, version, asked.wish)
    return PromotedDetector(model=model_told(model), job=Job.model_validate(job))


@collections.get("", summary="List the collections and how far each is")
def list_collections(session: ReadSession) -> SearchCollections:
    """The one that is searched, those that are built or wait, and those that are retired."""
    found = promotion.standings(session)
    return SearchCollections(collections=[collection_told(each) for each in found])


@collections.post("", status_code=202, summary="Build a collection beside the searched one")
def build_collection(
    asked: BuildRequest, session: WriteSession, runtime: RuntimeDep, caller: CallerDep
) -> SearchCollection:
    """A job that fills it, or goes on filling it; searches and writes go on meanwhile."""
    recipe = asked.recipe(runtime.ports.vision.versions.encoder)
    versions = promotion.versions(session, runtime.settings.vision, recipe)
    collection, _ = promotion.begin(session, runtime.ports.queue, versions, caller.user_id)
    session.flush()
    return collection_told(promotion.standing(session, collection))


@collections.get("/{collection_id}", summary="Show how far a collection is")
def show_collection(collection_id: str, session: ReadSession) -> SearchCollection:
    """What makes it, what it lacks, and how it compares with what is searched."""
    return collection_told(promotion.standing(session, known.get(session, collection_id)))


def warmed(collection_id: str, runtime: RuntimeDep) -> None:
    """Have this process hold the collection before it is searched; raises where it cannot."""
    with runtime.sessions.read() as session:
        collection = known.get(session, collection_id)
    _warm(runtime, collection)


def warmed_back(runtime: RuntimeDep) -> None:
    """The same for the collection that was searched before."""
    with runtime.sessions.read() as session:
        earlier = known.standby(session)
    if earlier is not None:
        _warm(runtime, earlier)


def _warm(runtime: RuntimeDep, collection: Collection) -> None:
    if collection.state in (READY, STANDBY):
        search.warm(runtime.search_engine, collection)


# Before the session of the request, which would hold others up for as long as a model is loaded.
@collections.post("/rollback", summary="Search again what was searched before")
def rollback_collection(
    _: Annotated[None, Depends(warmed_back)],
    asked: PromoteRequest,
    session: WriteSession,
    runtime: RuntimeDep,
) -> SearchCollection:
    """At once, and without a loss: it was kept in step."""
    collection = promotion.rollback(session, runtime.ports.queue, asked.wish)
    return collection_told(promotion.standing(session, collection))


@collections.post("/{collection_id}/promote", summary="Search this collection from now on")
def promote_collection(
    _: Annotated[None, Depends(warmed)],
    collection_id: str,
    asked: PromoteRequest,
    session: WriteSession,
    runtime: RuntimeDep,
) -> SearchCollection:
    """In one transaction; what was searched is kept in step for a way back."""
    queue = runtime.ports.queue
    collection = promotion.promote(session, queue, collection_id, asked.wish)
    return collection_told(promotion.standing(session, collection))


@collections.delete("/{collection_id}", status_code=204, summary="Let a collection go")
def retire_collection(collection_id: str, session: WriteSession) -> None:
    """Nothing is written to it any more, a build of it is cancelled, and a purge removes it."""
    promotion.retire(session, collection_id)
