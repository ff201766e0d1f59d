from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from tests.worlds.people import Headers
from vitrine.api.app import create_app
from vitrine.core.errors import Unavailable
from vitrine.services import accounts, catalog
from vitrine.wiring import Runtime

KEY = {"name": "importer", "scopes": ["catalog:read"]}
PRODUCT = {"external_id": "A-1", "title": "Shirt"}


def problem(answer: object) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    told: dict[str, object] = answer.json()  # type: ignore[attr-defined]
    assert set(told) == {"type", "title", "status", "code", "detail", "request_id", "fields"}
    assert told["status"] == answer.status_code  # type: ignore[attr-defined]
    assert told["request_id"] == answer.headers["x-request-id"]  # type: ignore[attr-defined]
    return told


@pytest.fixture
def commit_fails() -> Iterator[None]:
    def fail(session: Session) -> None:
        if session.new or session.dirty or session.info.get("flushed"):
            raise OperationalError("COMMIT", {}, Exception("disk full"))

    def note(session: Session, _context: object) -> None:
        session.info["flushed"] = True

    event.listen(Session, "before_commit", fail)
    event.listen(Session, "after_flush", note)
    yield
    event.remove(Session, "before_commit", fail)
    event.remove(Session, "after_flush", note)


def test_a_commit_that_fails_is_not_told_as_success(
    client: TestClient, editor: Headers, commit_fails: None
) -> None:
    for answer in (
        client.post("/v1/api-keys", json=KEY, headers=editor),
        client.post("/v1/products", json=PRODUCT, headers=editor),
    ):
        assert problem(answer)["code"] == "database_unavailable"
        assert answer.status_code == 503


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/v1/nothing", "GET", 404, "not_found"),
        ("/v1/health", "POST", 405, "method_not_allowed"),
        ("/v1/products/0", "GET", 404, "product_unknown"),
        ("/v1/products?surprise=1", "GET", 422, "invalid_request"),
        ("/v1/products?limit=0", "GET", 422, "invalid_request"),
        ("/v1/products?q=%ff", "GET", 422, "invalid_utf8"),
        ("/v1/products?q=%00", "GET", 422, "invalid_request"),
        ("/v1/products?cursor=%27--", "GET", 422, "invalid_cursor"),
        ("/v1/products/%00", "GET", 404, "not_found"),
    ],
)
def test_refusals_are_problems(
    client: TestClient, viewer: Headers, path: str, method: str, status: int, code: str
) -> None:
    answer = client.request(method, path, headers=viewer)
    assert (answer.status_code, problem(answer)["code"]) == (status, code)


def test_a_request_of_the_wrong_shape_is_refused_in_our_words(
    client: TestClient, admin: Headers
) -> None:
    answer = client.get("/v1/products?limit=0&deleted=perhaps", headers=admin)
    assert answer.json()["fields"] == {
        "limit": "must be at least 1",
        "deleted": "is neither true nor false",
    }
    answer = client.post("/v1/api-keys", json={"name": "", "scopes": ["all"]}, headers=admin)
    assert answer.json()["fields"] == {
        "name": "is empty",
        "scopes.0": "must be 'catalog:read', 'catalog:write', 'search', 'jobs', 'review' or "
        "'admin'",
    }
    answer = client.get("/v1/duplicates?product_id=x", headers=admin)
    assert answer.json()["detail"] == "product_id: is not written as it must be"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (IntegrityError("INSERT", {}, Exception("secret detail")), 409, "conflict"),
        (OperationalError("SELECT", {}, Exception("secret detail")), 503, "database_unavailable"),
        (Unavailable("down", "down", retry_after=3), 503, "down"),
        (RuntimeError("secret detail"), 500, "internal"),
    ],
)
def test_what_goes_wrong_inside_is_told_without_its_insides(
    client: TestClient,
    viewer: Headers,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(catalog, "list_products", fail)
    client.event_hooks["response"] = []  # it never fails so
    with capture_logs() as logs:
        answer = client.get("/v1/products", headers=viewer)
    assert (answer.status_code, problem(answer)["code"]) == (status, code)
    assert "secret detail" not in answer.text
    if status == 500:
        assert any(line["event"] == "request failed" and line.get("exc_info") for line in logs)
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_json"),
        (b'{"external_id": NaN}', "invalid_json"),
        (b'{"external_id": -Infinity}', "invalid_json"),
        (b'{"title": "\xff\xfe"}', "invalid_utf8"),
        (b"[" * 100_000, "invalid_json"),
        (b'{"title": "\\u0000"}', "invalid_request"),
        (b'{"title": "\\ud800"}', "invalid_request"),
        (b'{"attributes": {"a\\u0000": 1}}', "invalid_request"),
        (b"[]", "invalid_request"),
        (b"", "invalid_json"),
    ],
)
def test_json_is_read_strictly(client: TestClient, editor: Headers, body: bytes, code: str) -> None:
    headers = editor | {"Content-Type": "application/json"}
    answer = client.post("/v1/products", content=body, headers=headers)
    assert (answer.status_code, problem(answer)["code"]) == (422, code)
    assert answer.json()["fields"]


def test_a_body_of_another_type_is_refused(client: TestClient, editor: Headers) -> None:
    headers = editor | {"Content-Type": "text/xml"}
    answer = client.post("/v1/products", content=b"<a/>", headers=headers)
    assert (answer.status_code, problem(answer)["code"]) == (415, "content_type")
    for path in ("/v1/uploads", "/v1/products/0/images"):
        for kind in ({}, {"Content-Type": "application/json"}, {"Content-Type": "multipart/mixed"}):
            assert client.post(path, content=b"{}", headers=editor | kind).status_code == 415
    typeless = client.post("/v1/api-keys", content=json.dumps(KEY), headers=editor)
    assert typeless.status_code == 422


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_however_it_comes(
    runtime: Runtime, editor: Headers, chunked: bool
) -> None:
    limits = runtime.settings.limits.model_copy(update={"text_bytes": 1000, "request_bytes": 5000})
    settings = runtime.settings.model_copy(update={"limits": limits})

    def pieces(size: int) -> Iterator[bytes]:
        for _ in range(size // 100):
            yield b" " * 100

    with TestClient(create_app(settings, runtime)) as client:
        for path, kind, size in (
            ("/v1/api-keys", "application/json", 1100),
            ("/v1/products", "application/json", 1100),
            ("/v1/uploads", "multipart/form-data; boundary=x", 5100),
        ):
            body = pieces(size) if chunked else b"".join(pieces(size))
            answer = client.post(path, content=body, headers=editor | {"Content-Type": kind})
            assert (answer.status_code, problem(answer)["code"]) == (413, "body_too_large")


def test_secrets_are_not_echoed(client: TestClient, admin: Headers) -> None:
    secret = "my-secret-password" * 100
    answer = client.post("/v1/auth/sign-in", json={"email": 5, "password": secret, "x": secret})
    assert set(answer.json()["fields"]) == {"email", "password", "x"}
    assert "my-secret" not in answer.text


def test_a_sane_request_id_is_kept_and_another_replaced(client: TestClient) -> None:
    for sane in ("abc-1.2_3", "x" * 64):
        answer = client.get("/v1/health", headers={"X-Request-ID": sane})
        assert answer.headers.get_list("x-request-id") == [sane]
    for odd in ("x" * 65, "a b", "a\tb", ""):
        answer = client.get("/v1/health", headers={"X-Request-ID": odd})
        assert answer.headers["x-request-id"] not in ("", odd)


def test_each_request_is_logged_without_tokens(
    client: TestClient, viewer: Headers, runtime: Runtime
) -> None:
    with capture_logs() as logs:
        client.get("/v1/products/some-id", headers=viewer)
    (line,) = [line for line in logs if line["event"] == "request"]
    with runtime.sessions.read() as session:
        user = accounts.find_user(session, "viewer@example.org")
    assert user is not None
    assert line["ms"] >= 0
    assert {key: line[key] for key in ("method", "route", "status", "user_id")} == {
        "method": "GET",
        "route": "/v1/products/{product_id}",
        "status": 404,
        "user_id": user.id,
    }
    assert viewer["Authorization"].split()[1] not in json.dumps(logs, default=str)


def test_answers_are_secured(client: TestClient) -> None:
    headers = client.get("/v1/health").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
