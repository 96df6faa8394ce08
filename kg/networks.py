"""The common part of requests to other hosts: our name, which addresses are public, and pauses that servers ask for."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, ip_network

from kg import __version__

_REFUSED = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # virtual public address of Azure platform services
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relay anycast
        "64:ff9b::/96",  # NAT64, which embeds IPv4 addresses, as do the following
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
"""Networks that :mod:`ipaddress` treats as global, in some versions of Python, and that lead to internal hosts."""


def is_public(address: str) -> bool:
    """Return whether an IP address is globally reachable and unicast, and embeds no other address.

    >>> [is_public(address) for address in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # an address with a zone identifier
        return False
    if isinstance(found, IPv6Address) and (found.ipv4_mapped or found.is_site_local or found.scope_id):
        return False
    if found.is_multicast or found.is_reserved or not found.is_global:
        return False
    return not any(found in network for network in _REFUSED)


def is_loopback(host: str) -> bool:
    """Return whether a host in the address of a service is this machine.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.2", "::1", "localhost.example.org", "10.0.0.1")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def user_agent(contact: str = "") -> str:
    """Return the name of the program as it is given to servers, with the web page of those who use it, or its own."""
    return f"rdm-kg/{__version__} (+{contact or 'https://w3id.org/rdm-kg'})"


def retry_after(value: str | None, otherwise: float) -> float:
    """Return the seconds of the field ``Retry-After``, a number or a date (RFC 9110, section 10.2.3).

    >>> retry_after("120", 1.0), retry_after("Thu, 01 Jan 1970 00:00:00 GMT", 1.0), retry_after(None, 1.0)
    (120.0, 0.0, 1.0)
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return otherwise
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
