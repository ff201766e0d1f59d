"""`vitrine serve` on a catalogue of the bench, and clients that ask it as a shop's pages do."""

from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.stock import EMAIL, PASSWORD, Stock
from tests.worlds.programs import environment_of, free_port, started

QUIET = 900.0
"""Seconds in which a server has done the jobs that it finds for itself."""

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
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, what: Ask) -> Any:
        """The JSON of the answer; raises RuntimeError for one that is not good."""
        method, path, body, media_type = what
        headers = self._headers | ({"Content-Type": media_type} if body else {})
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]!r}")
        return json.loads(data)

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
    boundary = uuid.uuid4().hex
    texts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        f"{value if isinstance(value, str) else json.dumps(value)}\r\n"
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = "".join([*texts, head]).encode() + photo + f"\r\n--{boundary}--\r\n".encode()
    return "POST", path, body, f"multipart/form-data; boundary={boundary}"


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
        if settled:
            _settle(port)
        yield Server(port, program.process.pid, told["access_token"], ready)


def _settle(port: int) -> None:
    """Wait until the server has had nothing to do for two seconds: jobs tell nobody outside."""
    until, idle_since = time.monotonic() + QUIET, time.monotonic()
    while time.monotonic() < until and time.monotonic() - idle_since < 2.0:
        time.sleep(0.2)
        told = _health(port)
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
            line.ask(what)
            spent.append(time.perf_counter() - begun)
        line.close()
        return spent

    with ThreadPoolExecutor(clients) as pool:
        begun = time.perf_counter()
        spent = [each for some in pool.map(client, range(clients)) for each in some]
        return spent, time.perf_counter() - begun


def timed(call: Callable[[], Any]) -> float:
    """The seconds that it took."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
