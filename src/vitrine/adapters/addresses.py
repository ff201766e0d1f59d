"""Which addresses of a name may be called: those of the open internet, and networks beside it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from vitrine.core.errors import Forbidden, Unavailable

Resolve = Callable[[str], list[str]]
"""From a host's name to all its addresses; raises OSError where it has none."""

Network = IPv4Network | IPv6Network

_RESERVED = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments, of which Python takes some for global
            "192.88.99.0/24",  # the anycast of 6to4, given up
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
        ),
    )
)
"""Networks that this Python may not know to be nobody's on the open internet."""

_UNICAST = IPv6Network("2000::/3")
"""Of version 6 nothing else was ever given out."""

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, however it is written or wrapped."""
    try:
        return all(map(_is_open, _unwrapped(address)))
    except ValueError:  # a scope such as fe80::1%eth0 is no address of the open internet either
        return False


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in _RESERVED) or address.is_multicast:
        return False
    given = address.version == 4 or address in _UNICAST or address in _NAT64
    return given and address.is_global


def resolve(host: str) -> list[str]:
    """All addresses the system knows for a name, or the address itself; raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def public_addresses(
    host: str, resolved: Resolve = resolve, also: Sequence[Network] = ()
) -> list[str]:
    """The host's addresses, if each is public or in one of the networks `also`.

    Raises Forbidden if one is not, for an honest name has no such mixture, and Unavailable if there
    is none.
    """
    try:
        found = resolved(host)
    except (OSError, UnicodeError) as failed:
        raise Unavailable(
            "host_unknown", f"The name {host} cannot be resolved: {failed}."
        ) from None
    if not found:
        raise Unavailable("host_unknown", f"The name {host} cannot be resolved.")
    if not all(is_public(each) or _inside(each, also) for each in found):
        raise Forbidden(
            "address_not_public",
            f"{host} is not public: it is a private, loopback or otherwise reserved address.",
        )
    return found


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list; raises ValueError naming what is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


ANYWHERE = networks("0.0.0.0/0, ::/0")
"""Every address there is, for who permits all of them."""


def _inside(text: str, also: Sequence[Network]) -> bool:
    address = ip_address(text.partition("%")[0])
    return any(address in network for network in also)


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
