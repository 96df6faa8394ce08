"""Protection against server-side request forgery: host names are resolved to public IP addresses only.

A name is resolved once, and connections are made to the checked addresses only. An endpoint that the operator allows
by IP address (``http://127.0.0.1:8890/sparql``) is not restricted.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from ipaddress import IPv6Address, ip_network

from kg.errors import ServiceFailed

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


def resolve(host: str, port: int, seconds: float) -> list[tuple[str, int]]:
    """Return address and port of each public IP address of ``host``; an IP address is returned as it is.

    Raises:
        ServiceFailed: when the name has no public address.
        TimeoutError: when the resolver takes longer than ``seconds``.
    """
    if _is_literal(host):
        return [(host, port)]
    addresses = [address for address in _look_up(host, port, seconds) if is_public(address)]
    if not addresses:
        raise ServiceFailed("its name resolves to no public address")
    return [(address, port) for address in addresses]


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


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Return all addresses of a name; the resolver has no timeout, so that its thread is abandoned when it is late."""
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put(list(dict.fromkeys(str(place[4][0]) for place in found)))

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
