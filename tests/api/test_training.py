"""Training runs over HTTP: for admins alone, told in the audit log, their report kept apart."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from tests.worlds.people import Headers
from vitrine.core.clock import now
from vitrine.tables.jobs import RUNNING, Job
from vitrine.tables.models import CANDIDATE, REFUSED, ModelVersion
from vitrine.tables.training import TrainingRun
from vitrine.wiring import Runtime

RUNS = "/v1/training/runs"
FIGURE = {
    **{"name": "label_f1", "role": "main", "n": 40, "active": 0.6, "candidate": 0.5},
    **{"difference": -0.1, "low": -0.2, "high": -0.05, "bar": None, "verdict": "worse"},
    "says": "label_f1: 0.600 before, 0.500 now.",
}
GATE = {
    **{"passed": False, "says": "Refused.", "products": 40, "figures": [FIGURE]},
    **{"snapshot": "clip-1", "against": "tiny-1", "recall_at": 10},
    "at": "2026-11-30T08:00:00+00:00",
}


def started(client: TestClient, admin: Headers, **asked: object) -> str:
    answer = client.post(RUNS, json={"kind": "encoder", **asked}, headers=admin)
    assert answer.status_code == 202, answer.text
    run_id: str = answer.json()["id"]
    return run_id


def test_an_admin_starts_a_run_watches_it_and_cancels_it(
    client: TestClient, runtime: Runtime, admin: Headers
) -> None:
    run_id = started(client, admin, steps=50, minutes=5, seed=3)
    with runtime.sessions.write() as session:
        session.execute(update(Job).values(status=RUNNING, started_at=now(), done=10, total=50))
        run = session.get_one(TrainingRun, run_id)
        run.figures, run.log = {"loss": 0.5}, "step 10"
    told = client.get(f"{RUNS}/{run_id}", headers=admin).json()
    assert (told["state"], told["figures"], told["log"]) == ("running", {"loss": 0.5}, "step 10")
    assert told["settings"] == {"seed": 3, "steps": 50, "minutes": 5}
    assert told["job"]["progress"] == pytest.approx(0.2)
    assert told["seconds_left"] >= 0
    cancelled = client.post(f"{RUNS}/{run_id}/cancel", headers=admin).json()
    assert cancelled["job"]["cancel_asked_at"] is not None
    acts = client.get("/v1/audit", headers=admin).json()["events"]
    assert [act["action"] for act in acts][:2] == ["training.cancel", "training.start"]
    assert acts[1]["details"] == {"kind": "encoder"}


def test_runs_are_listed_a_page_at_a_time(client: TestClient, admin: Headers) -> None:
    first, second = started(client, admin), started(client, admin, kind="detector")
    page = client.get(RUNS, params={"limit": 1}, headers=admin).json()
    assert [run["id"] for run in page["runs"]] == [second]
    rest = client.get(RUNS, params={"cursor": page["next_cursor"]}, headers=admin).json()
    assert [run["id"] for run in rest["runs"]] == [first]


def test_only_admins_have_to_do_with_runs(
    client: TestClient, editor: Headers, admin: Headers
) -> None:
    run_id = started(client, admin)
    for method, road in (
        ("GET", ""), ("POST", ""), ("GET", f"/{run_id}"), ("POST", f"/{run_id}/cancel"),
        ("POST", f"/{run_id}/override"), ("GET", f"/{run_id}/report"),
    ):  # fmt: skip
        sent = {"kind": "adapt", "reason": "I may"} if method == "POST" else None
        assert client.request(method, RUNS + road, json=sent, headers=editor).status_code == 403


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"kind": "encoder"}, 409, "training_running"),
        ({"kind": "teapot"}, 422, "invalid_request"),
        ({"kind": "detector", "steps": 0}, 422, "invalid_request"),
        ({"kind": "detector", "minutes": -1}, 422, "invalid_request"),
        (
            {"kind": "detector", "snapshot_id": "00000000-0000-7000-8000-000000000000"},
            404,
            "snapshot_unknown",
        ),
    ],
)
def test_what_cannot_be_started_is_refused(
    client: TestClient, admin: Headers, asked: dict[str, object], status: int, code: str
) -> None:
    started(client, admin)
    answer = client.post(RUNS, json=asked, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def ended(runtime: Runtime, run_id: str) -> None:
    """The run made a model that the gate refused, and a report."""
    with runtime.sessions.write() as session:
        model = ModelVersion(role="encoder", version="tiny-2", status=REFUSED, gate=GATE)
        run = session.get_one(TrainingRun, run_id)
        run.model, run.report_key = model, f"reports/{run_id}.html"
        runtime.ports.blobs.put(run.report_key, b"<script>alert(1)</script>", "text/html")


def test_overruling_the_gate_needs_a_reason_that_the_audit_log_keeps(
    client: TestClient, runtime: Runtime, admin: Headers
) -> None:
    run_id = started(client, admin)
    ended(runtime, run_id)
    road = f"{RUNS}/{run_id}/override"
    assert client.post(road, json={"reason": ""}, headers=admin).status_code == 422
    assert client.post(road, json={"reason": "   "}, headers=admin).status_code == 422
    told = client.post(road, json={"reason": "A new season."}, headers=admin).json()["model"]
    assert told["status"] == CANDIDATE
    assert told["gate"]["passed"] is False
    assert told["gate"]["figures"][0]["verdict"] == "worse"
    assert told["gate"]["override"]["reason"] == "A new season."
    act = client.get("/v1/audit", headers=admin).json()["events"][0]
    assert (act["action"], act["details"]) == ("training.override", {"reason": "A new season."})
    again = client.post(road, json={"reason": "Again."}, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "not_refused")


def test_a_report_is_shown_in_a_sandbox(
    client: TestClient, runtime: Runtime, admin: Headers
) -> None:
    run_id = started(client, admin)
    road = f"{RUNS}/{run_id}/report"
    assert client.get(road, headers=admin).status_code == 409
    ended(runtime, run_id)
    answer = client.get(road, headers=admin)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"{RUNS}/{run_id}", headers=admin).json()["has_report"] is True
    assert client.get(f"{RUNS}/nowhere/report", headers=admin).status_code == 404
