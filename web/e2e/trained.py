"""Writes what trainings leave behind, without training: a proposal, and a run whose model the gate
refused, with its report. Into the data folder of VITRINE_DATA_DIR."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from vitrine.adapters.opening import blobs_of
from vitrine.core.clock import now
from vitrine.core.settings import Settings
from vitrine.tables.jobs import Job
from vitrine.tables.models import ModelVersion
from vitrine.tables.training import TrainingRun
from vitrine.wiring import stored

VERSION = "vitrine-mini-0.5.0-t0000e2e"
REPORT = "reports/e2e.html"
SAYS = "label_f1: 0.612 before, 0.618 now; +0.006 (-0.011 to +0.023) over 480: no sure difference."


def main() -> None:
    """Write all of it."""
    settings = Settings()
    blobs_of(settings).put(REPORT, b"<!doctype html><h1>How it went</h1>", "text/html")
    ended = now() - timedelta(hours=3)
    with stored(settings) as sessions, sessions.write() as session:
        job = Job(kind="train", status="succeeded", done=800, total=800, attempts=1)
        job.started_at, job.finished_at = ended - timedelta(minutes=14), ended
        model = ModelVersion(role="encoder", version=VERSION, status="refused", gate=_gate())
        model.card = {"licence": "Apache-2.0", "description": "Tuned on clip-1a2b3c4d."}
        run = TrainingRun(kind="encoder", job=job, model=model, snapshot="clip-1a2b3c4d")
        run.started_at, run.report_key = job.started_at, REPORT
        run.figures, run.log = {"loss": 0.214}, "step 780: no better look for six\nkept one quarter"
        session.add_all([run, TrainingRun(kind="detector", verified=212)])
        session.flush()
        job.payload, model.run_id = {"run_id": run.id}, run.id


def _gate() -> dict[str, Any]:
    return {
        "passed": False,
        "says": f"Refused: the main figure is not surely better. {SAYS}",
        "products": 480,
        "snapshot": "clip-1a2b3c4d",
        "against": "vitrine-mini-0.5.0",
        "recall_at": 10,
        "at": now().isoformat(),
        "figures": [
            _figure("label_f1", "main", (0.612, 0.618, -0.011, 0.023), "same"),
            _figure("design_recall", "guarded", (0.434, 0.391, -0.068, -0.019), "fallen", 0.02),
            _figure("photo_recall", "guarded", (0.925, 0.974, 0.038, 0.062), "better", 0.02),
            _figure("levels", "guarded", (0.91, 0.89, -0.034, -0.006), "worse", 0.05),
        ],
    }


def _figure(
    name: str,
    role: str,
    told: tuple[float, float, float, float],
    verdict: str,
    bar: float | None = None,
) -> dict[str, Any]:
    active, candidate, low, high = told
    return {
        "name": name,
        "role": role,
        "n": 480,
        "active": active,
        "candidate": candidate,
        "difference": round(candidate - active, 4),
        "low": low,
        "high": high,
        "bar": bar,
        "verdict": verdict,
        "says": "",
    }


if __name__ == "__main__":
    main()
