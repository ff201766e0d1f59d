"""A live list of jobs, and what it tells of a failed one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import vitrine
from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.api import streams
from vitrine.api.routes import job_list
from vitrine.api.schemas.jobs import Job
from vitrine.api.streams import Look
from vitrine.core.errors import Invalid
from vitrine.services import jobs
from vitrine.services.jobs import Order, hints, kinds
from vitrine.wiring import Runtime

Told = list[tuple[str, Any]]


def follow(client: TestClient, headers: Headers, **params: str) -> Told:
    answer = client.get("/v1/jobs/events", params=params, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = re.findall(r"^id: \d+\nevent: (\w+)\ndata: (.*)$", answer.text, re.MULTILINE)
    return [(name, json.loads(data)) for name, data in found]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[int, Any]:
    """What to do before the n-th look; the stream ends after the sixth."""
    planned: dict[int, Any] = {}
    look, all_looks, looks = job_list._look, job_list._looks, count(1)

    def looking(runtime: Runtime, *args: Any) -> list[Job]:
        number = next(looks)
        if number in planned:
            planned[number]()
        return look(runtime, *args)

    def six(*given: Any) -> Iterator[Look]:
        for number, each in enumerate(all_looks(*given), 1):
            yield each._replace(last=number == 6)

    monkeypatch.setattr(job_list, "_look", looking)
    monkeypatch.setattr(job_list, "_looks", six)
    monkeypatch.setattr(job_list, "LOOK_EVERY", 0.001)
    return planned


def test_the_latest_jobs_are_told_and_then_each_that_is_new_or_changed(
    client: TestClient, viewer: Headers, runtime: Runtime, steps: dict[int, Any]
) -> None:
    made: list[str] = []

    def add() -> None:
        with runtime.sessions.write() as session:
            product = product_with_photos(session, runtime.ports, f"A{len(made)}", photo())
            made.append(product[1].id)

    add()
    add()
    steps[3] = lambda: runtime.run_job(made[0])
    steps[5] = add
    (first, snapshot), *rest = follow(client, viewer)
    assert first == "snapshot"
    assert [job["id"] for job in snapshot["jobs"]] == made[1::-1]
    assert [(name, job["id"], job["status"]) for name, job in rest] == [
        ("job", made[0], "succeeded"),
        ("job", made[2], "queued"),
    ]


def test_a_job_that_leaves_the_filter_is_told_once_more(
    client: TestClient, viewer: Headers, runtime: Runtime, steps: dict[int, Any]
) -> None:
    with runtime.sessions.write() as session:
        product, job = product_with_photos(session, runtime.ports, "A", photo())
        product_with_photos(session, runtime.ports, "B", photo())
        jobs.submit(session, runtime.ports.queue, Order(kinds.Publish(), product.id))
    steps[2] = lambda: runtime.run_job(job.id)
    wanted = {"status": "queued", "kind": "index", "product_id": product.id}
    (_, snapshot), *rest = follow(client, viewer, **wanted)
    assert [each["id"] for each in snapshot["jobs"]] == [job.id]
    assert [(each["id"], each["status"]) for _, each in rest] == [(job.id, "succeeded")]
    listed = client.get("/v1/jobs", params={"product_id": product.id}, headers=viewer).json()
    assert {each["kind"] for each in listed["jobs"]} == {"index", "publish"}


def test_a_quiet_stream_beats(
    client: TestClient,
    viewer: Headers,
    steps: dict[int, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_EVERY", 0.0)
    answer = client.get("/v1/jobs/events", headers=viewer)
    assert answer.text.count(": still here\n\n") == 5


def test_a_failed_job_says_what_to_do(
    client: TestClient, viewer: Headers, runtime: Runtime
) -> None:
    with runtime.sessions.write() as session:
        _, job = product_with_photos(session, runtime.ports, "A", photo())
    for code, told in (
        ("image_broken", hints.HINTS["image_broken"]),
        ("something_new", hints.AGAIN),
    ):
        with runtime.sessions.write() as session:
            held = jobs.claim(session, job.id, 30)
            assert held is not None
            error = Invalid(code, "It is broken.")
            jobs.fail(session, runtime.ports.queue, held, error, runtime.settings.queue)
        shown = client.get(f"/v1/jobs/{job.id}", headers=viewer).json()
        assert (shown["status"], shown["error_hint"]) == ("failed", told)
        with runtime.sessions.write() as session:
            jobs.retry(session, runtime.ports.queue, job.id)
    assert client.get(f"/v1/jobs/{job.id}", headers=viewer).json()["error_hint"] is None


def test_every_hint_is_about_an_error_that_exists() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(vitrine.__file__).parent.rglob("*.py")
        if path.name != "hints.py"
    )
    assert [code for code in hints.HINTS if f'"{code}"' not in source] == []
