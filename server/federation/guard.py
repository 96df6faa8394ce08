"""Protection against server-side request forgery: host names are resolved to public IP addresses only.

A name is resolved once, and connections are made to the checked addresses only. An endpoint that the operator allows
by IP address (``http://127.0.0.1:8890/sparql``) is not restricted.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading

from kg.errors import ServiceFailed
from kg.networks import is_public


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
