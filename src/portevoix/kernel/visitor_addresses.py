"""Network addresses of visitors: parsing, canonical form, and the subscriber network that an address belongs to."""

import ipaddress

UNKNOWN = "unknown"
"""Stands for every visitor whose address cannot be read; all of them count as one."""
type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


SITE_FACTOR = 8
"""A whole site (an IPv6 /48) may ask so many times as often as one line (a /64): it may be many households."""


def client_address(forwarded: str | None, remote: str) -> str:
    """Return the visitor's address in canonical form, without port; UNKNOWN when neither value holds one.

    `forwarded` is the header X-Forwarded-For as a trusted proxy wrote it (None without such a proxy): its last entry is
    the proxy's own. When that is not an address, `remote`, the address of the connection, is used.
    """
    last = (forwarded or "").rpartition(",")[2]
    address = parse_address(last) or parse_address(remote)
    return str(address) if address else UNKNOWN


def parse_address(text: str) -> Address | None:
    """Return the address in `text`, which may carry a port, brackets or a zone; None when there is none.

    An IPv4 address inside an IPv6 one (::ffff:192.0.2.1) is the IPv4 address.
    """
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    ipv4 = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return ipv4 or address


def line_of(address: str) -> str:
    """Return the network that one subscriber has: the address itself for IPv4, its /64 for IPv6."""
    return _network(address, 64)


def site_of(address: str) -> str:
    """Return the largest network that one subscriber usually has: the address itself for IPv4, its /48 for IPv6."""
    return _network(address, 48)


def _network(address: str, bits: int) -> str:
    ip = parse_address(address)
    if not isinstance(ip, ipaddress.IPv6Address):
        return str(ip) if ip else UNKNOWN
    return str(ipaddress.ip_network((ip, bits), strict=False))
