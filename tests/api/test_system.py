from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.adapters.disk import Disk
from vitrine.adapters.parts import Part, WatchedParts
from vitrine.api.app import create_app
from vitrine.api.permissions import NEEDS
from vitrine.api.routes import system as system_routes
from vitrine.core.clock import now
from vitrine.core.errors import Unavailable
from vitrine.services import catalog, health
from vitrine.services.jobs import workers
from vitrine.services.jobs.workers import Duty
from vitrine.tables.jobs import Job
from vitrine.vision.vocabulary import vocabulary
from vitrine.wiring import Runtime


def test_health_names_what_makes_the_vectors(client: TestClient, runtime: Runtime) -> None:
    told = client.get("/v1/health").json()
    assert told["status"] == "ready"
    assert told["version"]
    assert told["models"]["encoder"] == runtime.ports.vision.versions.encoder


def test_liveness_asks_nothing(client: TestClient, runtime: Runtime) -> None:
    runtime.sessions.engine.dispose()
    answer = client.get("/v1/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def with_part(runtime: Runtime, client: TestClient, name: str, ask: Callable[[], object]) -> None:
    """The same runtime, one of whose parts is asked by `ask`."""
    parts = WatchedParts()
    parts.add(name, Part(name, ask))
    ports = replace(runtime.ports, parts=parts)
    client.app.state.pulse = health.readiness(  # type: ignore[attr-defined]
        runtime.sessions, ports, runtime.settings
    )


@pytest.mark.parametrize("name", ["blobs", "vectors", "vision"])
def test_readiness_names_the_part_that_is_away(
    client: TestClient, runtime: Runtime, name: str
) -> None:
    with_part(runtime, client, name, away)
    answer = client.get("/v1/health")
    assert answer.status_code == 503
    assert answer.json()["code"] == f"{name}_unavailable"
    assert answer.headers["Retry-After"]


def test_readiness_waits_for_no_part_that_hangs_and_asks_it_once(
    client: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        free.wait(60)

    monkeypatch.setattr(system_routes, "READY_PATIENCE", 0.05)
    with_part(runtime, client, "vision", hang)
    for _ in range(5):
        answer = client.get("/v1/health")
        assert (answer.status_code, answer.json()["code"]) == (503, "vision_unavailable")
    free.set()
    assert len(asked) == 1


def test_a_full_disk_is_told_but_the_process_stays_ready(
    client: TestClient, runtime: Runtime, tmp_path: Path
) -> None:
    parts = WatchedParts()
    parts.add("disk", Disk(tmp_path, 10**18))
    ports = replace(runtime.ports, parts=parts)
    client.app.state.pulse = health.readiness(  # type: ignore[attr-defined]
        runtime.sessions, ports, runtime.settings
    )
    told = client.get("/v1/health").json()
    assert (told["status"], list(told["away"])) == ("ready", ["disk"])


def test_jobs_that_nobody_takes_are_told_of(
    client: TestClient, admin: Headers, runtime: Runtime
) -> None:
    with runtime.sessions.write() as session:
        _, job = product_with_photos(session, runtime.ports, "A", photo())
    with runtime.sessions.write() as session:
        session.get_one(Job, job.id).created_at = now() - timedelta(minutes=5)
        workers.beat(session, Duty(2))
    told = system(client, admin)
    queue = next(part for part in told["parts"] if part["name"] == "queue")
    assert not queue["healthy"]
    assert "no worker takes any" in queue["error"]
    assert told["oldest_job_seconds"] >= 300
    assert [(each["slots"], each["jobs"]) for each in told["workers"]] == [(2, 0)]
    assert client.get("/v1/health").json()["oldest_job_seconds"] >= 300
    runtime.wake("")
    told = system(client, admin)
    assert all(part["healthy"] for part in told["parts"])
    assert told["oldest_job_seconds"] is None


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("/v1/uploads", {"image": ("a.jpg", photo(), "image/jpeg")}),
        ("/v1/imports", {"file": ("a.csv", b"sku,title\nA,B\n", "text/csv")}),
    ],
)
def test_nothing_is_taken_in_while_the_disk_is_full(
    runtime: Runtime, editor: Headers, counts: Callable[[], dict[str, int]], path: str, files: Any
) -> None:
    limits = runtime.settings.limits.model_copy(update={"free_bytes": 10**18})
    full = replace(runtime, settings=runtime.settings.model_copy(update={"limits": limits}))
    before = counts()
    del before["audit_events"]  # where refusals are told of
    with TestClient(create_app(full.settings, full), "https://testserver") as client:
        answer = client.post(path, headers=editor, files=files)
        assert answer.status_code == 507, answer.text
        assert answer.json()["code"] == "disk_full"
        assert answer.headers["Retry-After"]
        assert client.get("/v1/products", headers=editor).status_code == 200
    assert before.items() <= counts().items()


def system(client: TestClient, admin: Headers) -> Any:
    answer = client.get("/v1/system", headers=admin)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_system_page_tells_versions_sizes_and_health(
    client: TestClient, admin: Headers, editor: Headers, runtime: Runtime
) -> None:
    with runtime.sessions.write() as session:
        _, job = product_with_photos(session, runtime.ports, "A", photo())
        product_with_photos(session, runtime.ports, "B", photo("blue"))
        gone, _ = product_with_photos(session, runtime.ports, "C", photo("green"))
        catalog.remove(session, runtime.ports, gone)
    runtime.run_job(job.id)
    told = system(client, admin)
    assert told["models"]["encoder"] == runtime.ports.vision.versions.encoder
    assert told["vocabulary"] == vocabulary().version
    assert told["matching"] is True
    assert [each["active"] for each in told["collections"]] == [True]
    assert told["index"] == {"indexed": 1, "expected": 1}
    assert told["stock"] == {"products": 2, "deleted": 1, "images": 3}
    assert {"kind": "index", "status": "queued", "count": 2} in told["jobs"]
    assert told["oldest_queued_at"]
    assert {part["name"]: part["kind"] for part in told["parts"]} == {
        "database": "sqlite",
        "queue": "threads",
        "blobs": "local",
        "vectors": "embedded",
        "vision": "embedded",
    }
    assert all(part["healthy"] and part["error"] is None for part in told["parts"])
    assert client.get("/v1/system", headers=editor).status_code == 403


def away(*_: object) -> None:
    raise Unavailable("away", "It is away.")


def broken(*_: object) -> None:
    raise RuntimeError("secret details")


@pytest.mark.parametrize(
    ("part", "port", "verb", "fails", "empty"),
    [
        ("queue", "queue", "ping", away, ()),
        ("blobs", "blobs", "exists", away, ()),
        ("vectors", "vectors", "count", away, ()),
        ("vision", "vision", "embed_texts", away, ("models", "matching")),
        ("vision", "vision", "embed_texts", broken, ("models", "matching")),
    ],
)
def test_a_part_that_is_down_is_named_and_the_rest_is_told(  # noqa: PLR0917 - one case each
    client: TestClient,
    admin: Headers,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    port: str,
    verb: str,
    fails: Any,
    empty: tuple[str, ...],
) -> None:
    monkeypatch.setattr(getattr(runtime.ports, port), verb, fails)
    told = system(client, admin)
    down = {each["name"]: each["error"] for each in told["parts"] if not each["healthy"]}
    assert list(down) == [part]
    assert down[part] == "It is away." if fails is away else "secret" not in down[part]
    assert [name for name in ("models", "matching", "stock", "jobs") if told[name] is None] == [
        *empty
    ]
    assert told["index"]["indexed"] == (None if part == "vectors" else 0)


def test_a_silent_part_is_not_waited_for(
    client: TestClient, admin: Headers, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    monkeypatch.setattr(runtime.ports.vision, "embed_texts", lambda _: free.wait(20))
    told = system(client, admin)
    free.set()
    errors = {part["name"]: part["error"] for part in told["parts"] if not part["healthy"]}
    assert "No answer within" in errors["vision"]


def test_a_database_that_goes_away_is_named(
    client: TestClient, admin: Headers, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "text", lambda _: away())
    told = system(client, admin)
    assert [part["name"] for part in told["parts"] if not part["healthy"]] == ["database"]
    assert (told["stock"], told["collections"], told["index"]) == (None, None, None)
    assert told["models"]


def test_metrics_are_text_for_prometheus(client: TestClient, admin: Headers) -> None:
    answer = client.get("/metrics", headers=admin)
    assert answer.headers["content-type"].startswith("text/plain")
    assert "vitrine_search_seconds" in answer.text


def test_openapi_describes_every_route_bodies_and_errors(
    client: TestClient, viewer: Headers
) -> None:
    document = client.get("/openapi.json", headers=viewer).json()
    operations = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert set(operations) == set(NEEDS) - {"openapi"}
    assert all(operation["summary"] for operation in operations.values())
    for name, operation in operations.items():
        refusals = [
            document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
            for status, answer in operation["responses"].items()
            if status >= "400"
        ]
        assert refusals, name
        assert all("application/problem+json" in each["content"] for each in refusals)
        assert bool(operation["security"]) == (NEEDS[name] is not None)
    body = operations["create_product"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    assert "HTTPValidationError" not in json.dumps(document)


def test_every_reference_of_openapi_leads_somewhere(client: TestClient, viewer: Headers) -> None:
    document = client.get("/openapi.json", headers=viewer).json()
    names = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert names <= set(document["components"]["schemas"])
