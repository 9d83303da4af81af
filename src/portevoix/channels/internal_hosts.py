"""Addresses inside our own network, which no channel may ask unless the environment names them."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

internal: set[str] = set()
"""Hosts inside that channels may ask all the same: the environment names them, no page does."""

_UNICAST: Final = IPv6Network("2000::/3")
"""All global unicast addresses that have been given out; what is elsewhere is local, special or a wrapping."""
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""An IPv4 address as an IPv6-only network writes it (RFC 6052): its last 32 bits."""


def is_outside(address: str) -> bool:
    """Return whether an address (a zone may follow it, as in `socket`) is public, in whatever notation."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return _is_global(ip)
    if inner_addresses := _embedded_addresses(ip):
        return all(map(_is_global, inner_addresses))
    return ip in _UNICAST and _is_global(ip)


def _embedded_addresses(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that packets to this address may finally reach."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    return (IPv4Address(int(address) & 0xFFFF_FFFF),) if address in _NAT64 else ()


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast
