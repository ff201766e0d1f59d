"""Whether one person's work holds up another's, and whether deployments end an import.

    .venv/bin/python -m bench.fairness [--shape embedded]

starts each shape with real servers and tiny models. Somebody imports two catalogues of 200
pictures, each of which takes seconds to come, and somebody else uploads a product: how long until
it is searchable, against the same upload on the idle machine. Then whoever uploads has just brought
in a catalogue of 300 products whose photos all wait to be indexed. A viewer asks for 200 searches
that jobs answer, and somebody else for one. Then whatever runs jobs is told to end and started
again five times during an import, which must succeed. One JSON line; exit code 1 where an upload
took over 20 seconds more, a search 10, or an import did not succeed.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from bench.crowd import photo
from bench.estate import Estate
from bench.links import Network
from bench.shapes import embedded, scaled_out
from tests.worlds.kills import EMAIL, PASSWORD
from tests.worlds.waiting import eventually

ROWS, CATALOGUE = 200, 300
SLOW = 3.0
"""Seconds that a picture takes to come."""

DEPLOYS = 5
BETWEEN = 4.0
"""Seconds between two deployments."""

UPLOAD_BAR, SEARCH_BAR = 20.0, 10.0
"""Most seconds that somebody waits for the work of others."""

LONG = 900.0
VIEWER = "viewer@shop.example"
ENDED = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True)
class Found:
    """Seconds until an upload was searchable and a search answered, and how an import ended."""

    shape: str
    upload_idle: float
    upload_beside_imports: float
    upload_behind_catalogue: float
    waiting_then: int
    search_idle: float
    search_beside_200: float
    import_over_deploys: str

    @property
    def fair(self) -> bool:
        """Whether nobody waited long and nothing was lost."""
        return (
            max(self.upload_beside_imports, self.upload_behind_catalogue) - self.upload_idle
            < UPLOAD_BAR
            and self.search_beside_200 - self.search_idle < SEARCH_BAR
            and self.import_over_deploys == "succeeded"
        )


def main() -> int:
    """Try each shape and print."""
    network = Network()
    shapes: dict[str, AbstractContextManager[Estate]] = {
        "embedded": embedded(),
        "scaled out": scaled_out(network),
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", nargs="+", choices=tuple(shapes), default=tuple(shapes))
    found = []
    with slow_shop() as pictures:
        for name in parser.parse_args().shape:
            with shapes[name] as estate:
                found.append(_tried(estate, pictures))
    print(json.dumps([asdict(each) | {"fair": each.fair} for each in found]))
    return int(not all(each.fair for each in found))


def _tried(estate: Estate, pictures: str) -> Found:
    editor = _signed_in(estate.url, EMAIL, PASSWORD)
    editor.post(
        "/v1/users", json={"email": VIEWER, "password": PASSWORD, "role": "viewer"}
    ).raise_for_status()
    viewer = _signed_in(estate.url, VIEWER, PASSWORD)
    upload_idle, search_idle = _upload(editor, "idle"), _search_later(editor)
    imports = [_import(editor, f"{pictures}/{name}", ROWS) for name in ("a", "b")]
    upload_busy = _upload(editor, "busy")
    for job in imports:
        editor.post(f"/v1/jobs/{job}/cancel").raise_for_status()
    _ended(editor, _import_at_once(editor, CATALOGUE))
    waiting = _waiting(editor)
    upload_behind = _upload(editor, "behind")
    jobs = [_ask_later(viewer, number) for number in range(200)]
    search_busy = _search_later(editor)
    for job in jobs:
        _ended(viewer, job)
    return Found(
        shape=estate.name,
        upload_idle=upload_idle,
        upload_beside_imports=upload_busy,
        upload_behind_catalogue=upload_behind,
        waiting_then=waiting,
        search_idle=search_idle,
        search_beside_200=search_busy,
        import_over_deploys=_import_over_deploys(estate, editor, pictures),
    )


def _import_over_deploys(estate: Estate, editor: httpx.Client, pictures: str) -> str:
    job = _import(editor, f"{pictures}/deploys", ROWS // 10)
    for _ in range(DEPLOYS):
        time.sleep(BETWEEN)  # deployments follow each other in time, and on nothing
        for worker in estate.workers:
            worker.end()
    return _ended(editor, job)


def _signed_in(url: str, email: str, password: str) -> httpx.Client:
    # No connection is kept: servers are started anew here.
    client = httpx.Client(
        base_url=url, timeout=60, limits=httpx.Limits(max_keepalive_connections=0)
    )
    told = client.post("/v1/auth/sign-in", json={"email": email, "password": password})
    client.headers["Authorization"] = f"Bearer {told.raise_for_status().json()['access_token']}"
    return client


def _upload(client: httpx.Client, name: str) -> float:
    """Seconds until a new product is searchable."""
    started = time.monotonic()
    product = json.dumps({"external_id": name, "title": f"Product {name}"})
    image = {"images": (f"{name}.jpg", photo(1, name), "image/jpeg")}
    told = client.post("/v1/products", data={"product": product}, files=image)
    _ended(client, told.raise_for_status().json()["job"]["id"])
    return round(time.monotonic() - started, 2)


def _search_later(client: httpx.Client) -> float:
    """Seconds until a job answered a search."""
    started = time.monotonic()
    _ended(client, _ask_later(client, 0))
    return round(time.monotonic() - started, 2)


def _ask_later(client: httpx.Client, number: int) -> str:
    image = {"image": ("a.jpg", photo(number, f"asked {number}"), "image/jpeg")}
    told = client.post("/v1/search", files=image, headers={"Prefer": "respond-async"})
    return str(told.raise_for_status().json()["job"]["id"])


def _import(client: httpx.Client, pictures: str, rows: int) -> str:
    """Begin to import a catalogue whose pictures come slowly."""
    name = pictures.rsplit("/", 1)[-1]
    lines = [f"{name}-{row},A coat,{pictures}-{row}.jpg\n" for row in range(rows)]
    table = "sku,title,images\n" + "".join(lines)
    told = client.post("/v1/imports", files={"file": (f"{name}.csv", table.encode())})
    return str(told.raise_for_status().json()["job"]["id"])


def _import_at_once(client: httpx.Client, rows: int) -> str:
    """Import a catalogue whose pictures come with it, so that they all wait to be indexed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as images:
        for row in range(rows):
            images.writestr(f"{row}.jpg", photo(row, f"packed {row}"))
    table = "sku,title,images\n" + "".join(f"p-{row},A coat,{row}.jpg\n" for row in range(rows))
    files = {"file": ("packed.csv", table.encode()), "images": ("packed.zip", packed.getvalue())}
    told = client.post("/v1/imports", files=files)
    return str(told.raise_for_status().json()["job"]["id"])


def _waiting(client: httpx.Client) -> int:
    """How many index jobs wait, at most a page of them."""
    asked = {"kind": "index", "status": "queued", "limit": "200"}
    told = client.get("/v1/jobs", params=asked).raise_for_status()
    return len(told.json()["jobs"])


def _ended(client: httpx.Client, job: str) -> str:
    """How the job ended; waits for it, also while the server is being started."""
    status = ""

    def over() -> bool:
        nonlocal status
        try:
            told: dict[str, Any] = client.get(f"/v1/jobs/{job}").raise_for_status().json()
        except httpx.HTTPError:
            return False
        status = told["status"]
        return status in ENDED

    eventually(over, f"the job {job} did not end", LONG)
    return status


@contextmanager
def slow_shop() -> Iterator[str]:
    """The address of a server whose pictures take seconds to come."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _SlowPictures)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


class _SlowPictures(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(SLOW)  # what this server is for
        data = photo(1, self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with suppress(OSError):  # who asked was told to end
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    sys.exit(main())
