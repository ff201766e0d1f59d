from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds.programs import found
from tests.worlds.receivers import Receiver
from vitrine.adapters import addresses
from vitrine.adapters.addresses import checked_client, is_public, public_addresses
from vitrine.core.errors import Forbidden, Unavailable

PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.10",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff0e::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "not an address",
    "",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_no_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(inner: object) -> None:
    assert is_public(f"::ffff:{inner}") == is_public(str(inner))
    assert is_public(f"64:ff9b::{inner}") == is_public(str(inner))


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "::1"])
def test_every_way_to_write_loopback_is_refused(host: str) -> None:
    with pytest.raises(Forbidden) as caught:
        public_addresses(host)
    assert caught.value.code == "address_not_public"


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(Forbidden):
        public_addresses("mixed.example", lambda _: ["93.184.216.34", "10.0.0.1"])
    assert public_addresses("fine.example", lambda _: PUBLIC) == PUBLIC


@pytest.mark.parametrize("host", ["", "a" * 70 + ".example", "no such name"])
def test_names_that_lead_nowhere(host: str) -> None:
    with pytest.raises((Unavailable, Forbidden)):
        public_addresses(host)


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that turns private after the check (DNS rebinding) is not asked a second time."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    asked: list[str] = []

    def resolved(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with Receiver.listening() as receiver, checked_client(5, resolved=resolved) as client:
        url = f"http://shop.example:{receiver.port}/hook"
        assert client.post(url, content=b"{}").status_code == 204
        assert receiver.got[0].headers["host"] == f"shop.example:{receiver.port}"
        assert asked == ["shop.example"]
        with pytest.raises(Forbidden):
            client.post(url, content=b"{}")
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
    pinned = checked_client(5, resolved=lambda _: ["127.0.0.1"])
    with Receiver.listening(context) as receiver, pinned as client:
        answer = client.post(f"https://shop.example:{receiver.port}/", content=b"{}")
        assert answer.status_code == 204
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            client.post(f"https://other.example:{receiver.port}/", content=b"{}")
    assert len(receiver.got) == 1


def test_addresses_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    with Receiver.listening() as receiver:
        resolved = ["::1", "127.0.0.1"]  # nobody listens on the first
        with checked_client(5, resolved=lambda _: resolved) as client:
            answer = client.post(f"http://shop.example:{receiver.port}/", content=b"whole")
    assert answer.status_code == 204
    assert receiver.got[0].body == b"whole"


def test_a_redirect_to_loopback_is_refused_even_when_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    with Receiver.listening() as receiver, checked_client(5) as client:
        receiver.answer(302, location="http://169.254.169.254/latest/meta-data/")
        url = f"http://127.0.0.1:{receiver.port}/"
        assert client.get(url).status_code == 302
        with pytest.raises(Forbidden):
            client.get(url, follow_redirects=True)


def test_private_addresses_are_reached_where_they_are_allowed() -> None:
    with Receiver.listening() as receiver, checked_client(5, allow_private=True) as client:
        assert client.get(receiver.url).status_code == 204
    with checked_client(5) as client, pytest.raises(Forbidden):
        client.get(receiver.url)


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver.listening() as proxy, Receiver.listening() as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with checked_client(5, allow_private=True) as client:
            client.get(receiver.url)
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
    late = pytest.raises(httpx.ReadTimeout, match=r"0\.4 seconds")
    with dripping() as port, checked_client(0.4, allow_private=True) as client, late:
        client.get(f"http://127.0.0.1:{port}/")
