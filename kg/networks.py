"""The common part of requests to other hosts.

Our name, which addresses are public, pauses that servers ask for, and how long a server is waited for.
"""

from __future__ import annotations

import io
import ipaddress
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPResponse
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING

from kg import __version__

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

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

_LEAST_RATE = 10_000
"""Bytes of content for which a server is waited for a second longer."""


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


class Patience:
    """The seconds for which a server may keep us from going on, for all of its responses together.

    They become more with each request and with the content that comes, but never more than at the beginning. So
    silence, bytes that come one by one, and heads without end are all given up.
    """

    def __init__(self, seconds: float) -> None:
        self._most = self._left = seconds
        self._since = time.monotonic()

    def refill(self, seconds: float) -> None:
        """Add some seconds."""
        self._left = min(self._most, self._left + seconds)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the time of the block, in which a response is waited for."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            now = time.monotonic()
            self._left -= now - self._since
            self._since = now

    def read(self, response: HTTPResponse, most: int, *, is_part_enough: bool = False) -> bytes:
        """Return the next bytes of the content of a response, at most so many; fewer if a part is enough.

        Raises:
            TimeoutError: when the seconds are used up.
            HTTPException: when it is no valid response.
        """
        with self.waiting():
            piece = response.read1(most) if is_part_enough else response.read(most)
        self.refill(len(piece) / _LEAST_RATE)
        return piece

    def left(self) -> float:
        """Return the seconds that are left in a block of :meth:`waiting`.

        Raises:
            TimeoutError: when there are none.
        """
        left = self._left - (time.monotonic() - self._since)
        if left <= 0:
            raise TimeoutError("it sends too slowly, or without end")
        return left


class PatientResponse(HTTPResponse):
    """A response, head and content, that is waited for as long as there is patience."""

    def __init__(self, connection: socket.socket, patience: Patience, method: str | None = None) -> None:
        super().__init__(connection, method=method)
        source = self.fp.detach()
        self.fp = io.BufferedReader(_Received(connection, source, patience))


class _Received(io.RawIOBase):
    """The bytes of a connection."""

    def __init__(self, connection: socket.socket, source: io.RawIOBase, patience: Patience) -> None:
        self._connection, self._source, self._patience = connection, source, patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._connection.settimeout(self._patience.left())
        return self._source.readinto(buffer) or 0

    def close(self) -> None:
        self._source.close()
        super().close()
