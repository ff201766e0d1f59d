"""Pictures from the web, against a real HTTP server on this machine that stands for the web."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore
import pytest

from vitrine.adapters import addresses
from vitrine.adapters.fetching import HttpFetcher
from vitrine.core.errors import Invalid
from vitrine.core.groups import FetchSettings

PUBLIC = "93.184.216.34"
JPEG = b"\xff\xd8\xff some bytes"


@dataclass
class Web:
    """What the server answers by path, and what it was asked."""

    port: int = 0
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *words: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.server.web.asked.append((self.headers["Host"].partition(":")[0], self.path))
        try:
            self.server.web.answers[self.path](self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def reply(status: int = 200, data: bytes = JPEG, **headers: str) -> Callable[[Any], None]:
    def send(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        told = {"Content-Type": "image/jpeg", "Content-Length": str(len(data))}
        for name, value in (told | {n.replace("_", "-"): v for n, v in headers.items()}).items():
            to.send_header(name, value)
        to.end_headers()
        to.wfile.write(data)

    return send


class Nearby(httpcore.SyncBackend):
    """Every public address is the test's server; what is called is written down."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.called: list[str] = []

    def connect_tcp(self, host: str, port: int, *more: Any, **named: Any) -> Any:
        self.called.append(host)
        return super().connect_tcp("127.0.0.1", self.port, *more, **named)


@pytest.fixture
def web() -> Iterator[Web]:
    with Server(("127.0.0.1", 0), Answer) as server:
        server.web = Web(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.web
        server.shutdown()
        thread.join()


@dataclass
class Fetching:
    """A fetcher with a DNS of its own, and the pauses it made."""

    fetcher: HttpFetcher
    nearby: Nearby
    pauses: list[float]
    names: dict[str, Sequence[str]]

    def get(self, url: str, most: int = 1000) -> bytes:
        return self.fetcher.fetch(url, most)

    def refused(self, url: str, most: int = 1000) -> str:
        with pytest.raises(Invalid) as told:
            self.get(url, most)
        return told.value.fields["images"]


@pytest.fixture
def fetching(web: Web) -> Iterator[Fetching]:
    names: dict[str, Sequence[str]] = {"shop.example": [PUBLIC], "cdn.example": ["8.8.8.8"]}

    def resolve(host: str) -> list[str]:
        return list(names[host]) if host in names else addresses.resolve(host)

    nearby, pauses = Nearby(web.port), list[float]()
    fetcher = HttpFetcher(FetchSettings(seconds=0.8), resolve, nearby, pauses.append)
    yield Fetching(fetcher, nearby, pauses, names)
    fetcher.close()


def test_a_picture_is_fetched_from_where_redirects_lead(web: Web, fetching: Fetching) -> None:
    web.answers["/a.jpg"] = reply(302, b"", Location="//cdn.example/b%20c.jpg?x=1")
    web.answers["/b%20c.jpg?x=1"] = reply(Content_Type="image/webp; q=1")
    assert fetching.get("http://shop.example/a.jpg") == JPEG
    assert web.asked == [("shop.example", "/a.jpg"), ("cdn.example", "/b%20c.jpg?x=1")]
    assert fetching.nearby.called == [PUBLIC, "8.8.8.8"], "the judged address is the one called"


PRIVATE = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.5",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:0001::]",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "localhost",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_never_called(web: Web, fetching: Fetching, host: str) -> None:
    web.answers["/a.jpg"] = reply(302, b"", Location=f"http://{host}:{web.port}/secret")
    web.answers["/secret"] = reply()
    for url in (f"http://{host}:{web.port}/secret", "http://shop.example/a.jpg"):
        told = fetching.refused(url)
        assert "not public" in told or "web address" in told, told
    assert web.asked == [("shop.example", "/a.jpg")]
    assert fetching.nearby.called == [PUBLIC]


@pytest.mark.parametrize("found", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["fe80::1%eth0"]])
def test_a_name_that_leads_to_a_private_address_is_refused(
    web: Web, fetching: Fetching, found: list[str]
) -> None:
    fetching.names["evil.example"] = found
    assert "not public" in fetching.refused("http://evil.example/a.jpg")
    assert (web.asked, fetching.nearby.called, fetching.pauses) == ([], [], [])


def test_a_name_is_looked_up_once_and_that_answer_is_called(web: Web) -> None:
    answers = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]
    nearby = Nearby(web.port)
    fetcher = HttpFetcher(FetchSettings(), lambda *_: answers.pop(0), nearby)
    web.answers["/a.jpg"] = reply()
    assert fetcher.fetch("http://rebinding.example/a.jpg", 1000) == JPEG
    assert (nearby.called, len(answers)) == ([PUBLIC], 2)
    fetcher.close()


def test_a_private_network_may_be_allowed(web: Web) -> None:
    web.answers["/a.jpg"] = reply()
    fetcher = HttpFetcher(FetchSettings(networks="10.0.0.0/8, 127.0.0.1"))
    assert fetcher.fetch(f"http://127.0.0.1:{web.port}/a.jpg", 1000) == JPEG
    fetcher.close()
    with pytest.raises(Invalid, match="VITRINE_FETCH__NETWORKS"):
        HttpFetcher(FetchSettings(networks="everything"))


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@shop.example/a.jpg",
        "http:///a.jpg",
        "http://shop.example:99999/a.jpg",
        "http://[::1/a.jpg",
        "http://" + "a" * 300 + ".example/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(fetching: Fetching, url: str) -> None:
    assert "secret" not in fetching.refused(url)
    assert fetching.nearby.called == []


def test_a_redirect_to_another_scheme_is_refused(web: Web, fetching: Fetching) -> None:
    for place in ("file:///etc/passwd", "ftp://shop.example/a", "gopher://shop.example/"):
        web.answers["/a.jpg"] = reply(301, b"", Location=place)
        assert "no web address" in fetching.refused("http://shop.example/a.jpg")


def test_redirects_end(web: Web, fetching: Fetching) -> None:
    web.answers["/a.jpg"] = reply(302, b"", Location="/a.jpg")
    assert "redirects more than 5 times" in fetching.refused("http://shop.example/a.jpg")


def test_a_page_is_no_picture(web: Web, fetching: Fetching) -> None:
    web.answers["/a.jpg"] = reply(200, b"<html>", Content_Type="text/html; charset=utf-8")
    assert "text/html, no picture" in fetching.refused("http://shop.example/a.jpg")
    assert fetching.pauses == [], "asking again changes nothing"


def test_the_size_is_limited_whatever_the_server_says(web: Web, fetching: Fetching) -> None:
    web.answers["/said.jpg"] = reply(200, b"x" * 2000)
    assert "over 1,000 bytes" in fetching.refused("http://shop.example/said.jpg")

    def endless(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Type", "image/jpeg")
        to.send_header("Connection", "close")
        to.end_headers()
        while True:
            to.wfile.write(b"x" * 10_000)

    web.answers["/endless.jpg"] = endless
    assert "over 1,000 bytes" in fetching.refused("http://shop.example/endless.jpg")
    web.answers["/small.jpg"] = reply(200, b"x", Content_Encoding="gzip")
    assert "compressed" in fetching.refused("http://shop.example/small.jpg")


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_server_that_drips_is_left(web: Web, fetching: Fetching, where: str) -> None:
    ended = threading.Event()

    def drip(to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n")
        to.wfile.write(b"X-Long: " if where == "headers" else b"Content-Length: 900\r\n\r\n")
        try:
            for _ in range(600):
                to.wfile.write(b"x")
                time.sleep(0.05)
        except (BrokenPipeError, ConnectionResetError):
            ended.set()
            raise

    web.answers["/a.jpg"] = drip
    told = fetching.refused("http://shop.example/a.jpg")
    assert "within 0.8 seconds (3 tries)" in told
    assert ended.wait(10), "the connection was closed"


def test_what_may_pass_is_tried_again_later_each_time(web: Web, fetching: Fetching) -> None:
    replies = [reply(503, b""), reply(429, b"", Retry_After="3"), reply()]

    def next_reply(to: BaseHTTPRequestHandler) -> None:
        replies.pop(0)(to)

    web.answers["/a.jpg"] = next_reply
    assert fetching.get("http://shop.example/a.jpg") == JPEG
    first, second = fetching.pauses
    assert 0.5 <= first <= 0.7
    assert 3 <= second <= 4
    web.answers["/b.jpg"] = reply(500, b"")
    assert "answers 500 (3 tries)" in fetching.refused("http://shop.example/b.jpg")
    web.answers["/c.jpg"] = reply(429, b"", Retry_After="99999")
    fetching.refused("http://shop.example/c.jpg")
    assert max(fetching.pauses) < 13


def test_what_stays_wrong_is_asked_once(web: Web, fetching: Fetching) -> None:
    web.answers["/a.jpg"] = reply(404, b"")
    assert "answers 404" in fetching.refused("http://shop.example/a.jpg")
    assert len(web.asked) == 1


def test_a_server_that_breaks_off_and_a_name_that_is_unknown(web: Web, fetching: Fetching) -> None:
    def cut(to: BaseHTTPRequestHandler) -> None:
        reply(200, b"abc", Content_Length="900")(to)
        to.close_connection = True

    web.answers["/a.jpg"] = cut
    assert "cannot be reached" in fetching.refused("http://shop.example/a.jpg")
    assert len(web.asked) == 3

    def unknown(*_: object) -> list[str]:
        raise OSError("Name or service not known")

    fetcher = HttpFetcher(FetchSettings(attempts=1), unknown)
    with pytest.raises(Invalid, match="not known"):
        fetcher.fetch("http://nowhere.example/a.jpg", 1000)
    fetcher.close()


def test_a_certificate_is_checked_for_the_name(web: Web, fetching: Fetching) -> None:
    assert "cannot be reached" in fetching.refused("https://shop.example/a.jpg")
