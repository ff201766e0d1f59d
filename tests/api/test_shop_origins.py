"""Which pages may read the public door: those of a key's origins, and nobody else's."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.visitors import SHOP, Door, furnished
from vitrine.api.app import create_app
from vitrine.core.errors import Invalid
from vitrine.core.groups import ApiSettings
from vitrine.services import shop
from vitrine.services.shop import origins
from vitrine.wiring import Runtime

OTHER = "https://other.example"
ALLOW, VARY = "access-control-allow-origin", "vary"
JSON = {"Content-Type": "application/json"}
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,x-vitrine-key",
}
PATHS = ("settings", "search", "detect", "product", "similar", "look", "events", "pictures/x")


@pytest.fixture
def door(runtime: Runtime) -> Door:
    return furnished(runtime)


def test_preflights_are_answered_for_origins_of_keys_alone(client: TestClient, door: Door) -> None:
    door.key()
    for path in PATHS:
        url = f"/v1/shop/{path}"
        answer = client.options(url, headers={"Origin": SHOP, **PREFLIGHT})
        assert (answer.status_code, answer.headers[ALLOW]) == (204, SHOP), path
        assert "x-vitrine-key" in answer.headers["access-control-allow-headers"].lower(), path
        assert answer.headers["access-control-max-age"] == "600", path
        assert "access-control-allow-credentials" not in answer.headers, path
        for wrong in (OTHER, "null", f"{SHOP}:444", "http://shop.example", f"{SHOP}.evil.example"):
            answer = client.options(url, headers={"Origin": wrong, **PREFLIGHT})
            assert (answer.status_code, ALLOW in answer.headers) == (403, False), (path, wrong)
            assert answer.headers[VARY] == "Origin", (path, wrong)


def test_answers_and_errors_say_who_may_read_them(client: TestClient, door: Door) -> None:
    headers = door.headers()
    big = b"x" * 2_000_000
    told = [
        client.get("/v1/shop/settings", headers=headers),
        client.post("/v1/shop/search", json={"limit": 0}, headers=headers),
        client.post("/v1/shop/search", content=big, headers=headers | JSON),
        client.get("/v1/shop/product?external_id=none", headers=headers),
        client.get("/v1/shop/nothing", headers=headers),
        client.put("/v1/shop/settings", headers=headers),
        client.get("/v1/shop/settings", headers={"Origin": SHOP}),
        client.get("/v1/shop/settings", headers=headers | {"X-Vitrine-Key": "pk_wrong"}),
    ]
    assert [answer.status_code for answer in told] == [200, 422, 413, 404, 404, 405, 401, 401]
    for answer in told:
        assert answer.headers[ALLOW] == SHOP
        assert answer.headers[VARY] == "Origin"
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers


def test_what_breaks_can_be_read_too(
    runtime: Runtime, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = door.headers()

    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("vitrine.services.shop.offer.facets", breaks)
    app = create_app(runtime.settings, runtime)
    with TestClient(app, "https://testserver", raise_server_exceptions=False) as client:
        answer = client.get("/v1/shop/settings", headers=headers)
    assert (answer.status_code, answer.headers[ALLOW]) == (500, SHOP)


def test_a_key_works_for_pages_of_its_own_origins_alone(client: TestClient, door: Door) -> None:
    mine, theirs = door.headers(), door.headers(origins=[OTHER])
    for key, origin in ((mine, OTHER), (theirs, SHOP), (mine, "null")):
        asked = key | {"Origin": origin}
        answer = client.post("/v1/shop/search", json={}, headers=asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")
        files = {"image": ("a.jpg", photo("red"))}
        assert client.post("/v1/shop/detect", files=files, headers=asked).status_code == 403
    picture = f"/v1/shop/pictures/{door.images['red']}?key={mine['X-Vitrine-Key']}"
    assert client.get(picture, headers={"Origin": OTHER}).status_code == 403
    assert client.get(picture, headers={"Origin": SHOP}).headers[ALLOW] == SHOP
    assert ALLOW not in client.get(picture).headers


def test_a_revoked_keys_origin_may_read_nothing_more(
    client: TestClient, door: Door, runtime: Runtime
) -> None:
    key_id, _ = door.key()
    with runtime.sessions.write() as session:
        shop.revoke(session, key_id)
    answer = client.options("/v1/shop/search", headers={"Origin": SHOP, **PREFLIGHT})
    assert (answer.status_code, ALLOW in answer.headers) == (403, False)


def test_origins_of_the_staffs_own_front_ends_are_none_of_the_door(
    runtime: Runtime, door: Door
) -> None:
    headers = door.headers() | {"Origin": OTHER}
    api = ApiSettings(cors_origins=(OTHER,))
    settings = runtime.settings.model_copy(update={"api": api})
    with TestClient(create_app(settings, runtime), "https://testserver") as client:
        answer = client.get("/v1/shop/settings", headers=headers)
        assert (answer.status_code, ALLOW in answer.headers) == (403, False)
        staffs = client.get("/v1/products", headers={"Origin": OTHER})
        assert staffs.headers[ALLOW] == OTHER
        assert ALLOW not in client.get("/v1/products", headers={"Origin": SHOP}).headers


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("https://*.shop.example:8443", "https://*.shop.example:8443"),
        ("https://m\u00f6bel.example", "https://xn--mbel-5qa.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(written: str, read: str) -> None:
    assert origins.read(written, "origins.0") == read


@pytest.mark.parametrize(
    "written",
    [
        *("*", "null", "", "shop.example", "https://", "https://*", "https://*.com"),
        *("https://shop.example/de", "https://a@shop.example", "https://shop.example?a"),
        *("ftp://shop.example", "https://sh*p.example", "https://a.*.example", "https://a:99999"),
        *("https://shop.example, https://other.example", "https://a b", "javascript:alert(1)"),
    ],
)
def test_what_is_no_origin_is_refused_by_name(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        origins.read(written, "origins.0")
    assert list(caught.value.fields) == ["origins.0"]


@pytest.mark.parametrize(
    ("sent", "is_among"),
    [
        ("https://shop.example", True),
        ("https://www.brand.example", True),
        ("https://a.b.brand.example", True),
        ("https://brand.example", False),
        ("https://evilbrand.example", False),
        ("https://brand.example.evil.example", False),
        ("https://www.brand.example:8443", False),
        ("http://www.brand.example", False),
        ("https://SHOP.example", False),
        ("https://x/.brand.example", False),
        ("https://*.brand.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_an_origin_is_compared_as_a_whole(sent: str, is_among: bool) -> None:
    kept = ["https://shop.example", "https://*.brand.example"]
    assert origins.among(kept, sent) is is_among


def test_our_own_storefront_asks_with_every_key(client: TestClient, door: Door) -> None:
    for sent in (
        {"Origin": "https://testserver"},  # a proxy ends TLS: here it is http
        {"Origin": "http://testserver"},
        {"Origin": "https://search.shop.example", "Sec-Fetch-Site": "same-origin"},
    ):
        headers = {"X-Vitrine-Key": door.key()[1]} | sent
        assert client.post("/v1/shop/search", json={}, headers=headers).status_code == 200, sent


def test_no_other_page_does(client: TestClient, door: Door) -> None:
    for origin in (OTHER, "null", "https://[", "testserver", "https://testserver.x"):
        headers = {"X-Vitrine-Key": door.key()[1], "Origin": origin, "Sec-Fetch-Site": "cross-site"}
        answer = client.post("/v1/shop/search", json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused"), origin
