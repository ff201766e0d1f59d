"""Training runs: proposed by Vitrine, started, watched and cancelled by admins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.common import Id
from vitrine.api.schemas.training import (
    OverrideRequest,
    TrainingRequest,
    TrainingRun,
    TrainingRunPage,
    run_told,
)
from vitrine.services import training
from vitrine.services.training import Asked

router = guarded("/v1/training/runs", "training")

HTML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {}}, "description": "The page that tells how the run went."}
}

ALONE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""The page may show itself, and nothing else: it holds words and photos that others wrote."""


@router.get("", summary="List training runs")
def list_training_runs(
    session: ReadSession,
    cursor: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TrainingRunPage:
    """Runs and proposals, newest first, a page at a time."""
    found, following = training.listed(session, cursor, limit)
    return TrainingRunPage(runs=[run_told(run) for run in found], next_cursor=following)


@router.post("", status_code=202, summary="Start a training run")
def start_training(
    asked: TrainingRequest, session: WriteSession, runtime: RuntimeDep, caller: CallerDep
) -> TrainingRun:
    """A run and its job; a proposal of the same kind becomes it. 409 while another one goes on."""
    wanted = Asked(**asked.model_dump())
    return run_told(training.start(session, runtime.ports.queue, wanted, caller.user_id))


@router.get("/{run_id}", summary="Show a training run")
def show_training_run(run_id: str, session: ReadSession) -> TrainingRun:
    """How far it is, what it says, and what the gate said of what it made."""
    return run_told(training.get(session, run_id))


@router.post("/{run_id}/cancel", summary="Cancel a training run, or dismiss a proposal")
def cancel_training(run_id: str, session: WriteSession) -> TrainingRun:
    """Its process is killed within seconds; 409 if it has ended."""
    return run_told(training.cancel(session, run_id))


@router.post("/{run_id}/override", summary="Overrule the gate")
def override_gate(
    run_id: str, asked: OverrideRequest, session: WriteSession, caller: CallerDep
) -> TrainingRun:
    """Let a refused model be promoted; the reason is told in the audit log."""
    return run_told(training.override(session, run_id, asked.reason, caller.email))


@router.get(
    "/{run_id}/report",
    summary="Show the report of a training run",
    response_class=Response,
    responses=HTML,
)
def show_training_report(run_id: str, session: ReadSession, runtime: RuntimeDep) -> Response:
    """Curves, and examples that became better and worse, as a page without scripts."""
    told = training.report(session, runtime.ports.blobs, run_id)
    named = {"Content-Disposition": f'inline; filename="training-{run_id}.html"'}
    return Response(told, headers=ALONE | named, media_type="text/html; charset=utf-8")
