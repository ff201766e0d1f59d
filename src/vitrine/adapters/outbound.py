"""Calls to addresses that strangers name: only permitted ones, and never longer than a deadline.

A name is resolved once per connection, every address it has is judged, and the connection goes to
one of exactly these, under the name that was asked for. So a name that answers the check with one
address and the connection with another (DNS rebinding) gains nothing. No redirect is followed, and
proxies of the environment, which would connect without any check, are not asked.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore

from vitrine.adapters import addresses
from vitrine.adapters.addresses import Network, Resolve

CONNECTIONS = 16
MOST_TRIED = 3
"""Addresses of one name that are tried before the call is given up."""

_deadline: ContextVar[float] = ContextVar("deadline")


class Outbound:
    """Calls public addresses and those of the networks `also`; for any number of threads.

    Shorter than the deadline, `silence` is the seconds that a single step may take. Calls raise
    Forbidden and Unavailable as `public_addresses` does, and httpcore's own errors. Closed by its
    maker.
    """

    def __init__(
        self,
        silence: float,
        also: Sequence[Network] = (),
        resolve: Resolve = addresses.resolve,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._timeout = dict.fromkeys(("connect", "read", "write", "pool"), silence)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=CONNECTIONS,
            network_backend=_Judged(resolve, backend or httpcore.SyncBackend(), also),
        )

    def stream(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> AbstractContextManager[httpcore.Response]:
        """The answer, whose body is read as far as wanted; asked for inside `within`."""
        extensions = {"timeout": self._timeout}
        return self._pool.stream(
            method, url, headers=list(headers.items()), content=content, extensions=extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Every call of this thread in the block ends after `seconds`, however slowly it drips."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def plain(url: str) -> str:
    """The web address in ASCII, as it is asked for; raises ValueError saying what is wrong."""
    try:
        parts = urlsplit(url)
        named, port = parts.hostname or "", parts.port
        host = f"[{named}]" if ":" in named else named.encode("idna").decode()
    except ValueError:
        raise ValueError(f"{url!r} is no web address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"{url!r} is no web address")
    if parts.username or parts.password:
        raise ValueError(f"{host}: an address with a password in it is not asked")
    netloc = f"{host}:{port}" if port else host
    return parts._replace(
        netloc=netloc, path=_ascii(parts.path), query=_ascii(parts.query), fragment=""
    ).geturl()


class _Judged(httpcore.NetworkBackend):
    """Connects to judged addresses only, trying those of a host in turn."""

    def __init__(
        self, resolve: Resolve, inner: httpcore.NetworkBackend, also: Sequence[Network]
    ) -> None:
        self._resolve = resolve
        self._inner = inner
        self._also = also

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """A connection to an address of the host; raises as `public_addresses` does."""
        found = addresses.public_addresses(host, self._resolve, self._also)
        *others, last = found[:MOST_TRIED]
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(address, port, timeout, local_address, socket_options)
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, *more: Any) -> _Timed:
        return _Timed(self._inner.connect_tcp(address, port, _left(timeout), *more))

    def sleep(self, seconds: float) -> None:
        """Wait, as the pool asks."""
        self._inner.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends with the deadline of the call it serves."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the inner stream, in the time left."""
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As the inner stream, in the time left."""
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        """Close the inner stream."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Encrypted from here, the certificate checked for the name and not the address."""
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        """As the inner stream."""
        return self._inner.get_extra_info(info)


def _left(timeout: float | None) -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)


def _ascii(text: str) -> str:
    return quote(text, safe="/%:=&?~#+!$,;'@()*[]")
