"""Search, at once or as a job, and what was found before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Header, Query, Response
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep
from vitrine.api.forms import SearchForm, SearchFormDep
from vitrine.api.guard import router as guarded
from vitrine.api.idempotency import Idempotency, IdempotencyDep
from vitrine.api.openapi import SEARCH_BODY
from vitrine.api.schemas.items import LookAnswer, look_told
from vitrine.api.schemas.jobs import Job, JobAnswer
from vitrine.api.schemas.search import SearchAnswer, told, written
from vitrine.api.schemas.suggestions import (
    Suggestions,
    SuggestionsQuery,
    named_in,
    suggestions_told,
)
from vitrine.core.errors import Invalid, NotFound, invalid
from vitrine.services import jobs
from vitrine.services import search as searching
from vitrine.services.accounts import Caller
from vitrine.services.catalog import photos
from vitrine.services.catalog.photos import Photo
from vitrine.services.jobs import Order
from vitrine.services.jobs.kinds import Search
from vitrine.services.search import Asker, SearchRequest, context, looks, suggesting
from vitrine.services.search.foreseeing import foresee
from vitrine.services.search.request import changed
from vitrine.vision.geometry import inside
from vitrine.vision.types import Box, Size
from vitrine.wiring import Runtime

router = guarded("/v1", "search")

ASYNC = "respond-async"


@router.post(
    "/search",
    summary="Search by photo, words or both, or browse",
    response_model=SearchAnswer | LookAnswer,
    responses={202: {"model": JobAnswer, "description": "A job will answer."}},
    openapi_extra=SEARCH_BODY,
)
def search(
    form: SearchFormDep,
    caller: CallerDep,
    runtime: RuntimeDep,
    once: IdempotencyDep,
    prefer: Annotated[str, Header(description="respond-async: have a job answer.")] = "",
) -> LookAnswer | Response:
    """The nearest products; with `Prefer: respond-async` a job finds them.

    With neither `item` nor `box` the photo's main item is searched, as /v1/detect tells it, or the
    whole photo; `group_by=item` answers with one list per item. With neither photo nor words the
    answer is all that the filters leave, the newest first.
    """
    query = form.request
    if form.keeps_photo and not _wants_job(prefer):  # a job keeps it anyway
        query = _keeping(runtime, form, caller)
    size = upload_size(runtime, query, caller)
    if query.group_by:
        return _by_item(runtime, query, caller, prefer)
    if _wants_job(prefer):
        return _later(runtime, form, query, size, once)
    with naming_field(query):
        found = searching.search(runtime.search_engine, query, Asker(caller.user_id))
    return Response(written(found), media_type="application/json")


@router.get("/suggestions", summary="Suggest how a text may go on")
def suggest(
    asked: Annotated[SuggestionsQuery, Query()], runtime: RuntimeDep, session: ReadSession
) -> Suggestions:
    """Values and words of the products; nothing that anybody searched."""
    catalogue, counts = context.counted(runtime.search_engine, session)
    named = named_in(asked.language)
    found = suggesting.suggest(catalogue, counts, asked.q, named, asked.limit)
    return suggestions_told(found, asked.language)


@router.get("/queries/{query_id}", summary="Show a search again")
def show_query(
    query_id: str, caller: CallerDep, runtime: RuntimeDep, session: ReadSession
) -> SearchAnswer | LookAnswer:
    """What a search found, without the products deleted since; only for who asked, and admins."""
    runtime.search_engine.settle()
    found = searching.load(session, query_id, caller.sees_only)
    return look_told(looks.regroup(found)) if looks.is_look(found.result) else told(found)


def _by_item(runtime: Runtime, query: SearchRequest, caller: Caller, prefer: str) -> LookAnswer:
    if _wants_job(prefer):
        raise invalid("group_by", "is answered at once only, without Prefer: respond-async")
    with naming_field(query):
        found = looks.by_item(runtime.search_engine, query, Asker(caller.user_id))
    return look_told(found)


def upload_size(runtime: Runtime, query: SearchRequest, caller: Caller) -> Size | None:
    """The size of the upload searched with; raises Invalid for one the caller cannot see."""
    if query.upload_id is None:
        return None
    try:
        with runtime.sessions.read() as session:
            image = photos.visible_image(session, query.upload_id, caller.sees_only)
    except NotFound:
        raise invalid(
            "upload_id", "is unknown; send the photo again", code="upload_unknown"
        ) from None
    return Size(image.width, image.height)


def _keeping(runtime: Runtime, form: SearchForm, caller: Caller) -> SearchRequest:
    """The query with its photo kept as an upload, while models begin to look at it."""
    if form.image is None:
        return form.request
    runtime.require_room()
    foresee(runtime.search_engine, form.image[1])
    photo = photos.admit_one("image", *form.image, runtime.settings.limits)
    with runtime.sessions.write() as session:
        return _keep_photo(session, runtime, form.request, photo, caller.user_id)


def _wants_job(prefer: str) -> bool:
    return ASYNC in {wish.strip().lower() for wish in prefer.replace(";", ",").split(",")}


def _later(
    runtime: Runtime, form: SearchForm, query: SearchRequest, size: Size | None, once: Idempotency
) -> JSONResponse:
    photo = photos.admit_one("image", *form.image, runtime.settings.limits) if form.image else None
    _check_box(query.box, Size(photo.width, photo.height) if photo else size)

    def effect(session: Session) -> tuple[int, JobAnswer]:
        kept = _keep_photo(session, runtime, query, photo, once.user_id)
        order = Order(Search(query=kept.as_payload()), None, once.user_id, once.key)
        job = jobs.submit(session, runtime.ports.queue, order)
        session.flush()
        return 202, JobAnswer(job=Job.model_validate(job))

    response = once.answer(form.digest, effect)
    response.headers["Preference-Applied"] = ASYNC
    return response


def _keep_photo(
    session: Session, runtime: Runtime, query: SearchRequest, photo: Photo | None, user_id: str
) -> SearchRequest:
    """The query with its photo kept as an upload, so that it carries its id."""
    if photo is None:
        return query
    image = photos.store_image(session, runtime.ports.blobs, photo, user_id)
    return changed(query, photo=None, upload_id=image.id)


def _check_box(box: Box | None, size: Size | None) -> None:
    # At once, because the job that would find out answers nobody.
    if box and size and not inside(box, size):
        raise invalid("box", f"lies outside the photo of {size.width} x {size.height} pixels")


@contextmanager
def naming_field(query: SearchRequest) -> Iterator[None]:
    """Name the field of an error of vision.

    Vision knows no field names; a client wants to know which field was wrong."""
    try:
        yield
    except Invalid as error:
        if error.fields or not query.has_photo:
            raise
        field = "box" if error.code == "box_outside" else "image"
        message = f"{field}: {error.message}"
        raise type(error)(error.code, message, fields={field: error.message}) from error
