"""The job of a run: data, base, training, store, gate; each step goes on where it was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, Unavailable
from vitrine.ports import Heard, Lesson, Trainer
from vitrine.services import models, snapshots
from vitrine.services.jobs.kinds import Train
from vitrine.services.jobs.work import Work
from vitrine.services.models import store
from vitrine.services.snapshots import Dataset
from vitrine.services.training import judging, runs
from vitrine.services.training.gate import Outcome
from vitrine.services.training.judging import Rivals
from vitrine.services.training.pace import paced
from vitrine.tables.jobs import ENDED
from vitrine.tables.models import CANDIDATE, REFUSED, ModelVersion
from vitrine.tables.snapshots import DataSnapshot
from vitrine.tables.training import ADAPT, DETECTOR, TrainingRun
from vitrine.vision import items

MODEL, REPORT = "model", "report.html"

TOLD_EVERY = 5.0
"""Seconds between two writes of a run's figures and its log."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run as its job began with it, and where it lies on this machine."""

    run_id: str
    kind: str
    role: str
    snapshot_id: str | None
    settings: dict[str, Any]
    room: Path


def run(work: Work) -> None:
    """Train, store what was made as a candidate with its report, and have the gate judge it.

    Raises what the trainer raises, and Conflict where nothing is verified or no model is active.
    """
    trainer = work.ports.trainer
    if trainer is None:
        raise Unavailable("training_unavailable", "This process trains nothing; a worker does.")
    plan = _plan(work, trainer)
    dataset = _dataset(work, plan)
    made = plan.room / MODEL
    if not made.exists():
        _train(work, plan, dataset, trainer, made)
    model_id = _store(work, plan, made)
    rivals = Rivals(plan.kind, made, _active(work, plan, trainer), dataset)
    outcome, told = judging.judge(work, trainer, rivals)
    with work.write() as session:
        _decide(session, model_id, outcome, told)
        work.finish(session)
    trainer.forget(plan.run_id)


def _plan(work: Work, trainer: Trainer) -> Plan:
    """The run; folders of earlier ones of its kind, which nobody goes on with, are removed."""
    with work.sessions.read() as session:
        found = runs.get(session, work.asked(Train).run_id)
        others = select(TrainingRun).where(
            TrainingRun.kind == found.kind, TrainingRun.id != found.id
        )
        for other in session.scalars(others):
            if other.job is not None and other.job.status in ENDED:
                trainer.forget(other.id)
        return Plan(
            found.id,
            found.kind,
            found.role,
            found.snapshot_id,
            found.settings,
            trainer.room(found.id),
        )


def _dataset(work: Work, plan: Plan) -> Dataset:
    """The data to learn from, proven: as asked, as an earlier attempt wrote it, or written now."""
    folder = plan.room / "snapshot"
    if plan.snapshot_id is not None:
        with work.sessions.read() as session:
            row = session.get_one(DataSnapshot, plan.snapshot_id)
            dataset = snapshots.open(Path(row.folder), row.sha256)
    elif folder.exists():
        dataset = snapshots.open(folder)
    elif plan.kind == ADAPT:
        blobs = work.ports.blobs
        dataset = snapshots.catalogue(work.sessions, blobs, folder, tell=paced(work))
    else:
        order = snapshots.Order(runs.FORMATS.get(plan.kind, "clip"))
        dataset = snapshots.write(work.sessions, work.ports.blobs, folder, order, paced(work))
    with work.write() as session:
        runs.get(session, plan.run_id).snapshot = dataset.card["name"]
    return dataset


def _train(work: Work, plan: Plan, dataset: Dataset, trainer: Trainer, made: Path) -> None:
    lesson = Lesson(
        kind=plan.kind,
        snapshot=dataset.folder,
        base=_active(work, plan, trainer),
        out=made,
        work=plan.room / "work",
        **plan.settings,
    )
    trainer.train(lesson, _hearing(work, plan.run_id))


def _hearing(work: Work, run_id: str) -> Callable[[Heard], None]:
    """Writes down what is heard; raises Stopped once the job is cancelled or was given back."""
    told = 0.0

    def hear(heard: Heard) -> None:
        nonlocal told
        work.report(heard.done, heard.total)
        if time.monotonic() - told >= TOLD_EVERY or heard.done == heard.total:
            told = time.monotonic()
            with work.write() as session:
                found = runs.get(session, run_id)
                # What a run said before it was stopped stays until it says more.
                found.figures = dict(heard.figures) or found.figures
                found.log = "\n".join(heard.log)

    return hear


def _active(work: Work, plan: Plan, trainer: Trainer) -> Path:
    """The folder of the model of that role which is in use: installed here, else of the store."""
    with work.sessions.read() as session:
        version = _version(session, work, plan.role)
        found = trainer.installed(plan.role, version)
        if found is not None:
            return found
        row = session.scalar(
            select(ModelVersion).where(
                ModelVersion.role == plan.role, ModelVersion.version == version
            )
        )
        if row is None:
            raise Conflict("training_base", f"There is no {plan.role} in use to go on from.")
        return store.fetch(work.ports.blobs, row, plan.room / "base")


def _version(session: Session, work: Work, role: str) -> str:
    collection = models.active(session)
    if role == DETECTOR:
        used = collection.detector if collection else ""
        return (used or work.ports.vision.versions.detector).removesuffix(f"-{items.RULE}")
    return collection.model_version if collection else work.ports.vision.versions.encoder


def _store(work: Work, plan: Plan, made: Path) -> str:
    """Keep the model and its report; the id of its ModelVersion."""
    key = f"reports/{plan.run_id}.html"
    with work.write() as session:
        row = store.add(session, work.ports.blobs, made, run_id=plan.run_id)
        found = runs.get(session, plan.run_id)
        if (made / REPORT).is_file():
            work.ports.blobs.put(key, (made / REPORT).read_bytes(), "text/html")
            found.report_key = key
        found.model = row
        session.flush()
        return row.id


def _decide(session: Session, model_id: str, outcome: Outcome, told: dict[str, Any]) -> None:
    model = session.get_one(ModelVersion, model_id)
    model.gate = outcome.as_json() | told | {"at": now().isoformat()}
    model.status = CANDIDATE if outcome.passed else REFUSED
