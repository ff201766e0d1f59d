"""Files of shops from the web: public addresses only, in bounded time and size, secrets untold."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Mapping
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
from vitrine.ports import NEVER, Seen

UNCHANGED = 304
LONGEST = 200
"""Characters of an ETag that is kept; RFC 9110 sets no limit."""

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

    def download(
        self, url: str, to: Path, most: int, authorization: str = "", seen: Seen = NEVER
    ) -> Seen | None:
        """See `ports.Feeds`. Nothing names more of the address than its host."""
        host = host_of(url)
        try:
            with outbound.within(self._seconds), to.open("wb") as file:
                found = self._followed(url, file, most, authorization, seen)
        except Forbidden as refused:
            raise _refused(f"{refused.message} {PERMIT}") from None
        except httpcore.TimeoutException:
            told = f"{host} did not answer within {self._seconds:g} seconds."
            raise Unavailable("source_unavailable", told) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as failed:
            told = f"{host} cannot be reached: {failed or type(failed).__name__}."
            raise Unavailable("source_unavailable", told) from None
        if found is None:
            to.unlink()
        else:
            _unpack(to, most)
        return found

    def _followed(
        self, url: str, to: BinaryIO, most: int, authorization: str, seen: Seen
    ) -> Seen | None:
        at = url
        for _ in range(MOST_REDIRECTS + 1):
            own = {"Authorization": authorization} if _origin(at) == _origin(url) else {}
            found = self._ask(at, to, most, own | _unless(seen))
            if not isinstance(found, str):
                return found
            at = urljoin(at, found)
        raise _refused(f"{host_of(url)} redirects more than {MOST_REDIRECTS} times.")

    def _ask(self, at: str, to: BinaryIO, most: int, also: Mapping[str, str]) -> Seen | str | None:
        """By what to know the file again that was written; None where it is the one that was seen,
        or where it is said to be instead."""
        headers = _HEADERS | {name: value for name, value in also.items() if value}
        with self._outbound.stream("GET", _plain(at), headers) as response:
            named = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status in REDIRECTS and named.get(b"location"):
                return named[b"location"]
            if response.status == UNCHANGED and headers.keys() & _unless(NEVER).keys():
                return None
            _check_status(host_of(at), response.status)
            _write(response.iter_stream(), to, most, host_of(at))
        return Seen(_kept(named, b"etag"), _kept(named, b"last-modified"))


def _unless(seen: Seen) -> dict[str, str]:
    return {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified}


def _kept(named: Mapping[bytes, str], name: bytes) -> str:
    """A header to be sent back one day; empty where it is none that could be."""
    value = named.get(name, "")
    return value if len(value) <= LONGEST and value.isascii() and value.isprintable() else ""


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
