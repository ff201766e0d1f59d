"""Files of shops from the web: public addresses only, in bounded time and size, secrets untold."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import httpcore

from vitrine.adapters import addresses, outbound
from vitrine.adapters.addresses import Resolve
from vitrine.adapters.fetching import BUSY, MOST_REDIRECTS, PERMIT, REDIRECTS, SILENCE, allowed
from vitrine.adapters.outbound import Outbound
from vitrine.core.errors import Forbidden, Invalid, Unavailable, invalid
from vitrine.core.groups import FetchSettings

PIECE = 1 << 16
GZIP = b"\x1f\x8b"


class HttpFeeds:
    """Downloads over HTTP(S); every redirect is judged as a first call is. Closed by its maker."""

    def __init__(
        self, settings: FetchSettings, seconds: float, resolve: Resolve = addresses.resolve
    ) -> None:
        self._seconds = seconds
        self._outbound = Outbound(SILENCE, allowed(settings.networks), resolve)

    def close(self) -> None:
        """Close all connections."""
        self._outbound.close()

    def download(self, url: str, to: Path, most: int, authorization: str = "") -> None:
        """See `ports.Feeds`. Nothing names more of the address than its host."""
        host = host_of(url)
        try:
            with outbound.within(self._seconds), to.open("wb") as file:
                self._followed(url, file, most, authorization)
        except Forbidden as refused:
            raise _refused(f"{refused.message} {PERMIT}") from None
        except httpcore.TimeoutException:
            told = f"{host} did not answer within {self._seconds:g} seconds."
            raise Unavailable("source_unavailable", told) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as failed:
            told = f"{host} cannot be reached: {failed or type(failed).__name__}."
            raise Unavailable("source_unavailable", told) from None
        _unpack(to, most)

    def _followed(self, url: str, to: BinaryIO, most: int, authorization: str) -> None:
        at = url
        for _ in range(MOST_REDIRECTS + 1):
            sent = authorization if _origin(at) == _origin(url) else ""
            found = self._ask(at, to, most, sent)
            if found is None:
                return
            at = urljoin(at, found)
        raise _refused(f"{host_of(url)} redirects more than {MOST_REDIRECTS} times.")

    def _ask(self, at: str, to: BinaryIO, most: int, authorization: str) -> str | None:
        """Where the file is said to be instead; None once it is written."""
        headers = _HEADERS | ({"Authorization": authorization} if authorization else {})
        with self._outbound.stream("GET", _plain(at), headers) as response:
            named = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status in REDIRECTS and named.get(b"location"):
                return named[b"location"]
            _check_status(host_of(at), response.status)
            _write(response.iter_stream(), to, most, host_of(at))
        return None


_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "User-Agent": "Vitrine (catalogue import)",
}


def host_of(url: str) -> str:
    """The name of the host; raises Invalid about `url` where there is none."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise invalid("url", "is no web address")
    return host


def check_host(url: str, settings: FetchSettings, resolve: Resolve = addresses.resolve) -> None:
    """Raise Invalid where a host may not be asked or has no address; asks the resolver."""
    try:
        addresses.public_addresses(host_of(url), resolve, allowed(settings.networks))
    except Forbidden as refused:
        raise invalid("url", f"{refused.message} {PERMIT}") from None
    except Unavailable as refused:
        raise invalid("url", refused.message) from None


def _plain(url: str) -> str:
    try:
        return outbound.plain(url)
    except ValueError:
        raise _refused(f"{host_of(url)} sends to what is no web address.") from None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _check_status(host: str, status: int) -> None:
    if status in BUSY:
        raise Unavailable("source_unavailable", f"{host} answers {status}.")
    if status in (401, 403):
        raise _refused(f"{host} answers {status}: are the credentials right?")
    if status != 200:
        raise _refused(f"{host} answers {status}.")


def _write(pieces: Iterable[bytes], to: BinaryIO, most: int, host: str) -> None:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise _refused(f"What {host} sends is over {most:,} bytes (VITRINE_SOURCES__BYTES).")
        to.write(piece)


def _unpack(path: Path, most: int) -> None:
    """Put what is packed by gzip, as many feeds are, into its own place."""
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            return
    packed = path.with_suffix(".packed")
    path.rename(packed)
    try:
        with gzip.open(packed) as source, path.open("wb") as to:
            _write(iter(lambda: source.read(PIECE), b""), to, most, "the file")
    except (EOFError, OSError, zlib.error):
        raise _refused("The file is packed and breaks off, or is damaged.") from None
    finally:
        packed.unlink()


def _refused(told: str) -> Invalid:
    return Invalid("source_refused", told)
