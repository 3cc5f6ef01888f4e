"""Address -> the host that it names, and whether that is one of the public internet."""

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}

_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10", "::/96")
)
"""What stands for IPv4 addresses inside IPv6, and old local ones: `ipaddress` calls some of them global."""


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address of the web, or nothing."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname and parts.scheme in PORTS else ""


def is_public(address: str) -> bool:
    """Tell whether a numeric address, perhaps with a zone, is one that everybody can reach."""
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address) and number.ipv4_mapped:
        number = number.ipv4_mapped
    if not number.is_global or number.is_multicast:
        return False
    return not any(number in network for network in _NOT_PUBLIC if network.version == number.version)
