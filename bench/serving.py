"""`vitrine serve` on a catalogue of the bench, and clients that ask it as a shop's pages do."""

from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.stock import EMAIL, PASSWORD, Stock
from tests.worlds.programs import environment_of, free_port, started

QUIET = 900.0
"""Seconds in which a server has done the jobs that it finds for itself."""

KEPT = 2.0
"""Seconds for which a connection that nobody uses is used again."""

Ask = tuple[str, str, bytes | None, str]
"""Method, path, body and its media type."""


@dataclass(frozen=True)
class Server:
    """Where it listens, its process, its key to the door, and how long it took to be ready."""

    port: int
    pid: int
    token: str
    ready_after: float

    def line(self) -> Line:
        """A connection of one client."""
        return Line(self.port, self.token)


class Line:
    """One client's connection, kept open; cheap, because client and server share two cores."""

    def __init__(self, port: int, token: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._asked_at = time.monotonic()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, what: Ask) -> Any:
        """The JSON of the answer; raises RuntimeError for one that is not good."""
        return json.loads(self.fetch(what))

    def fetch(self, what: Ask) -> bytes:
        """The answer unread, for what is timed: reading it is the client's own work."""
        method, path, body, media_type = what
        headers = self._headers | ({"Content-Type": media_type} if body else {})
        if time.monotonic() - self._asked_at > KEPT:  # the server has ended it, or will
            self._connection.close()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        self._asked_at = time.monotonic()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]!r}")
        return data

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def get(path: str) -> Ask:
    """A request without a body."""
    return "GET", path, None, ""


def post(path: str, **fields: Any) -> Ask:
    """A request of JSON."""
    return "POST", path, json.dumps(fields).encode(), "application/json"


def form(path: str, photo: bytes, **fields: Any) -> Ask:
    """A request of a form with a photo; what is no text is written as JSON."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }
    return files(path, texts, image=("a.jpg", photo))


def files(path: str, texts: Mapping[str, str] | None = None, **sent: tuple[str, bytes]) -> Ask:
    """A request of a form with files by field, each with its name."""
    boundary = uuid.uuid4().hex
    body = bytearray()
    for name, text in (texts or {}).items():
        body += _head(boundary, f'name="{name}"') + text.encode() + b"\r\n"
    for name, (file, data) in sent.items():
        body += _head(boundary, f'name="{name}"; filename="{file}"') + data + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return "POST", path, bytes(body), f"multipart/form-data; boundary={boundary}"


def _head(boundary: str, told: str) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {told}\r\n\r\n".encode()


@contextmanager
def serving(stock: Stock, *, settled: bool = True) -> Iterator[Server]:
    """A server on the catalogue; once settled it has no job left that it gave itself."""
    port = free_port()
    environment = os.environ | environment_of(stock.settings)
    command = [sys.executable, "-m", "vitrine", "serve", "--port", str(port)]
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as logs,
        started(command, Path(logs), env=environment) as program,
    ):
        program.wait_for(lambda: _health(port) is not None, seconds=300)
        ready = time.monotonic() - begun
        line = Line(port)
        told = line.ask(post("/v1/auth/sign-in", email=EMAIL, password=PASSWORD))
        line.close()
        server = Server(port, program.process.pid, told["access_token"], ready)
        if settled:
            settle(server)
        yield server


def settle(server: Server) -> None:
    """Wait until the server has had nothing to do for two seconds: jobs tell nobody outside."""
    until, idle_since = time.monotonic() + QUIET, time.monotonic()
    while time.monotonic() < until and time.monotonic() - idle_since < 2.0:
        time.sleep(0.2)  # asked too often, it would never be quiet
        told = _health(server.port)
        if told is None or told["oldest_job_seconds"]:
            idle_since = time.monotonic()


def _health(port: int) -> Any:
    line = Line(port)
    try:
        return line.ask(get("/v1/health"))
    except (OSError, RuntimeError):
        return None
    finally:
        line.close()


def crowd(server: Server, asks: Sequence[Ask], clients: int) -> tuple[list[float], float]:
    """Ask all of it from so many clients at once: the seconds of each answer, and of it all."""
    waiting = iter(list(asks))

    def client(_: int) -> list[float]:
        line, spent = server.line(), []
        for what in waiting:  # a list's iterator hands each to one thread
            begun = time.perf_counter()
            line.fetch(what)
            spent.append(time.perf_counter() - begun)
        line.close()
        return spent

    with ThreadPoolExecutor(clients) as pool:
        begun = time.perf_counter()
        spent = [each for some in pool.map(client, range(clients)) for each in some]
        return spent, time.perf_counter() - begun


def processor_seconds(pid: int) -> float:
    """What a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
