"""Pictures from the web: public addresses only, in bounded time and size, tried again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin

import httpcore

from vitrine.adapters import addresses, outbound
from vitrine.adapters.addresses import Network, Resolve, networks
from vitrine.adapters.outbound import Outbound
from vitrine.core.errors import Forbidden, Invalid, Unavailable, invalid
from vitrine.core.groups import FetchSettings

MOST_REDIRECTS = 5
BACKOFF = 0.5
"""Seconds before the second try, doubled before each further one."""
LONGEST_WAIT = 10.0
SILENCE = 10.0
"""Seconds a server may say nothing."""

REDIRECTS = (301, 302, 303, 307, 308)
BUSY = (408, 425, 429, 500, 502, 503, 504)
PERMIT = "VITRINE_FETCH__NETWORKS names private networks that may be asked."
UNTYPED = ("application/octet-stream", "binary/octet-stream", "")


class HttpFetcher:
    """Fetches over HTTP(S); every redirect is judged as a first call is. Closed by its maker."""

    def __init__(
        self,
        settings: FetchSettings,
        resolve: Resolve = addresses.resolve,
        backend: httpcore.NetworkBackend | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._outbound = Outbound(SILENCE, allowed(settings.networks), resolve, backend)

    def close(self) -> None:
        """Close all connections."""
        self._outbound.close()

    def fetch(self, url: str, most: int) -> bytes:
        """The picture at the address; raises Invalid about `images` saying why there is none."""
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return self._once(url, most)
            except _Passing as failed:
                if attempt == self._settings.attempts:
                    told = f"{url} {failed} ({attempt} tries)"
                    raise invalid("images", told) from None
                self._sleep(_pause(attempt, failed.wait))
        raise AssertionError("there is at least one attempt")

    def _once(self, url: str, most: int) -> bytes:
        try:
            with outbound.within(self._settings.seconds):
                return self._followed(url, most)
        except Forbidden as refused:
            raise invalid("images", f"{refused.message} {PERMIT}") from None
        except httpcore.TimeoutException:
            raise _Passing(f"did not answer within {self._settings.seconds:g} seconds") from None
        except Unavailable as failed:
            raise _Passing(f"cannot be reached: {failed.message}") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as failed:
            raise _Passing(f"cannot be reached: {failed or type(failed).__name__}") from None

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
        try:
            asked = outbound.plain(at)
        except ValueError as wrong:
            raise invalid("images", str(wrong)) from None
        with self._outbound.stream("GET", asked, _HEADERS) as response:
            headers = _Headers.of(response.headers)
            if response.status in REDIRECTS and headers.location:
                return headers.location
            _check_answer(url, response.status, headers, most)
            return _read(response.iter_stream(), most, url)


_HEADERS = {
    "Accept": "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9,image/*;q=0.5",
    "Accept-Encoding": "identity",  # what is not compressed cannot swell
    "User-Agent": "Vitrine (catalogue import)",
}


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


def allowed(text: str) -> tuple[Network, ...]:
    """The private networks that the settings permit; raises Invalid naming what is none."""
    try:
        return networks(text)
    except ValueError as wrong:
        raise invalid("VITRINE_FETCH__NETWORKS", str(wrong)) from None


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
