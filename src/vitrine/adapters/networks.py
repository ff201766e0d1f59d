"""Which networks may be asked beside the open internet."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from vitrine.adapters.addresses import is_public
from vitrine.core.errors import invalid

Network = IPv4Network | IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list; raises Invalid naming VITRINE_FETCH__NETWORKS."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as wrong:
        raise invalid("VITRINE_FETCH__NETWORKS", str(wrong)) from None


def allowed(found: Sequence[str], also: Sequence[Network]) -> list[str]:
    """The addresses if every one of them is public or in one of the networks; else none.

    A name with a public and a private address is a trap, so one private address refuses all.
    """
    fine = [each for each in found if is_public(each) or _inside(each, also)]
    return fine if len(fine) == len(found) else []


def _inside(text: str, also: Sequence[Network]) -> bool:
    address = ip_address(text.partition("%")[0])
    return any(address in network for network in also)
