"""Identity of clients."""

from __future__ import annotations

import ipaddress


def client_network(address: str) -> str:
    """Return the identity of a client: its IPv4 address, or the /64 network of its IPv6 address.

    A /64 is the smallest network that providers assign to a customer.

    >>> client_network("192.0.2.7"), client_network("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
