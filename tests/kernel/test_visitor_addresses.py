"""Addresses as proxies write them, and the networks that count as one visitor."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.kernel.visitor_addresses import UNKNOWN, client_address, line_of, site_of

ADDRESSES = st.ip_addresses()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("203.0.113.20", "203.0.113.20"),
        ("203.0.113.20:1001", "203.0.113.20"),
        (" 203.0.113.20 ", "203.0.113.20"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.20", "203.0.113.20"),
        ("[::ffff:203.0.113.20]:80", "203.0.113.20"),
    ],
)
def test_ports_brackets_and_zones_are_no_part_of_an_address(written: str, read: str) -> None:
    assert client_address(f"198.51.100.7, {written}", "127.0.0.1") == read
    assert client_address(None, written) == read


@pytest.mark.parametrize("nonsense", ["", "unknown", "_hidden", "203.0.113.300", "a,", "1.2.3.4:5:6", "[", "x" * 9999])
def test_what_is_no_address_falls_back_to_that_of_the_connection(nonsense: str) -> None:
    assert client_address(nonsense, "192.0.2.1") == "192.0.2.1"
    assert client_address(nonsense, nonsense) == UNKNOWN
    assert line_of(nonsense) == site_of(nonsense) == UNKNOWN


@given(st.text(), st.text())
def test_whatever_is_written_is_an_address_or_unknown(forwarded: str, remote: str) -> None:
    found = client_address(forwarded, remote)
    assert found == UNKNOWN or str(ipaddress.ip_address(found)) == found


@given(ADDRESSES, st.integers(0, 65535))
def test_each_address_is_of_its_line_and_its_line_of_its_site(address, port: int) -> None:
    written = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
    line, site = line_of(written), site_of(written)
    assert address in ipaddress.ip_network(line) or getattr(address, "ipv4_mapped", None)
    assert ipaddress.ip_network(line).subnet_of(ipaddress.ip_network(site))


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_all_addresses_of_one_subscriber_are_one_line(one: int, other: int) -> None:
    network = int(ipaddress.ip_address("2001:db8:1:2::"))
    assert line_of(str(ipaddress.ip_address(network + one))) == line_of(str(ipaddress.ip_address(network + other)))
