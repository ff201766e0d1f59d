"""From settings to parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vitrine.adapters import opening, storage
from vitrine.core.errors import Away
from vitrine.core.settings import Settings


class ReadOnly(BaseHTTPRequestHandler):
    """A store that gives and takes nothing more, as some do once their disk was full."""

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
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), ReadOnly)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_store_that_takes_nothing_more_is_away_though_it_still_gives(
    endpoint: str, tmp_path: Path
) -> None:
    given = {"kind": "s3", "bucket": "shop", "endpoint": endpoint, "access_key_id": "someone"}
    blobs = given | {"secret_access_key": "something"}
    settings = Settings.model_validate({"data_dir": tmp_path, "blobs": blobs})
    parts = opening.parts_of(settings)
    store = opening.blobs(settings, parts)
    assert store.exists("images/one")
    with pytest.raises(Away):
        store.put("images/two", b"two", "image/jpeg")
    assert parts.is_away(storage.PART)
