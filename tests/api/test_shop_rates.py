"""How often visitors may ask: each by their own address, all of a key together."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.people import Headers
from tests.worlds.visitors import SHOP, Door, furnished
from vitrine.api.admission import Gate
from vitrine.api.app import create_app
from vitrine.core.groups import ApiSettings, RateSettings
from vitrine.wiring import Runtime

PROXY = "10.0.0.1"


@pytest.fixture
def door(runtime: Runtime) -> Door:
    return furnished(runtime)


def served(runtime: Runtime, **rates: Any) -> TestClient:
    """An API behind a proxy that is trusted."""
    api = ApiSettings(trusted_proxies=PROXY)
    settings = runtime.settings.model_copy(update={"rates": RateSettings(**rates), "api": api})
    return TestClient(create_app(settings, runtime), "https://testserver", client=(PROXY, 1))


def statuses(client: TestClient, headers: Headers, times: int, address: str = "") -> list[int]:
    sent = headers | ({"X-Forwarded-For": address} if address else {})
    return [client.get("/v1/shop/settings", headers=sent).status_code for _ in range(times)]


def test_a_visitor_who_asks_too_often_is_told_when_to_come_again(
    runtime: Runtime, door: Door
) -> None:
    headers = door.headers(per_visitor=3)
    with served(runtime) as client:
        assert statuses(client, headers, 4, "198.51.100.1") == [200, 200, 200, 429]
        answer = client.get(
            "/v1/shop/settings", headers=headers | {"X-Forwarded-For": "198.51.100.1"}
        )
        assert answer.json()["code"] == "too_many_requests"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert statuses(client, headers, 1, "198.51.100.2") == [200], "another visitor"
        assert statuses(client, headers, 1, "2001:db8::1") == [200]
        assert statuses(client, headers, 3, "2001:db8::2")[-1] == 429, "of one /64"
        other = door.headers(per_visitor=3)
        assert statuses(client, other, 1, "198.51.100.1") == [200], "at another shop's key"


def test_what_is_refused_a_visitor_takes_nothing_from_the_key(runtime: Runtime, door: Door) -> None:
    headers = door.headers(per_visitor=2, per_minute=4)
    with served(runtime) as client:
        assert statuses(client, headers, 10, "198.51.100.1").count(200) == 2
        assert statuses(client, headers, 10, "198.51.100.2").count(200) == 2
        assert statuses(client, headers, 2, "198.51.100.3") == [429, 429], "the key's own rate"


def test_a_header_of_nobody_trusted_makes_no_other_visitor(runtime: Runtime, door: Door) -> None:
    headers = door.headers(per_visitor=2)
    app = create_app(runtime.settings, runtime)
    with TestClient(app, "https://testserver", client=("203.0.113.9", 1)) as client:
        made_up = [f"198.51.100.{number}" for number in range(4)]
        told = [statuses(client, headers, 1, address)[0] for address in made_up]
    assert told == [200, 200, 429, 429]


def test_photos_and_pictures_are_counted_apart(runtime: Runtime, door: Door) -> None:
    headers = door.headers()
    picture = f"/v1/shop/pictures/{door.images['red']}?key={headers['X-Vitrine-Key']}"
    with served(runtime, visitor_photos=1, visitor_pictures=2) as client:
        asked = [
            client.post(
                f"/v1/shop/{path}", files={"image": ("a.jpg", photo("red"))}, headers=headers
            ).status_code
            for path in ("search", "detect", "look")
        ]
        assert asked == [200, 429, 429]
        assert client.post("/v1/shop/search", json={}, headers=headers).status_code == 200
        assert [client.get(picture).status_code for _ in range(3)] == [200, 200, 429]
        assert statuses(client, headers, 1) == [200]


def test_visitors_have_places_of_their_own_and_leave_the_staffs_alone(
    runtime: Runtime, door: Door, viewer: Headers
) -> None:
    headers = door.headers()
    files = {"image": ("a.jpg", photo("red"))}
    with served(runtime) as client:
        # To a TestClient its app is any ASGI app, which has no state.
        client.app.state.gates["visitors"] = Gate(0, 0, 3)  # type: ignore[attr-defined]
        answer = client.post("/v1/shop/search", files=files, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert answer.headers["retry-after"] == "3"
        assert client.post("/v1/search", files=files, headers=viewer).status_code == 200
        assert client.post("/v1/shop/search", json={"text": "red"}, headers=headers).is_success
