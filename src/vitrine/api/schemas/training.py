"""Training runs and what the gate says of what they made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from vitrine.api.schemas.common import AnswerModel, Id, RequestModel
from vitrine.api.schemas.jobs import Job, Status
from vitrine.core.clock import now
from vitrine.tables.models import ModelVersion
from vitrine.tables.training import TrainingRun as StoredRun

Kind = Literal["encoder", "detector", "adapt"]
ModelStatus = Literal["installed", "candidate", "refused", "promoted", "retired"]


class TrainingRequest(RequestModel):
    """A run: of an encoder or a detector by what people verified, or `adapt`, without people.

    Without a snapshot it learns from what is verified when it begins. `steps` and `minutes` are
    limits; it ends sooner where held-out figures turn.
    """

    kind: Kind
    snapshot_id: Id | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    steps: Annotated[int, Field(ge=1, le=100_000)] = 800
    minutes: Annotated[float, Field(gt=0, le=10_000)] | None = None


class OverrideRequest(RequestModel):
    """Why a model that the gate refused is promoted all the same."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class GateFigure(AnswerModel):
    """One figure of both models on the held-out split, with the 95 % interval of the difference."""

    name: str
    role: Literal["main", "guarded", "told"]
    n: int = Field(description="Over how many queries, labels or boxes.")
    active: float | None
    candidate: float | None
    difference: float | None
    low: float | None
    high: float | None
    bar: float | None = Field(description="What a guarded figure may lose.")
    verdict: Literal["better", "same", "worse", "fallen", "unknown"]
    says: str


class GateOverride(AnswerModel):
    """Who promoted a refused model all the same, and why."""

    by: str
    reason: str
    at: datetime


class Gate(AnswerModel):
    """Whether a candidate is better than the active model, and by which figures."""

    passed: bool
    says: str
    products: int
    figures: list[GateFigure]
    snapshot: str
    against: str
    recall_at: int
    at: datetime
    override: GateOverride | None = None


class TrainedModel(AnswerModel):
    """What a run made; the gate is None until it has judged."""

    id: str
    role: Literal["encoder", "detector"]
    version: str
    status: ModelStatus
    card: dict[str, Any]
    gate: Gate | None


class TrainingRun(AnswerModel):
    """One run, from the proposal to what it made."""

    id: str
    kind: Kind
    state: Literal["proposed", "dismissed"] | Status
    created_at: datetime
    verified: int = Field(description="Newly verified products when it was proposed.")
    snapshot: str = Field(description="The data it learned from; empty until it begins.")
    settings: dict[str, Any]
    started_by: str | None
    started_at: datetime | None
    job: Job | None
    seconds_left: float | None = Field(description="Of the step that goes on; None if unknown.")
    figures: dict[str, Any] = Field(description="The latest it told.")
    log: str = Field(description="Its last lines.")
    has_report: bool
    model: TrainedModel | None


class TrainingRunPage(AnswerModel):
    """Some runs, newest first, and the cursor of the next page."""

    runs: list[TrainingRun]
    next_cursor: str | None


def run_told(run: StoredRun) -> TrainingRun:
    """A stored run in the API's words."""
    names = ("id", "kind", "state", "created_at", "verified", "snapshot", "settings")
    same = {name: getattr(run, name) for name in (*names, "started_by", "started_at")}
    job = None if run.job is None else Job.model_validate(run.job)
    return TrainingRun(
        **same,
        job=job,
        seconds_left=_seconds_left(job),
        figures=run.figures,
        log=run.log,
        has_report=run.report_key is not None,
        model=run.model and _model_told(run.model),
    )


def _model_told(model: ModelVersion) -> TrainedModel:
    named = {name: getattr(model, name) for name in ("id", "role", "version", "status", "card")}
    return TrainedModel(**named, gate=Gate(**model.gate) if model.gate else None)


def _seconds_left(job: Job | None) -> float | None:
    if job is None or job.status != "running" or job.started_at is None or not job.done:
        return None
    spent = (now() - job.started_at).total_seconds()
    return round(spent / job.done * (job.total - job.done), 1)
