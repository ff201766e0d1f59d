from __future__ import annotations

import json

from fastapi.testclient import TestClient

from tests.api.conftest import Headers
from vitrine.api.permissions import NEEDS
from vitrine.wiring import Runtime


def test_health_names_what_makes_the_vectors(client: TestClient, runtime: Runtime) -> None:
    told = client.get("/v1/health").json()
    assert told["status"] == "ready"
    assert told["version"]
    assert told["models"]["encoder"] == runtime.ports.vision.versions.encoder


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
