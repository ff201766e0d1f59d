"""Slow and endless senders against a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import uvicorn
from fastapi import FastAPI, Request

from tests.worlds.programs import free_port
from tests.worlds.waiting import eventually
from vitrine.http.connections import Bounded

MEGABYTE = 1_000_000


class Quick(Bounded):
    """The same with a patience that tests have."""

    head_seconds = 0.5
    body_grace = 0.5
    body_rate = 1000
    silence = 0.5
    linger = 0.3
    look_every = 0.05
    most = 5


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = FastAPI(openapi_url=None)

    @app.post("/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    @app.post("/refuse")
    async def refuse() -> str:
        return "no"

    @app.get("/headers")
    async def headers(request: Request) -> int:
        return len(request.headers)

    @app.get("/much")
    async def much() -> str:
        return "x" * (20 * MEGABYTE)

    config = uvicorn.Config(app, port=free_port(), log_config=None, http=Quick, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    yield config.port
    server.should_exit = True
    thread.join()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        yield line


def told(line: socket.socket) -> bytes:
    """All that comes until the server closes."""
    answer = b""
    with suppress(ConnectionError):
        while some := line.recv(65_536):
            answer += some
    return answer


def dripped(line: socket.socket, drop: bytes, every: float, seconds: float = 5.0) -> float:
    """How long the server lets a sender of one drop after the other go on."""
    started = time.monotonic()
    with suppress(OSError):
        while time.monotonic() - started < seconds:
            line.sendall(drop)
            time.sleep(every)
    return time.monotonic() - started


def posted(path: str, length: int) -> bytes:
    return f"POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n".encode()


def test_a_request_after_the_other_is_answered(port: int) -> None:
    with connected(port) as line:
        for size in (10, 300_000, 5):
            line.sendall(posted("/read", size) + b"x" * size)
            time.sleep(0.1)
            answer = line.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.endswith(str(size).encode())


def test_headers_without_end_are_cut(port: int) -> None:
    sent = 0
    with connected(port) as line, suppress(ConnectionError):
        line.sendall(b"GET /headers HTTP/1.1\r\nhost: a\r\n")
        while sent < 100 * MEGABYTE:
            line.sendall(b"x-more: " + b"y" * 1000 + b"\r\n")
            sent += 1010
    assert sent < 20 * MEGABYTE


def test_one_header_that_is_too_long_is_told_so(port: int) -> None:
    with connected(port) as line:
        line.sendall(b"GET /headers HTTP/1.1\r\nhost: a\r\nx-long: ")
        for _ in range(10):
            with suppress(ConnectionError):
                line.sendall(b"y" * 16_000)
            time.sleep(0.02)
        with suppress(ConnectionError):
            assert b" 431 " in line.recv(65_536)


def test_headers_that_drip_are_cut(port: int) -> None:
    with connected(port) as line:
        line.sendall(b"GET /headers HTTP/1.1\r\n")
        assert dripped(line, b"a: b\r\n", 0.1) < 2


@pytest.mark.parametrize("drop", [b"", b"\r\n"])
def test_a_connection_without_a_request_is_cut(port: int, drop: bytes) -> None:
    started = time.monotonic()
    with connected(port) as line:
        dripped(line, drop, 0.1, seconds=1.5)
        answer = told(line)
    assert answer.startswith(b"HTTP/1.1 408") or not answer
    assert time.monotonic() - started < 3


def test_a_body_that_drips_is_cut_and_told_so(port: int) -> None:
    with connected(port) as line:
        line.sendall(posted("/read", 1000))
        started = time.monotonic()
        answer = told(line)
        assert time.monotonic() - started < 3
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code": "request_timeout"' in answer
    with connected(port) as line:
        line.sendall(posted("/read", 100_000))
        assert dripped(line, b"x", 0.05) < 3


def test_a_body_that_is_slow_but_comes_is_read(port: int) -> None:
    with connected(port) as line:
        line.sendall(posted("/read", 4000))
        for _ in range(20):
            line.sendall(b"x" * 200)
            time.sleep(0.06)
        assert line.recv(65_536).endswith(b"4000")


def test_a_body_that_nobody_reads_does_not_keep_the_connection(port: int) -> None:
    with connected(port) as line:
        line.sendall(posted("/refuse", 10 * MEGABYTE))
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        assert dripped(line, b"x" * 100, 0.05) < 2


def test_headers_behind_a_body_are_not_kept(port: int) -> None:
    with connected(port) as line:
        head = b"POST /read HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
        line.sendall(head + b"2\r\nab\r\n0\r\nx-trailer: " + b"y" * 50_000 + b"\r\n\r\n")
        assert b"200 OK" in line.recv(65_536)


def test_who_takes_nothing_of_an_answer_is_cut(port: int) -> None:
    with connected(port) as line:
        line.sendall(b"GET /much HTTP/1.1\r\nhost: a\r\n\r\n")
        time.sleep(2)  # longer than the server bears it
        assert len(told(line)) < 20 * MEGABYTE


def test_one_connection_too_many_is_closed_at_once(port: int) -> None:
    time.sleep(1)  # those of other tests are gone
    lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(6)]
    started = time.monotonic()
    assert told(lines[-1]) == b""
    assert time.monotonic() - started < 0.4
    for line in lines:
        line.close()
