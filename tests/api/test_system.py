from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.people import Headers
from vitrine.api.permissions import NEEDS
from vitrine.core.errors import Unavailable
from vitrine.services import catalog, health
from vitrine.vision.vocabulary import vocabulary
from vitrine.wiring import Runtime


def test_health_names_what_makes_the_vectors(client: TestClient, runtime: Runtime) -> None:
    told = client.get("/v1/health").json()
    assert told["status"] == "ready"
    assert told["version"]
    assert told["models"]["encoder"] == runtime.ports.vision.versions.encoder


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
        assert "application/problem+json" in operation["responses"]["422"]["content"]
        assert bool(operation["security"]) == (NEEDS[name] is not None)
    body = operations["create_product"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    assert "HTTPValidationError" not in json.dumps(document)


def test_every_reference_of_openapi_leads_somewhere(client: TestClient, viewer: Headers) -> None:
    document = client.get("/openapi.json", headers=viewer).json()
    names = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert names <= set(document["components"]["schemas"])
