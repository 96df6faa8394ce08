"""Which addresses an endpoint may have: a name that leads into a private network leads nowhere.

A name is resolved once, and only what was looked at is connected to. An endpoint that the operator lists by its address
(``http://127.0.0.1:8890/sparql``) is meant as it stands.
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
        "168.63.129.16/32",  # a cloud's own services, at an address that looks like any other
        "192.0.0.0/24",  # protocols' own
        "192.88.99.0/24",  # relays of 6to4
        "64:ff9b::/96",  # NAT64: an address of version 4 inside, and so below
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
"""Networks that are not marked as special, or not in every version of Python, and lead where nobody should go."""


def resolve(host: str, port: int, seconds: float) -> list[tuple[str, int]]:
    """Address and port of each place where ``host`` may be asked, as it is resolved now.

    Raises :class:`kg.errors.ServiceFailed` where there is none, :class:`TimeoutError` where that takes too long.
    """
    if _is_literal(host):
        return [(host, port)]
    addresses = [address for address in _look_up(host, port, seconds) if is_public(address)]
    if not addresses:
        raise ServiceFailed("its name leads to no public address")
    return [(address, port) for address in addresses]


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet, and to nothing behind it.

    >>> [is_public(address) for address in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # one with a scope of this machine
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
    """All addresses of a name; the resolver takes no deadline, so it is left behind where it takes too long."""
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
