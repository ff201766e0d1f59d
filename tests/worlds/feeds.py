"""A shop's web server with feeds of its own, over real HTTP on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FeedServer:
    """What it serves by path with query, what it asks for, and what it was sent."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    authorization: str = ""
    status: int = 200
    cut: bool = False
    etag: str = ""
    modified: str = ""
    got: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, *rows: str, path: str = "/feed.csv") -> None:
        """Serve a table of these rows from now on."""
        self.files[path] = "\n".join(["sku,title,price", *rows, ""]).encode()

    @classmethod
    @contextmanager
    def serving(cls) -> Iterator[FeedServer]:
        shop = cls()

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sent = self.headers.get("authorization", "")
                shop.got.append((self.path, sent))
                status, body = shop.answer(self.path, sent), shop.files.get(self.path, b"")
                if status == 200 and shop.known(self.headers):
                    status, body = 304, b""
                self.send_response(status)
                for name, value in (("etag", shop.etag), ("last-modified", shop.modified)):
                    if value:
                        self.send_header(name, value)
                if self.path in shop.moved:
                    self.send_header("location", shop.moved[self.path])
                self.send_header("content-length", str(len(body) + shop.cut))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
            shop.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield shop
            finally:
                server.shutdown()
                thread.join()

    def known(self, asked: Message) -> bool:
        """Whether who asks has the file as it is."""
        if self.etag:
            return asked.get("if-none-match") == self.etag
        return bool(self.modified) and asked.get("if-modified-since") == self.modified

    def answer(self, path: str, sent: str) -> int:
        """The status of an answer."""
        if path in self.moved:
            return 302
        if self.authorization and sent != self.authorization:
            return 401
        return self.status if path in self.files else 404
