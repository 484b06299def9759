"""Which network a request comes from, as far as counting is concerned: one household or office, not one address."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_IPV4_PREFIX = 24
_IPV6_PREFIX = 56
_KEPT = 256  # a visitor's is asked for several times, at each of their requests


@lru_cache(maxsize=_KEPT)
def network_of(address: str | None) -> str:
    """Return the /24 or /56 an address belongs to; an address that cannot be read is a network of its own."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(_without_port(address or ""))
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip_network((ip, _IPV4_PREFIX if ip.version == 4 else _IPV6_PREFIX), strict=False))  # noqa: PLR2004  # IPv4


def _without_port(address: str) -> str:
    """Return the address alone of what a proxy may have written: ``192.0.2.1:4711``, ``[2001:db8::1]:4711``."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
