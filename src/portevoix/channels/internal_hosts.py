"""What lies inside the house's own network: no channel asks it, unless the environment names it."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

internal: set[str] = set()
"""Hosts inside that channels may ask all the same: the environment names them, no page does."""

_UNICAST: Final = IPv6Network("2000::/3")
"""All global unicast addresses that have been given out; what is elsewhere is local, special or a wrapping."""
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""An IPv4 address as an IPv6-only network writes it (RFC 6052): its last 32 bits."""


def is_outside(address: str) -> bool:
    """Whether an address (a zone may follow it, as in `socket`) is one of the Internet's, however it is written."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return _is_global(found)
    if wrapped := _wrapped(found):
        return all(map(_is_global, wrapped))
    return found in _UNICAST and _is_global(found)


def _wrapped(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses to which what is sent to this one may go in the end."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    return (IPv4Address(int(address) & 0xFFFF_FFFF),) if address in _NAT64 else ()


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast
