"""Origins of web pages: as a person writes them, and whether one is among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from vitrine.core.errors import invalid

ANY = "*."
"""What stands before a host for all its subdomains, the host itself not among them."""

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST = 300
_HOST = r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\]"
_SENT = re.compile(rf"(https?)://({_HOST})(:[0-9]{{1,5}})?")
_WRITTEN = re.compile(rf"(?:\*\.)?(?:{_HOST})")


def read(text: str, field: str) -> str:
    """The origin as browsers send it, `*.` before the host where subdomains are meant.

    Raises Invalid for what is none: a path, a scheme other than http and https, `*` alone.
    """
    written = text.strip()
    if len(written) > LONGEST:
        raise invalid(field, f"is over {LONGEST} characters")
    try:
        parts = urlsplit(written)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise invalid(field, f"{written!r} is no origin, such as https://shop.example") from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise invalid(field, f"{written!r} needs http:// or https:// and a host")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise invalid(field, f"{written!r} holds more than scheme, host and port")
    host = _ascii(host, field)
    if host.startswith(ANY) and "." not in host.removeprefix(ANY):
        raise invalid(field, f"{written!r} is too wide: name the shop's own domain after *.")
    shown = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def among(origins: Sequence[str], sent: str) -> bool:
    """Whether an Origin header, as it was sent, is one of these."""
    found = _SENT.fullmatch(sent)
    if found is None:
        return False
    if sent in origins:
        return True
    scheme, host, port = found.group(1), found.group(2), found.group(3) or ""
    parents = (host.split(".", count)[-1] for count in range(1, host.count(".") + 1))
    return any(f"{scheme}://{ANY}{parent}{port}" in origins for parent in parents)


def _ascii(host: str, field: str) -> str:
    """The host as it is sent: in ASCII, letters of other scripts in their IDNA form."""
    given = f"[{host}]" if ":" in host else host
    bare = given.removeprefix(ANY)
    try:
        plain = bare if bare.isascii() else bare.encode("idna").decode()
    except UnicodeError:
        raise invalid(field, f"{host!r} is no name of a host") from None
    written = f"{ANY if given.startswith(ANY) else ''}{plain.lower()}"
    if not _WRITTEN.fullmatch(written):
        raise invalid(field, f"{host!r} is no name of a host")
    return written
