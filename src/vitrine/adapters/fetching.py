"""Pictures from the web: public addresses only, in bounded time and size, tried again."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from vitrine.adapters import addresses, networks
from vitrine.adapters.addresses import Resolve
from vitrine.adapters.networks import Network
from vitrine.core.errors import Invalid, invalid
from vitrine.core.settings import FetchSettings

MOST_REDIRECTS = 5
CONNECTIONS = 16
BACKOFF = 0.5
"""Seconds before the second try, doubled before each further one."""
LONGEST_WAIT = 10.0
SILENCE = 10.0
"""Seconds a server may say nothing."""

REDIRECTS = (301, 302, 303, 307, 308)
BUSY = (408, 425, 429, 500, 502, 503, 504)
UNTYPED = ("application/octet-stream", "binary/octet-stream", "")

_deadline: ContextVar[float] = ContextVar("deadline")


class HttpFetcher:
    """Fetches over HTTP(S); DNS is asked once per connection and the answer is what is called.

    Every connection, so every redirect too, goes to an address that was judged: there is no
    second look-up that could answer otherwise. Closed by its maker.
    """

    def __init__(
        self,
        settings: FetchSettings,
        resolve: Resolve = addresses.resolve,
        backend: httpcore.NetworkBackend | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        judged = _Judged(
            resolve, backend or httpcore.SyncBackend(), networks.networks(settings.networks)
        )
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=CONNECTIONS,
            network_backend=judged,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def fetch(self, url: str, most: int) -> bytes:
        """The picture at the address; raises Invalid about `images` saying why there is none."""
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return self._once(url, most)
            except _Passing as failed:
                if attempt == self._settings.attempts:
                    told = f"{url} {failed} ({attempt} tries); import again to go on"
                    raise invalid("images", told) from None
                self._sleep(_pause(attempt, failed.wait))
        raise AssertionError("there is at least one attempt")

    def _once(self, url: str, most: int) -> bytes:
        token = _deadline.set(time.monotonic() + self._settings.seconds)
        try:
            return self._followed(url, most)
        except httpcore.TimeoutException:
            raise _Passing(f"did not answer within {self._settings.seconds:g} seconds") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as failed:
            raise _Passing(f"cannot be reached: {failed or type(failed).__name__}") from None
        finally:
            _deadline.reset(token)

    def _followed(self, url: str, most: int) -> bytes:
        at = url
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(at, most, url)
            if isinstance(answer, bytes):
                return answer
            at = urljoin(at, answer)
        raise invalid("images", f"{url} redirects more than {MOST_REDIRECTS} times")

    def _ask(self, at: str, most: int, url: str) -> bytes | str:
        """The picture, or where it is said to be instead."""
        request = _checked(at)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), SILENCE)
        with self._pool.stream(
            "GET", request, headers=_HEADERS, extensions={"timeout": timeout}
        ) as response:
            headers = _Headers.of(response.headers)
            if response.status in REDIRECTS and headers.location:
                return headers.location
            _check_answer(url, response.status, headers, most)
            return _read(response.iter_stream(), most, url)


_HEADERS = [
    ("Accept", "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9"),
    ("Accept-Encoding", "identity"),  # what is not compressed cannot swell
    ("User-Agent", "Vitrine (catalogue import)"),
]


class _Passing(Exception):
    """A failure that may be over when asked again, after `wait` seconds if the server said so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class _Headers:
    location: str
    media_type: str
    encoding: str
    length: int
    retry_after: float | None

    @classmethod
    def of(cls, headers: Iterable[tuple[bytes, bytes]]) -> Self:
        found = {name.lower(): value.decode("latin-1").strip() for name, value in headers}
        length, wait = found.get(b"content-length", ""), found.get(b"retry-after", "")
        return cls(
            found.get(b"location", ""),
            found.get(b"content-type", "").partition(";")[0].strip().lower(),
            found.get(b"content-encoding", "identity").lower(),
            int(length[:20]) if length.isdecimal() else 0,
            float(wait[:9]) if wait.isdecimal() else None,
        )


class _Judged(httpcore.NetworkBackend):
    """Connects to public addresses only, and to none after the deadline of the fetch."""

    def __init__(
        self, resolve: Resolve, inner: httpcore.NetworkBackend, also: tuple[Network, ...]
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
        """A connection to an address of the host; raises Invalid where one of them is private."""
        found = self._resolve(host)
        fine = networks.allowed(found, self._also)
        if not fine:
            raise invalid(
                "images",
                f"{host} is at {', '.join(found)}, which is not public; "
                "VITRINE_FETCH__NETWORKS names private networks that may be asked",
            )
        for address in fine[:-1]:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(fine[-1], port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, *more: Any) -> _Timed:
        return _Timed(self._inner.connect_tcp(address, port, _left(timeout), *more))

    def sleep(self, seconds: float) -> None:
        """Wait, as the pool asks."""
        self._inner.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends with the fetch's deadline, however slowly it drips."""

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


def _checked(url: str) -> str:
    """The address as it is asked for; raises Invalid for one that is no plain web address."""
    try:
        parts = urlsplit(url)
        named, _ = parts.hostname, parts.port
        host = (named or "").encode("idna").decode() if ":" not in (named or "") else named
    except ValueError:
        raise invalid("images", f"{url!r} is no web address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise invalid("images", f"{url!r} is no web address")
    if parts.username or parts.password:
        raise invalid("images", f"{host}: an address with a password in it is not asked")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port:
        netloc = f"{netloc}:{parts.port}"
    return parts._replace(
        netloc=netloc, path=_ascii(parts.path), query=_ascii(parts.query), fragment=""
    ).geturl()


def _ascii(text: str) -> str:
    return quote(text, safe="/%:=&?~#+!$,;'@()*[]")


def _check_answer(url: str, status: int, headers: _Headers, most: int) -> None:
    if status in BUSY:
        raise _Passing(f"answers {status}", headers.retry_after)
    if status != 200:
        raise invalid("images", f"{url} answers {status}")
    if headers.encoding != "identity":
        raise invalid("images", f"{url} is compressed ({headers.encoding})")
    if not headers.media_type.startswith("image/") and headers.media_type not in UNTYPED:
        raise invalid("images", f"{url} is {headers.media_type}, no picture")
    if headers.length > most:
        raise _too_large(url, most)


def _read(stream: Iterable[bytes], most: int, url: str) -> bytes:
    data = bytearray()
    for piece in stream:
        data += piece
        if len(data) > most:
            raise _too_large(url, most)
    return bytes(data)


def _too_large(url: str, most: int) -> Invalid:
    return invalid("images", f"{url} is over {most:,} bytes")


def _pause(attempt: int, asked: float | None) -> float:
    wait = BACKOFF * 2.0 ** (attempt - 1) if asked is None else asked
    return min(wait, LONGEST_WAIT) * random.uniform(1.0, 1.25)  # noqa: S311 - spread, not secrecy
