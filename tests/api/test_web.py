"""The front end's files beside the API."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.worlds.people import Headers
from tests.worlds.visitors import Door
from vitrine.api import web
from vitrine.api.app import create_app
from vitrine.core.errors import Invalid
from vitrine.core.groups import ApiSettings
from vitrine.core.settings import Settings
from vitrine.services import shop
from vitrine.wiring import Runtime

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = b"console.log('shop')\n" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build leaves: a page, hashed assets, one of them packed, and an icon."""
    place = tmp_path / "dist"
    (place / "assets").mkdir(parents=True)
    (place / "index.html").write_text("<!doctype html><title>Vitrine</title>")
    (place / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (place / "assets" / "app-1a2b.js.br").write_bytes(b"brotli")
    (place / "assets" / "style-3c.css").write_text("body { color: black }")
    (place / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "secret.txt").write_text("not for the web")
    return place


def with_web(settings: Settings, place: Path) -> Settings:
    return settings.model_copy(update={"api": ApiSettings(web_dir=place)})


@pytest.fixture
def site(runtime: Runtime, built: Path) -> Iterator[TestClient]:
    app = create_app(with_web(runtime.settings, built), runtime)
    with TestClient(app, "https://testserver") as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/index.html", "/search", "/products/01a2/history", "/v1x"])
def test_the_page_answers_every_path_of_the_front_end(site: TestClient, path: str) -> None:
    answer = site.get(path, headers=PAGE)
    assert answer.status_code == 200
    assert "<title>Vitrine</title>" in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    again = site.get(path, headers=PAGE | {"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]


def test_headers_let_nothing_in_from_elsewhere(site: TestClient) -> None:
    for path in ("/", "/assets/app-1a2b.js", "/favicon.svg"):
        headers = site.get(path, headers=PAGE).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["permissions-policy"].startswith("camera=(self)")
        assert headers["cross-origin-opener-policy"] == "same-origin"


def test_assets_are_kept_for_ever_and_packed_as_the_browser_likes(site: TestClient) -> None:
    path = "/assets/app-1a2b.js"
    plain = site.get(path, headers={"Accept-Encoding": "identity"})
    assert plain.content == SCRIPT
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"].startswith("text/javascript")
    assert "content-encoding" not in plain.headers
    tags = {plain.headers["etag"]}
    for accepted, encoding in (
        ("gzip, br", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip;q=0.5", "gzip"),
    ):
        with site.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert raw == b"brotli" if encoding == "br" else gzip.decompress(raw) == SCRIPT
        tags.add(answer.headers["etag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    "path",
    ["/assets/gone-9.js", "/v1/nothing", "/v1", "/../secret.txt", "/assets/../../secret.txt"],
)
def test_what_is_not_there_is_a_problem_also_for_browsers(site: TestClient, path: str) -> None:
    headers = PAGE if path.startswith(("/v1", "/assets/gone")) else {"Accept": "*/*"}
    answer = site.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_api_answers_as_without_a_front_end(site: TestClient, viewer: Headers) -> None:
    assert site.get("/v1/search", headers=viewer | PAGE).status_code == 405
    assert site.post("/search", headers=PAGE).status_code == 404
    assert site.get("/search", headers={"Accept": "application/json"}).json()["code"] == "not_found"
    assert site.get("/v1/products", headers=viewer).status_code == 200
    head = site.head("/", headers=PAGE)
    assert (head.status_code, head.content) == (200, b"")


def test_without_a_front_end_a_browser_is_told_how_to_build_it(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "PLACES", ())
    with TestClient(create_app(runtime.settings, runtime)) as bare:
        answer = bare.get("/", headers=PAGE)
        assert (answer.status_code, "npm run build" in answer.text) == (404, True)
        assert bare.get("/", headers={"Accept": "*/*"}).json()["code"] == "not_found"
        assert bare.get("/search", headers=PAGE).json()["code"] == "not_found"


def test_a_folder_without_a_page_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="VITRINE_API__WEB_DIR"):
        create_app(with_web(settings, tmp_path))


def test_a_front_end_is_found_where_it_was_built(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "PLACES", (built / "nowhere", built))
    assert web.folder(Path()) == built


@pytest.fixture
def with_storefront(built: Path) -> None:
    """What the build leaves for shops."""
    (built / "s.html").write_text("<!doctype html><title>Shop</title>")
    (built / "vitrine.js").write_bytes(SCRIPT)
    (built / "vitrine" / "assets").mkdir(parents=True)
    (built / "vitrine" / "assets" / "sheet-9f.js").write_bytes(SCRIPT)


def framers(answer: Response) -> str:
    policy = answer.headers["content-security-policy"]
    return policy.partition("frame-ancestors ")[2].partition(";")[0]


@pytest.mark.usefixtures("with_storefront")
def test_the_storefront_is_framed_by_the_keys_origins_and_nothing_else_by_anybody(
    runtime: Runtime, site: TestClient
) -> None:
    door = Door(runtime)
    key_id, key = door.key(origins=["https://shop.example", "https://*.brand.example:8443"])
    for path in (f"/s?key={key}", f"/s/photo?key={key}"):
        answer = site.get(path, headers=PAGE)
        assert (answer.status_code, "<title>Shop</title>" in answer.text) == (200, True)
        assert framers(answer) == "https://shop.example https://*.brand.example:8443"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    for path in ("/s", "/s?key=pk_none", f"/?key={key}", f"/search?key={key}", "/s.html"):
        assert framers(site.get(path, headers=PAGE)) == "'none'", path
    assert framers(site.get("/s?key=" + door.key(origins=[])[1], headers=PAGE)) == "'none'"
    with runtime.sessions.write() as session:
        shop.revoke(session, key_id)
    assert framers(site.get(f"/s?key={key}", headers=PAGE)) == "'none'"


def test_without_a_storefront_in_the_build_there_is_none(site: TestClient) -> None:
    assert site.get("/s", headers=PAGE).status_code == 404


@pytest.mark.usefixtures("with_storefront")
def test_what_shops_load_may_be_read_by_every_site(site: TestClient) -> None:
    for path, kept in (("/vitrine.js", "no-cache"), ("/vitrine/assets/sheet-9f.js", "immutable")):
        answer = site.get(path, headers={"Origin": "https://anybody.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert kept in answer.headers["cache-control"]
    assert "access-control-allow-origin" not in site.get("/", headers=PAGE).headers
