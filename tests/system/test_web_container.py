"""The front end's own container: its nginx configuration, run for real."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from tests.worlds.programs import answers, found, free_port, served, started
from tests.worlds.proxies import configured
from vitrine.api import web

SCRIPT = "console.log('shop')"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    nginx = found("nginx", "apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    root, port = folder / "html", free_port()
    for name, text in {
        "index.html": "<title>Vitrine</title>",
        "assets/app-1a2b.js": SCRIPT,
        "vitrine.js": SCRIPT,
        "vitrine/samples/1.webp": "drawn",
        ".vite/manifest.json": "{}",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    with served(_api()) as api:
        conf = configured(folder, root, f"127.0.0.1:{port}", api)
        command = [nginx, "-c", str(conf), "-p", str(folder), "-e", "stderr"]
        url = f"http://127.0.0.1:{port}"
        with started(command, folder) as server:
            server.wait_for(lambda: answers(url))
            with httpx.Client(base_url=url) as client:
                yield client


def _api() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.api_route("/v1/echo", methods=["GET", "POST"])
    async def echo(request: Request) -> dict[str, str | int]:
        return {"host": request.headers["host"], "bytes": len(await request.body())}

    @app.get("/s")
    @app.get("/s/{rest:path}")
    def page_for_shoppers(key: str = "") -> Response:
        return Response(f"key {key}", headers={"Content-Security-Policy": "frame-ancestors *"})

    @app.get("/metrics")
    def metrics() -> str:
        return "for the inside only"

    return app


@pytest.mark.parametrize("path", ["/", "/catalogue", "/products/01a2"])
def test_every_address_is_the_page_with_the_headers_the_api_sends(
    site: httpx.Client, path: str
) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>Vitrine</title>")
    assert answer.headers["cache-control"] == "no-cache"
    for name, value in web.SECURITY.items():
        assert answer.headers[name] == value
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_hashed_files_never_change_and_missing_ones_are_no_page(site: httpx.Client) -> None:
    answer = site.get("/assets/app-1a2b.js")
    assert answer.text == SCRIPT
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-security-policy"] == web.SECURITY["Content-Security-Policy"]
    assert site.get("/assets/app-0000.js").status_code == 404
    assert site.get("/.vite/manifest.json").status_code == 404


@pytest.mark.parametrize("path", ["/vitrine.js", "/vitrine/samples/1.webp"])
def test_what_shops_embed_may_be_taken_from_anywhere(site: httpx.Client, path: str) -> None:
    headers = site.get(path).headers
    for name, value in web.FOR_ANY_SITE.items():
        assert headers[name] == value
    assert headers["x-content-type-options"] == "nosniff"
    assert (headers["cache-control"], headers["etag"][0]) == ("no-cache", '"')


@pytest.mark.parametrize("path", ["/", "/assets/app-1a2b.js", "/vitrine.jsx"])
def test_all_else_stays_here(site: httpx.Client, path: str) -> None:
    headers = site.get(path).headers
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/s", "/s/dresses"])
def test_the_page_for_shoppers_comes_from_the_api_which_knows_its_frames(
    site: httpx.Client, path: str
) -> None:
    answer = site.get(path, params={"key": "pk_1"})
    assert answer.text == "key pk_1"
    assert answer.headers.get_list("content-security-policy") == ["frame-ancestors *"]
    assert site.get("/settings").text == "<title>Vitrine</title>"


def test_headers_without_end_are_refused_at_the_proxy(site: httpx.Client) -> None:
    address = ("127.0.0.1", site.base_url.port or 0)
    with socket.create_connection(address, timeout=10) as line:
        with suppress(ConnectionError):
            line.sendall(b"GET /v1/echo HTTP/1.1\r\nhost: a\r\n")
            for _ in range(100):
                line.sendall(b"x-more: " + b"y" * 4_000 + b"\r\n")
        assert line.recv(1_000).startswith(b"HTTP/1.1 400")


def test_one_address_may_hold_so_many_connections(site: httpx.Client) -> None:
    address = ("127.0.0.1", site.base_url.port or 0)
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(address)) for _ in range(130)]
        for line in lines:
            line.sendall(b"POST /v1/echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n")
            line.settimeout(0.05)
        told = [_first(line) for line in lines]
    assert 20 <= sum(answer.startswith(b"HTTP/1.1 429") for answer in told) <= 40


def _first(line: socket.socket) -> bytes:
    try:
        return line.recv(100)
    except TimeoutError:
        return b""


def test_the_api_is_behind_the_same_address_and_its_metrics_are_not(site: httpx.Client) -> None:
    photo = b"x" * 3_000_000
    answer = site.post("/v1/echo", content=photo)
    assert answer.json() == {"host": f"127.0.0.1:{site.base_url.port}", "bytes": len(photo)}
    assert "for the inside only" not in site.get("/metrics").text
