from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.adapters.addresses import ANYWHERE, is_public, networks, public_addresses
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
    "::ffff:0:127.0.0.1",
    "::7f00:1",
    "64:ff9b:1::8.8.8.8",
    "192.0.0.8",
    "192.88.99.1",
    "2002:c058:6301::1",
    "3fff::1",
    "5f00::1",
    "fec0::1",
    "4000::1",
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


def test_networks_beside_the_open_internet_are_permitted_by_name() -> None:
    home = networks("10.0.0.0/8, 192.168.1.5")
    mixed = ["10.1.2.3", "8.8.8.8", "192.168.1.5"]
    assert public_addresses("fine.example", lambda _: mixed, home) == mixed
    with pytest.raises(Forbidden):
        public_addresses("near.example", lambda _: ["192.168.1.6"], home)
    everywhere = ["10.1.2.3", "fe80::1%eth0", "::1"]
    assert public_addresses("any.example", lambda _: everywhere, ANYWHERE) == everywhere
    with pytest.raises(ValueError, match="everything"):
        networks("everything")
