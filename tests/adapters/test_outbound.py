"""Calls to addresses that strangers name, against real servers on this machine."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpcore
import pytest

from tests.worlds.programs import found
from tests.worlds.receivers import Receiver
from vitrine.adapters import addresses, outbound
from vitrine.adapters.outbound import Outbound
from vitrine.core.errors import Forbidden


def ask(caller: Outbound, url: str, body: bytes | None = None) -> int:
    with (
        outbound.within(5),
        caller.stream("GET" if body is None else "POST", url, {}, body) as answer,
    ):
        return answer.status


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that turns private after the check (DNS rebinding) is not asked a second time."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    asked: list[str] = []

    def resolved(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with Receiver.listening() as receiver, closing(Outbound(5, resolve=resolved)) as caller:
        url = f"http://shop.example:{receiver.port}/hook"
        assert ask(caller, url, b"{}") == 204
        assert receiver.got[0].headers["host"] == f"shop.example:{receiver.port}"
        assert asked == ["shop.example"]
        with pytest.raises(Forbidden):
            ask(caller, url, b"{}")
        assert len(receiver.got) == 1


def test_the_certificate_must_be_the_names_not_the_addresses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    made = [found("openssl", "apt-get install openssl"), "req", "-x509", "-nodes", "-days", "2"]
    made += ["-newkey", "rsa:2048", "-keyout", "key.pem", "-out", "cert.pem"]
    made += ["-subj", "/CN=shop", "-addext", "subjectAltName=DNS:shop.example"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    pinned = closing(Outbound(5, resolve=lambda _: ["127.0.0.1"]))
    with Receiver.listening(context) as receiver, pinned as caller:
        assert ask(caller, f"https://shop.example:{receiver.port}/", b"{}") == 204
        with pytest.raises(httpcore.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(caller, f"https://other.example:{receiver.port}/", b"{}")
    assert len(receiver.got) == 1


def test_addresses_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    with Receiver.listening() as receiver:
        resolved = ["::1", "127.0.0.1"]  # nobody listens on the first
        with closing(Outbound(5, resolve=lambda _: resolved)) as caller:
            assert ask(caller, f"http://shop.example:{receiver.port}/", b"whole") == 204
    assert receiver.got[0].body == b"whole"


def test_no_redirect_is_followed() -> None:
    permitted = closing(Outbound(5, addresses.ANYWHERE))
    with Receiver.listening() as receiver, permitted as caller:
        receiver.answer(302, location=receiver.url + "/next")
        assert ask(caller, receiver.url) == 302
        assert len(receiver.got) == 1


def test_private_addresses_are_reached_where_they_are_permitted() -> None:
    permitted = closing(Outbound(5, addresses.networks("127.0.0.0/8")))
    with Receiver.listening() as receiver, permitted as caller:
        assert ask(caller, receiver.url) == 204
    with closing(Outbound(5)) as caller, pytest.raises(Forbidden):
        ask(caller, receiver.url)


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver.listening() as proxy, Receiver.listening() as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with closing(Outbound(5, addresses.ANYWHERE)) as caller:
            ask(caller, receiver.url)
        assert (len(proxy.got), len(receiver.got)) == (0, 1)


@contextmanager
def dripping() -> Iterator[int]:
    """The port of a server that sends a byte of a header now and then, without end."""
    ended = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not ended.wait(0.05):
                        connection.sendall(b"a")
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        ended.set()
        thread.join()


def test_an_answer_that_drips_is_cut_off() -> None:
    # The server drips faster than any timeout of a single read, and never ends by itself.
    with (
        dripping() as port,
        closing(Outbound(5, addresses.ANYWHERE)) as caller,
        pytest.raises(httpcore.ReadTimeout),
        outbound.within(0.4),
        caller.stream("GET", f"http://127.0.0.1:{port}/", {}),
    ):
        pytest.fail("an answer that never ends")


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("http://bücher.example/ä b", "http://xn--bcher-kva.example/%C3%A4%20b"),
        ("https://shop.example:8443/a?b=c d#e", "https://shop.example:8443/a?b=c%20d"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_an_address_is_asked_for_in_ascii(given: str, plain: str) -> None:
    assert outbound.plain(given) == plain


@pytest.mark.parametrize("given", ["ftp://shop.example/", "http://", "http://[half", "/a.jpg", ""])
def test_what_is_no_web_address(given: str) -> None:
    with pytest.raises(ValueError, match="no web address"):
        outbound.plain(given)
