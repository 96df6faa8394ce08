"""SPARQL Protocol client for one query to one endpoint: no redirects, proxies, cookies or compression."""

from __future__ import annotations

import functools
import io
import socket
import ssl
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode, urlsplit

from kg.errors import ServiceFailed
from kg.networks import user_agent
from kg.query import JSON
from server.federation.budget import Budget
from server.federation.guard import resolve

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PORTS = {"http": 80, "https": 443}
_TAKEN = frozenset({JSON.media_type, "application/json"})
_PIECE = 16 * 1024


def ask(endpoint: str, query: str, budget: Budget) -> bytes:
    """Send ``query`` to ``endpoint`` and return the body of the response, whose media type is SPARQL's JSON.

    Raises:
        ServiceFailed: when there is no such response within the budget; the message repeats nothing of the response.
    """
    try:
        with closing(_connect(endpoint, budget)) as connection:
            _send(connection, _request(endpoint, query), budget)
            return _receive(connection, budget)
    except TimeoutError:
        raise ServiceFailed("no answer in time") from None
    except ssl.SSLError:
        raise ServiceFailed("no trusted connection (TLS)") from None
    except OSError:
        raise ServiceFailed("no connection") from None
    except (HTTPException, ValueError):
        raise ServiceFailed("no complete HTTP response") from None


def _connect(endpoint: str, budget: Budget) -> socket.socket:
    """Return a connection to the first address that accepts one; with a verified certificate for https."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    connection = _reach(resolve(host, parts.port or _PORTS[parts.scheme], budget.seconds()), budget)
    if parts.scheme == "http":
        return connection
    try:
        connection.settimeout(budget.seconds())
        return _trust().wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def _reach(addresses: list[tuple[str, int]], budget: Budget) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection(address, budget.seconds() / 2)
        except OSError:
            continue
    return socket.create_connection(addresses[-1], budget.seconds())


@functools.cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(endpoint: str, query: str) -> bytes:
    """Return the HTTP request of a query by POST with URL-encoded parameters (SPARQL 1.1 Protocol, section 2.1.2)."""
    parts = urlsplit(endpoint)
    body = urlencode({"query": query}).encode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = (
        f"POST {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"User-Agent: {user_agent()}",
        f"Accept: {JSON.media_type}",
        "Accept-Encoding: identity",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("ascii") + b"\r\n" + body


def _send(connection: socket.socket, request: bytes, budget: Budget) -> None:
    rest = memoryview(request)
    while rest:
        connection.settimeout(budget.seconds())
        rest = rest[connection.send(rest[:_PIECE]) :]


def _receive(connection: socket.socket, budget: Budget) -> bytes:
    with HTTPResponse(cast("socket.socket", _BoundedSocket(connection, budget)), method="POST") as response:
        response.begin()
        if response.status != HTTPStatus.OK:
            raise ServiceFailed(f"status {response.status}")
        if response.getheader("Content-Encoding", "identity").strip().lower() != "identity":
            raise ServiceFailed("an answer with a content coding")
        if response.headers.get_content_type() not in _TAKEN:
            raise ServiceFailed("an answer that is not SPARQL's JSON")
        return response.read()


class _BoundedSocket(io.RawIOBase):
    """The received bytes of a connection, within a budget of time and size."""

    def __init__(self, connection: socket.socket, budget: Budget) -> None:
        self._connection = connection
        self._budget = budget

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a buffered reader, as :class:`http.client.HTTPResponse` requires."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return true."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read into ``buffer`` and return the number of bytes, as :meth:`io.RawIOBase.readinto` does."""
        self._connection.settimeout(self._budget.seconds())
        size = self._connection.recv_into(buffer)
        self._budget.take(size)
        return size
