"""Calls to addresses that strangers name: only public ones, and never longer than a deadline.

A name is resolved once; every address it has must be public, and the connection goes to one of
exactly these. So a name that answers the check with one address and the connection with another
(DNS rebinding) gains nothing, and each redirect that a client follows is checked like a first call.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpx

from vitrine.core.errors import Forbidden, Unavailable

Resolve = Callable[[str], list[str]]
"""From a host's name to all its addresses; raises OSError where it has none."""

MOST_TRIED = 3
"""Addresses of one name that are tried before the call is given up."""

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, however it is written or wrapped."""
    try:
        return all(each.is_global and not each.is_multicast for each in _unwrapped(address))
    except ValueError:  # a scope such as fe80::1%eth0 is no address of the open internet either
        return False


def resolve(host: str) -> list[str]:
    """All addresses the system knows for a name, or the address itself; raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def public_addresses(host: str, resolved: Resolve = resolve) -> list[str]:
    """The host's addresses, all public; raises Forbidden if one is not, Unavailable if it has none.

    One address that is not public is enough to refuse: an honest name has no such mixture.
    """
    try:
        addresses = resolved(host)
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise Unavailable("host_unknown", f"The name {host} cannot be resolved.")
    if not all(map(is_public, addresses)):
        raise Forbidden(
            "address_not_public", f"{host} is a private, loopback or otherwise reserved address."
        )
    return addresses


def checked_client(
    timeout: float, *, allow_private: bool = False, resolved: Resolve = resolve
) -> httpx.Client:
    """A client that reaches public addresses only and follows no redirect by itself.

    `timeout` is seconds from the request to the head of its answer, however slowly it drips;
    after it each read has that time anew. Raises Forbidden and Unavailable as `public_addresses`
    does, and httpx's own errors. Whoever opens it closes it.
    """
    # Proxies from the environment would be asked to connect without any check, so they are not.
    return httpx.Client(
        transport=_CheckedTransport(timeout, None if allow_private else resolved),
        timeout=timeout,
        trust_env=False,
        follow_redirects=False,
    )


class _CheckedTransport(httpx.BaseTransport):
    """Sends each request to an address that was just checked, under the name that was asked for."""

    def __init__(self, deadline: float, resolved: Resolve | None) -> None:
        self._deadline = deadline
        self._resolved = resolved
        # Connections are known by address and not kept, or a name would get another name's.
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check and connect, trying the host's addresses in turn."""
        with _cut_off(request, self._deadline):
            if self._resolved is None:
                return self._inner.handle_request(request)
            return self._pinned(request, self._resolved)

    def close(self) -> None:
        """Close every connection."""
        self._inner.close()

    def _pinned(self, request: httpx.Request, resolved: Resolve) -> httpx.Response:
        host = request.url.host
        *others, last = public_addresses(host, resolved)[:MOST_TRIED]
        for address in others:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return self._inner.handle_request(_at(request, host, address))
        return self._inner.handle_request(_at(request, host, last))


def _at(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """The request sent to an address; its Host header and certificate stay those of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


@contextmanager
def _cut_off(request: httpx.Request, seconds: float) -> Iterator[None]:
    """Shut the request's connection down after `seconds`, which wakes whoever waits for it."""
    opened: list[socket.socket] = []
    late = threading.Event()

    def note(event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            opened.append(info["return_value"].get_extra_info("socket"))
            if late.is_set():
                _shut(opened)

    def cut() -> None:
        late.set()
        _shut(opened)

    request.extensions["trace"] = note
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except httpx.TransportError as error:
        if late.is_set():
            raise httpx.ReadTimeout(f"no answer within {seconds:g} seconds") from error
        raise
    finally:
        timer.cancel()


def _shut(opened: list[socket.socket]) -> None:
    for each in opened:
        with suppress(OSError):
            # Not SSLSocket's own, which would first take its state from under a reader.
            socket.socket.shutdown(each, socket.SHUT_RDWR)


def _unwrapped(address: str) -> Iterator[IPv4Address | IPv6Address]:
    """The address, and the IPv4 one inside where IPv6 only wraps it."""
    outer = ip_address(address)
    if isinstance(outer, IPv4Address):
        yield outer
        return
    inner = outer.ipv4_mapped or outer.sixtofour or (outer.teredo[1] if outer.teredo else None)
    if inner is None and (outer in _NAT64 or outer in _COMPATIBLE):
        inner = IPv4Address(int(outer) & 0xFFFFFFFF)
    if outer.ipv4_mapped is None:
        yield outer
    if inner is not None:
        yield inner
