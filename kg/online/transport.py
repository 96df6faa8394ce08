"""Connections to public hosts only, so that no link of a site makes the program reach into the network it runs in.

A name is resolved once, and connections are made to the addresses that were checked.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import httpx

from kg.errors import in_words
from kg.networks import is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the IP addresses of a host name."""
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_UNKNOWN = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


class NotPublic(httpx.RequestError):
    """A host has no public address."""


class UnknownHost(httpx.RequestError):
    """There is no host of this name."""


class Unresolved(httpx.RequestError):
    """The name of a host cannot be resolved now."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, in the order of the system's preference.

    Raises:
        OSError: as of :func:`socket.getaddrinfo`.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends each request on a connection of its own to a checked address of its host."""

    def __init__(self, resolve: Resolve, *, private: bool) -> None:
        """Create a transport; ``private`` allows hosts that are not public."""
        # No connection is kept: for the pool, hosts that share an address would be one.
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))
        self._resolve, self._private = resolve, private

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response of the first address that accepts a connection.

        Raises:
            NotPublic: when the host has no public address.
            UnknownHost: when there is no such host.
            UnsupportedProtocol: when the address is none of the web.
            Unresolved: when its name cannot be resolved now.
            ConnectError: when no address accepts a connection.
        """
        *others, last = await self._addresses(request)
        for address in others:
            try:
                return await self._inner.handle_async_request(_at(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_at(request, last))

    async def _addresses(self, request: httpx.Request) -> list[str]:
        url = request.url
        if url.scheme not in _PORTS or (url.port or 0) > _LAST_PORT:
            raise httpx.UnsupportedProtocol(f"{url} has another scheme than http, or no valid port")
        try:
            found = await self._resolve(url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme])
        except UnicodeError as error:
            raise UnknownHost(f"{url.host} is no name of a host") from error
        except OSError as error:
            kind = UnknownHost if error.errno in _UNKNOWN else Unresolved
            raise kind(f"{url.host}: {in_words(error)}") from error
        allowed = [address for address in found if self._private or is_public(address)]
        if not allowed:
            raise NotPublic(f"{url.host} has no public address")
        return allowed

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


def _at(request: httpx.Request, address: str) -> httpx.Request:
    """Return a request to an address of its host; the certificate must be the host's."""
    extensions = {**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")}
    url = request.url.copy_with(host=address)
    return httpx.Request(request.method, url, headers=request.headers, extensions=extensions)
