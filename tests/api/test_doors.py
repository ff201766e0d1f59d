"""Small doors: headers that every answer of a kind has, and proxies that nobody named."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from tests.worlds.people import Headers
from vitrine.api.app import create_app
from vitrine.core.groups import ApiSettings
from vitrine.core.settings import Settings


def client_of(settings: Settings, peer: str = "203.0.113.9", **api: object) -> TestClient:
    changed = settings.model_copy(update={"api": ApiSettings.model_validate(api)})
    return TestClient(create_app(changed), "https://testserver", client=(peer, 5000))


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/products", "GET, POST"),
        ("POST", "/v1/products/1", "GET, PATCH, DELETE"),
        ("GET", "/v1/search", "POST"),
    ],
)
def test_405_names_all_that_may_be_done(
    settings: Settings, method: str, path: str, allowed: str
) -> None:
    answer = client_of(settings).request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_hsts_is_told_over_https_where_it_is_asked_for(settings: Settings) -> None:
    client = client_of(settings, hsts_seconds=86_400)
    header = "strict-transport-security"
    assert client.get("/v1/none").headers[header] == "max-age=86400"
    assert header not in client.get("http://testserver/v1/none").headers
    assert header not in client_of(settings).get("/v1/none").headers


def test_a_proxy_that_nobody_named_is_warned_of_once(settings: Settings) -> None:
    client = client_of(settings, trusted_proxies="10.0.0.0/8")
    with capture_logs() as logs:
        for _ in range(3):
            client.get("/v1/none", headers={"X-Forwarded-For": "198.51.100.1"})
    warned = [each for each in logs if "TRUSTED_PROXIES" in each["event"]]
    assert [each["address"] for each in warned] == ["203.0.113.9"]


def test_a_named_proxy_is_believed_and_not_warned_of(settings: Settings) -> None:
    client = client_of(settings, peer="10.1.2.3", trusted_proxies="10.0.0.0/8")
    with capture_logs() as logs:
        client.get("/v1/none", headers={"X-Forwarded-For": "198.51.100.1"})
    assert not [each for each in logs if "TRUSTED_PROXIES" in each["event"]]


def test_names_of_columns_that_are_no_text_are_told_and_no_error(
    client: TestClient, editor: Headers
) -> None:
    for table in (b"a\x81b,title\n1,2\n", b'{"a\\ud800b": 1}\n', b"a\x00b;c\n1;2\n"):
        files = {"file": ("a.csv", table)}
        answer = client.post("/v1/imports", files=files, headers=editor)
        assert answer.status_code in (202, 422), answer.text
