"""From settings to parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vitrine.adapters import opening, storage, vectors
from vitrine.core.errors import Away
from vitrine.core.settings import Settings


class ReadOnly(BaseHTTPRequestHandler):
    """A store that gives and takes nothing more, as some do once their disk was full."""

    def do_GET(self) -> None:
        """Its heart beats, and that is all."""
        self._answer(200 if self.path.endswith("/heartbeat") else 500)

    def do_HEAD(self) -> None:
        """There is such an object."""
        self._answer(200)

    def do_PUT(self) -> None:
        """It cannot be written."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(507)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Last-Modified", "Mon, 30 Nov 2026 00:00:00 GMT")
        self.send_header("ETag", '"some"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where it listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), ReadOnly)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_store_that_takes_nothing_more_is_away_though_it_still_gives(
    port: int, tmp_path: Path
) -> None:
    given = {"kind": "s3", "bucket": "shop", "access_key_id": "someone"}
    endpoint = f"http://127.0.0.1:{port}"
    blobs = given | {"endpoint": endpoint, "secret_access_key": "something"}
    settings = Settings.model_validate({"data_dir": tmp_path, "blobs": blobs})
    parts = opening.parts_of(settings)
    store = opening.blobs(settings, parts)
    assert store.exists("images/one")
    with pytest.raises(Away):
        store.put("images/two", b"two", "image/jpeg")
    assert parts.is_away(storage.PART)


def test_an_index_that_takes_nothing_more_is_away_though_it_still_answers(
    port: int, tmp_path: Path
) -> None:
    given = {"data_dir": tmp_path, "vectors": {"kind": "server", "port": port}}
    settings = Settings.model_validate(given)
    parts = opening.parts_of(settings)
    with opening.index(settings, parts) as index:
        with pytest.raises(Away):
            index.upsert("shop", [])
        assert parts.is_away(vectors.PART)
