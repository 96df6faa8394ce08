"""The HTTP server: listening, limits of connections, responses by the bytes of their requests, and the end."""

from __future__ import annotations

import asyncio
import gc
import re
import resource
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.proxy_fix import ProxyFix

from server.front.connection import Connection
from server.front.parsing import HOST
from server.front.request_log import Logged, RequestLog, address
from server.front.requests import ReceivedRequest
from server.front.responses import ResponseHead
from server.front.similar import SimilarRequests
from server.front.threads import Threads
from server.http.cache import Cache
from server.http.counts import Latencies, RequestCounts, RequestKind
from server.http.lru import LRUCache
from server.http.protocol import BODY_LIMIT, Problem
from server.processes.memory import trim_if_grown
from server.settings import Settings
from server.workers.admission import INTERVAL

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.front.queries import Queries

CONNECTIONS = 4096
"""Largest number of connections, if there are enough file descriptors."""
CLIENT_CONNECTIONS = 1024
"""Largest number of connections of one client, unless it is a proxy."""
BODIES = 256 * 1024 * 1024
"""Largest size of all request bodies in memory together, in bytes."""
CLIENT_BODIES = BODIES // 4
"""Largest size of those of one client, unless it is a proxy."""

_SHORT_BODIES = 16 * 1024
"""Bytes of request bodies that a client may always have in memory, however many others have."""
_BACKLOG = 1024
"""Largest number of connections that wait to be accepted."""
_ACCEPTED = 32
"""Largest number of connections that are accepted in one turn of the event loop."""
_CLOSING = 4
"""Turns of the event loop in which a connection is accepted and closed if there are too many."""
_FILES = 2
"""File descriptors for each connection: its own, and that of a file that is being sent."""
_OTHER_FILES = 64
"""File descriptors beside connections and workers: standard streams, modules."""
_BUFFER = 64 * 1024
_GARBAGE = 50_000
"""Allocations after which garbage is collected: few objects of the front are in cycles."""
_COLLECTED = 32 * 1024 * 1024
"""Bytes of answered requests' bodies after which garbage is collected too: the traceback of an error may hold one."""
_CHECK_SECONDS = 1.0
_TRIM_SECONDS = 60.0
"""Seconds after which memory may be given back to the system again."""
_END_SECONDS = 3.0
"""Seconds that responses may take to end when the server stops."""
_SWITCH_SECONDS = 0.001
"""Longest time that a thread keeps the interpreter from the event loop."""


@dataclass(slots=True)  # not frozen: there is one for each request
class Kept:
    """A response, and what the logs say of it."""

    line: bytes
    rest: bytes
    """All but its first line and its date."""
    client: str
    """Address of the client if proxies name it, else empty: the one at the other end of the connection."""
    logged: Logged | None
    """Parts of its lines in the logs; ``None`` without logs."""
    latencies: Latencies
    """Latencies of the responses that are counted with it."""


class Front:
    """The HTTP server of an application whose responses ``cache`` caches, and whose requests ``counts`` counts.

    ``proxies`` is the number of trusted reverse proxies, ``threads`` the largest number of threads that call the
    application, and ``settings`` say the timeout of a request's arrival and what is logged. A body of more than
    :data:`~server.http.protocol.BODY_LIMIT` bytes is accepted up to the limit that ``longer`` returns for the request;
    it raises a :class:`~server.http.protocol.Problem` to refuse it.
    """

    def __init__(
        self,
        cache: Cache,
        counts: RequestCounts,
        settings: Settings,
        *,
        proxies: int,
        threads: int,
        longer: Callable[[WSGIEnvironment], int],
    ) -> None:
        self.loop = asyncio.new_event_loop()
        self.cache = cache
        self.counts = counts
        self.threads = Threads(threads)
        self.request_seconds = settings.request_seconds
        self.buffer = memoryview(bytearray(_BUFFER))
        """Bytes that a connection has just received."""
        self.address = ("", 0)
        """Address that the server listens on."""
        self.queries: Queries | None = None
        """Evaluator of queries; without it the application evaluates them."""
        self.similar = SimilarRequests(cache)
        """Requests that may be understood from others."""
        self._longer = longer
        self._proxy_fix = _proxy_fix(proxies)
        self._most_of_one = CONNECTIONS if proxies else CLIENT_CONNECTIONS
        self._longest_of_one = BODIES if proxies else CLIENT_BODIES
        self._kept: LRUCache[Kept] = LRUCache(cache.size)
        counts.caches["requests"] = self._kept
        self._log = RequestLog(settings, sys.stderr, self.loop.call_later) if settings.logs_requests else None
        self._clients: dict[str, dict[Connection, None]] = {}
        """Client → its connections, the oldest first."""
        self._connections = 0
        self._most = CONNECTIONS
        self._memory = 0
        """Bytes in memory when some were given back."""
        self._held: Counter[str] = Counter()
        """Client → bytes of request bodies in memory."""
        self._answered = 0
        """Bytes of the bodies that were answered since garbage was collected for them."""

    def run(self, listener: socket.socket, other_files: int, ready: Callable[[], None]) -> None:
        """Serve until the process is told to stop; call ``ready`` when connections are accepted.

        ``other_files`` is the number of file descriptors to reserve beside connections.

        Raises:
            OSError: when the socket cannot listen.
        """
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.freeze()  # what was made until now is never garbage
        gc.set_threshold(_GARBAGE)
        self._most = _connections(other_files)
        self.address = listener.getsockname()[:2]
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self._serve(listener, ready))
        if self._log:
            self._log.flush()

    async def _serve(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.add_signal_handler(number, stopped.set)
        accepted = max(1, min(_ACCEPTED, self._most // _CLOSING))
        server = await self.loop.create_server(lambda: Connection(self), sock=listener, backlog=accepted)
        listener.listen(_BACKLOG)
        checks = self.loop.create_task(self._check())
        ready()
        await stopped.wait()
        server.close()
        for connection in self._all():
            connection.stop()
        until = self.loop.time() + _END_SECONDS
        while self._connections and self.loop.time() < until:
            await asyncio.sleep(0.01)
        checks.cancel()
        self.threads.stop()
        for connection in self._all():
            connection.abort()
        if self.queries is not None:
            self.queries.stop()
        await asyncio.sleep(0)

    async def _check(self) -> None:
        """Check all evaluations, about every second all connections, and about every minute the memory."""
        at = trimmed_at = self.loop.time()
        while True:
            await asyncio.sleep(INTERVAL)
            if self.queries is not None:
                self.queries.check()
            now = self.loop.time()
            if now - at >= _CHECK_SECONDS:
                at = now
                for connection in self._all():
                    connection.check(now)
            if now - trimmed_at >= _TRIM_SECONDS:
                trimmed_at = now
                self.threads.submit("", self._trim)

    def _trim(self) -> None:
        self._memory = trim_if_grown(self._memory)

    def _all(self) -> list[Connection]:
        return [connection for connections in self._clients.values() for connection in connections]

    # --- connections

    def open(self, connection: Connection) -> None:
        """Count a new connection; close an old one, or the new one, if there are too many."""
        own = self._clients.setdefault(connection.client, {})
        own[connection] = None
        self._connections += 1
        if len(own) > self._most_of_one:
            self._close_one(own)
        elif self._connections > self._most:
            self._close_one(max(self._clients.values(), key=len))

    def _close_one(self, connections: dict[Connection, None]) -> None:
        """Close the oldest connection that waits for a request, or the oldest of all if each has one."""
        oldest = next((each for each in connections if each.is_waiting), next(iter(connections)))
        oldest.abort()
        self.closed(oldest)

    def closed(self, connection: Connection) -> None:
        """Forget a connection. Idempotent."""
        own = self._clients.get(connection.client, {})
        if connection in own:
            del own[connection]
            self._connections -= 1
            if not own:
                del self._clients[connection.client]

    def hold(self, client: str, size: int) -> None:
        """Count ``size`` more bytes of a client's requests in memory.

        Raises:
            Problem: when there are too many (503).
        """
        if not size:
            return
        self._held[client] += size
        if self._held[client] <= 0:
            del self._held[client]
        self._answered += max(0, -size)
        if self._answered >= _COLLECTED:
            self._answered = 0
            gc.collect()
        if size <= 0 or self._held[client] <= _SHORT_BODIES:
            return
        if self._held[client] > self._longest_of_one or self._held.total() > BODIES:
            detail = "too many requests with long bodies arrive; try again later"
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "5"})

    # --- requests

    def body_limit(self, environ: WSGIEnvironment, length: int) -> int:
        """Return the largest body of a request in bytes, whose header Content-Length is ``length``; 0 for none.

        Raises:
            Problem: when the request may not have a body that long.
        """
        if 0 < length <= BODY_LIMIT:
            return BODY_LIMIT
        return self._longer(environ) if length else self._most_of_chunks(environ)

    def _most_of_chunks(self, environ: WSGIEnvironment) -> int:
        try:
            return self._longer(environ)
        except Problem:
            return BODY_LIMIT  # the application refuses the request, if it must

    def set_client(self, environ: WSGIEnvironment) -> None:
        """Replace what the nearest proxy says of itself by what it says of the client, if that can be in an address."""
        if self._proxy_fix is not None:
            for name, pattern in _FORWARDED.items():
                if not all(pattern.fullmatch(value.strip()) for value in environ.get(name, "").split(",")):
                    del environ[name]
            self._proxy_fix(environ, _never_started)

    def evaluate(self, request: ReceivedRequest, output: Connection) -> bool:
        """Begin the evaluation of the request's query, if it is one for the event loop."""
        return self.queries is not None and self.queries.begin(request, output)

    # --- responses by the bytes of their requests

    def kept(self, version: str, raw: bytes) -> Kept | None:
        """Return the response to a request with these bytes, if it is known for a version of the dataset."""
        return self._kept.get(version, raw)

    def keep(self, request: ReceivedRequest, version: str, head: ResponseHead, body: bytes) -> None:
        """Keep a response that depends on nothing but the bytes of the request and the version of the dataset."""
        raw = request.raw
        if raw is not None:
            kind = request.kind = self.counts.kind(request.path, request.form, head.status)
            kept = Kept(
                line=head.line,
                rest=head.rest + body,
                client=address(request.client) if self._proxy_fix else "",
                logged=self._describe(request, kind, len(body), version),
                latencies=self.counts.of_kind(kind),
            )
            size = sum(map(len, kept.logged or ()))
            self._kept.put(version, raw, kept, len(raw) + len(kept.rest) + size)

    def answered_again(self, kept: Kept, peer: str, began: float) -> None:
        """Count and log a request that was answered with a response that is kept."""
        seconds = self.loop.time() - began
        kept.latencies.add(seconds)
        if self._log and kept.logged:
            self._log.write(kept.logged, kept.client or peer, "", seconds, "requests")

    def answered(self, request: ReceivedRequest, kind: RequestKind, size: int, *, is_whole: bool = True) -> None:
        """Count and log a request of a kind, whose response has ``size`` bytes."""
        seconds = self.loop.time() - request.began
        self.counts.of_kind(kind).add(seconds)
        if not is_whole:
            self.counts.broken_off += 1
        if self._log and (logged := self._describe(request, kind, size, self.cache.version())):
            client = address(request.client) if self._proxy_fix else request.client
            named = request.id if self._log.has_ids else ""
            self._log.write(logged, client, named, seconds, request.hit, whole=is_whole)

    def _describe(self, request: ReceivedRequest, kind: RequestKind, size: int, release: str) -> Logged | None:
        if self._log and not request.logged:
            request.logged = self._log.describe(request, kind, size, release)
        return request.logged


_FORWARDED = {"HTTP_X_FORWARDED_HOST": HOST, "HTTP_X_FORWARDED_PREFIX": re.compile(r"[\w.~!$&'()*+;=:@%/-]*", re.ASCII)}
"""Header with a part of the address that clients use → pattern of such a part."""


def _never_started(*_: Any) -> Any:
    raise AssertionError("no response is started")


def _proxy_fix(proxies: int) -> ProxyFix | None:
    if not proxies:
        return None
    return ProxyFix(lambda environ, start: [], x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies)


def _connections(other_files: int) -> int:
    """Return the largest number of connections that leaves enough file descriptors for the rest of the process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    other_files += _OTHER_FILES
    wanted = _FILES * CONNECTIONS + _CLOSING * _ACCEPTED + other_files
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    else:
        most = min(wanted, soft) if soft != resource.RLIM_INFINITY else wanted
    spare = max(2 * _FILES, most - other_files)
    return min(CONNECTIONS, max(spare - _CLOSING * _ACCEPTED, spare // 2) // _FILES)
