"""Requests are shared between all servers of a name, and none is lost when one goes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.worlds.waiting import eventually
from vitrine.adapters import balancing
from vitrine.adapters.balancing import SERVER, Balanced

ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


class Servers(httpx.BaseTransport):
    """Servers by address: each answers with its address, or fails as the test says."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.failing: dict[str, type[httpx.TransportError]] = {}
        self.held = threading.Event()
        self.held.set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        address = request.url.host
        if address in self.failing:
            raise self.failing[address]("gone")
        request.read()
        self.held.wait(10)
        return httpx.Response(200, content=b"%s %s" % (address.encode(), request.content))

    def counts(self) -> Counter[str]:
        return Counter(request.url.host for request in self.asked)


@pytest.fixture
def servers() -> Servers:
    return Servers()


@pytest.fixture
def client(servers: Servers) -> Iterator[httpx.Client]:
    transport = Balanced(servers, lambda _host: ADDRESSES)
    with httpx.Client(base_url="https://ml.internal:8002", transport=transport) as opened:
        yield opened


def test_a_request_keeps_its_name_and_says_who_answered(
    client: httpx.Client, servers: Servers
) -> None:
    answer = client.post("/analyze", content=b"photo")
    [asked] = servers.asked
    assert asked.url.port == 8002
    assert asked.headers["host"] == "ml.internal:8002"
    assert asked.extensions["sni_hostname"] == "ml.internal"
    assert answer.content == f"{answer.extensions[SERVER]} photo".encode()
    assert answer.extensions[SERVER] in ADDRESSES


def test_the_least_busy_server_is_asked(client: httpx.Client, servers: Servers) -> None:
    servers.held.clear()
    threads = [threading.Thread(target=client.get, args=("/healthz",)) for _ in range(9)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(servers.asked) == 9, "not all were asked")
    servers.held.set()
    for thread in threads:
        thread.join()
    assert servers.counts() == dict.fromkeys(ADDRESSES, 3)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError])
def test_another_is_asked_when_one_goes_and_that_one_rests(
    client: httpx.Client, servers: Servers, error: type[httpx.TransportError]
) -> None:
    servers.failing["10.0.0.2"] = error
    for n in range(40):
        assert client.post("/analyze", content=b"%d" % n).content.endswith(b" %d" % n)
    assert servers.counts()["10.0.0.2"] == 1, "it is left alone for a while"
    servers.failing = dict.fromkeys(("10.0.0.1", "10.0.0.3"), httpx.ConnectError)
    assert client.get("/healthz").is_success, "who rests is asked when nobody else is there"


def test_nobody_there_is_an_error(client: httpx.Client, servers: Servers) -> None:
    servers.failing = dict.fromkeys(ADDRESSES, httpx.ConnectError)
    with pytest.raises(httpx.ConnectError):
        client.get("/healthz")
    assert servers.counts() == dict.fromkeys(ADDRESSES, 1)


def test_a_request_that_ends_servers_ends_two_at_most(
    client: httpx.Client, servers: Servers
) -> None:
    servers.failing = dict.fromkeys(ADDRESSES, httpx.RemoteProtocolError)
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/analyze", content=b"photo")
    assert len(servers.asked) == 2


def test_what_takes_too_long_is_not_asked_again(client: httpx.Client, servers: Servers) -> None:
    servers.failing = dict.fromkeys(ADDRESSES, httpx.ReadTimeout)
    with pytest.raises(httpx.ReadTimeout):
        client.post("/analyze", content=b"photo")
    assert len(servers.asked) == 1


def test_behind_one_address_another_connection_is_tried(servers: Servers) -> None:
    servers.failing["10.0.0.9"] = httpx.ReadError
    with httpx.Client(transport=Balanced(servers, lambda _: ["10.0.0.9"])) as client:
        with pytest.raises(httpx.ReadError):
            client.get("http://ml/healthz")
        assert len(servers.asked) == 2


def test_a_request_goes_to_the_server_it_is_for(client: httpx.Client, servers: Servers) -> None:
    for _ in range(10):
        client.get("/healthz", extensions={SERVER: "10.0.0.2"})
    assert servers.counts() == {"10.0.0.2": 10}


def test_who_is_idle_takes_turns(client: httpx.Client, servers: Servers) -> None:
    for _ in range(9):
        client.get("/healthz")
    assert servers.counts() == dict.fromkeys(ADDRESSES, 3)


def test_servers_that_come_and_go_are_known_soon(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, asked = {"ml": ADDRESSES[:1]}, []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return names[host]

    with httpx.Client(transport=Balanced(servers, resolve)) as client:
        for _ in range(5):
            client.get("http://ml/")
        assert asked == ["ml"], "names are asked for once in a while"
    monkeypatch.setattr(balancing, "KNOWN", 0.0)
    with httpx.Client(transport=Balanced(servers, resolve)) as client:
        client.get("http://ml/")
        names["ml"] = ADDRESSES[1:2]
        client.get("http://ml/")
    assert servers.counts() == {ADDRESSES[0]: 6, ADDRESSES[1]: 1}


def test_a_name_without_addresses_is_a_connection_that_failed(servers: Servers) -> None:
    def nowhere(_host: str) -> list[str]:
        raise OSError

    with (
        httpx.Client(transport=Balanced(servers, nowhere)) as client,
        pytest.raises(httpx.ConnectError, match="ml has no address"),
    ):
        client.get("http://ml/")
