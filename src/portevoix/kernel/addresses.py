"""Network addresses of visitors: how they are written, and which of them belong to one line or one site."""

import ipaddress

UNKNOWN = "unknown"
"""Where no address can be read: all such visitors are counted as one."""
type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(forwarded: str | None, remote: str) -> str:
    """Return the visitor's address in canonical form, without port; UNKNOWN when neither value holds one.

    `forwarded` is the header X-Forwarded-For as a trusted proxy wrote it (None without such a proxy): its last entry is
    the proxy's own. What is no address there falls back to `remote`, the address of the connection.
    """
    last = (forwarded or "").rpartition(",")[2]
    found = parse_address(last) or parse_address(remote)
    return str(found) if found else UNKNOWN


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
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def line_of(address: str) -> str:
    """Return the network that one subscriber has: the address itself for IPv4, its /64 for IPv6."""
    return _network(address, 64)


def site_of(address: str) -> str:
    """Return the largest network that one subscriber usually has: the address itself for IPv4, its /48 for IPv6."""
    return _network(address, 48)


def _network(address: str, bits: int) -> str:
    found = parse_address(address)
    if not isinstance(found, ipaddress.IPv6Address):
        return str(found) if found else UNKNOWN
    return str(ipaddress.ip_network((found, bits), strict=False))
