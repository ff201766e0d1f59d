"""Whole catalogues in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from vitrine.api.audited import tell
from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep
from vitrine.api.forms import ImportFormDep
from vitrine.api.guard import router as guarded
from vitrine.api.idempotency import IdempotencyDep
from vitrine.api.openapi import IMPORT_BODY
from vitrine.api.schemas.imports import Import, import_told
from vitrine.api.schemas.jobs import Job, JobAnswer
from vitrine.services.catalog import preferences
from vitrine.services.imports import job as importing

router = guarded("/v1/imports", "imports")
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "line, external_id, field, reason"}
}


@router.post(
    "",
    summary="Import a catalogue",
    status_code=202,
    response_model=JobAnswer,
    openapi_extra=IMPORT_BODY,
)
def start_import(
    form: ImportFormDep,
    caller: CallerDep,
    runtime: RuntimeDep,
    once: IdempotencyDep,
    request: Request,
) -> JSONResponse:
    """A form with the catalogue in `file`; pictures are addresses, or in a zip in `images`."""
    settings = runtime.settings
    asked = replace(form.asked, limits=settings.limits)
    importing.admit(form.upload, asked)
    tell(request, name=form.upload.name, dry_run=asked.dry_run)

    def effect(session: Session) -> tuple[int, JobAnswer]:
        how = replace(asked, shop=preferences.of_shop(session, settings.shop))
        job = importing.submit(session, runtime.ports, form.upload, how, caller.user_id, once.key)
        session.flush()
        return 202, JobAnswer(job=Job.model_validate(job))

    return once.answer(form.digest, effect)


@router.get("/{job_id}", summary="Show what an import did")
def show_import(job_id: str, session: ReadSession) -> Import:
    """Format, columns, first rows, counts and errors; 409 while the job has not ended well."""
    return import_told(importing.result(session, job_id))


@router.get(
    "/{job_id}/errors",
    summary="Show an import's errors",
    response_class=Response,
    responses=CSV,
)
def show_import_errors(job_id: str, runtime: RuntimeDep, session: ReadSession) -> Response:
    """Every refused row as CSV: line, external_id, field, reason."""
    told = importing.errors(session, runtime.ports.blobs, job_id)
    headers = {"Content-Disposition": f'attachment; filename="import-errors-{job_id}.csv"'}
    return Response(told, headers=headers, media_type="text/csv; charset=utf-8")
