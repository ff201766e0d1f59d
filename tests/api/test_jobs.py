from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.api import streams
from vitrine.api.routes import jobs as job_routes
from vitrine.api.schemas.jobs import Job
from vitrine.api.streams import Streams
from vitrine.services import jobs
from vitrine.services.jobs import Order, kinds
from vitrine.wiring import Runtime


@pytest.fixture
def job_id(runtime: Runtime) -> str:
    with runtime.sessions.write() as session:
        _, job = product_with_photos(session, runtime.ports, "A-1", photo())
    return job.id


def test_jobs_come_in_pages_and_by_filter(
    client: TestClient, viewer: Headers, editor: Headers, runtime: Runtime, job_id: str
) -> None:
    with runtime.sessions.write() as session:
        others = [
            jobs.submit(session, runtime.ports.queue, Order(kinds.Reindex())).id for _ in range(2)
        ]
    client.post(f"/v1/jobs/{others[0]}/cancel", headers=editor)
    first = client.get("/v1/jobs?limit=2", headers=viewer).json()
    rest = client.get(f"/v1/jobs?limit=2&cursor={first['next_cursor']}", headers=viewer).json()
    found = [job["id"] for job in first["jobs"] + rest["jobs"]]
    assert (found, rest["next_cursor"]) == ([others[1], others[0], job_id], None)
    queued = client.get("/v1/jobs?status=queued&kind=reindex", headers=viewer).json()["jobs"]
    assert [job["id"] for job in queued] == [others[1]]
    assert client.get("/v1/jobs?status=lost", headers=viewer).status_code == 422


def test_a_job_is_cancelled_and_retried_once_each(
    client: TestClient, editor: Headers, job_id: str
) -> None:
    path = f"/v1/jobs/{job_id}"
    assert client.get(f"{path}/result", headers=editor).json()["code"] == "no_result"
    assert client.post(f"{path}/retry", headers=editor).json()["code"] == "job_not_failed"
    assert client.post(f"{path}/cancel", headers=editor).json()["status"] == "cancelled"
    assert client.post(f"{path}/cancel", headers=editor).json()["code"] == "job_ended"
    again = client.post(f"{path}/retry", headers=editor).json()
    assert (again["status"], again["cancel_asked_at"]) == ("queued", None)
    assert client.post("/v1/jobs/unknown/cancel", headers=editor).status_code == 404


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


def test_an_ended_job_is_told_once(
    client: TestClient, viewer: Headers, runtime: Runtime, job_id: str
) -> None:
    runtime.run_job(job_id)
    headers = viewer | {"Last-Event-ID": "7"}
    answer = client.get(f"/v1/jobs/{job_id}/events", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    (told,) = events(answer.text)
    assert told["status"] == "succeeded"
    assert answer.text.startswith("id: 1\nevent: job\ndata: {")


def test_a_job_is_followed_to_its_end(
    client: TestClient,
    viewer: Headers,
    runtime: Runtime,
    job_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job_routes, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(streams, "HEARTBEAT_EVERY", 0.05)
    look, looks = job_routes._look, count(1)

    def run_it_at_the_tenth_look(runtime: Runtime, job_id: str) -> Job:
        if next(looks) == 10:
            runtime.run_job(job_id)
        return look(runtime, job_id)

    monkeypatch.setattr(job_routes, "_look", run_it_at_the_tenth_look)
    answer = client.get(f"/v1/jobs/{job_id}/events", headers=viewer)
    states = [told["status"] for told in events(answer.text)]
    assert (states[0], states[-1]) == ("queued", "succeeded")
    assert "\n: still here\n\n" in answer.text


def test_a_stream_does_not_last_for_ever(
    client: TestClient, viewer: Headers, job_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_routes, "LOOK_EVERY", 0.01)
    client.app.state.streams = Streams(longest=0.05)  # type: ignore[attr-defined]
    answer = client.get(f"/v1/jobs/{job_id}/events", headers=viewer)
    assert [told["status"] for told in events(answer.text)] == ["queued"]


def test_an_unknown_job_has_no_stream(client: TestClient, viewer: Headers) -> None:
    answer = client.get("/v1/jobs/unknown/events", headers=viewer)
    assert (answer.status_code, answer.json()["code"]) == (404, "job_unknown")
