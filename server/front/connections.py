"""The HTTP server: waitress, with a timeout for slow requests, and with aborted responses that clients can recognise.

waitress is pure Python and installs everywhere. It reports when a client disconnects, and it can abort a response;
faster servers end a failed response as if it were complete. A cached response is sent by the thread that read the
request, which is several times as fast as handing the request to a worker thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import waitress
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ThreadedTaskDispatcher

from server.front.messages import RefusalTask, RequestParser, ResponseTask
from server.workers import BrokenAnswerError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from server.front import Front

HEADER_LIMIT = 128 * 1024
"""Largest request line and headers together, in bytes; more is a 431."""

_SLOWEST = 16 * 1024
"""Lowest transfer rate in bytes per second."""
_LINGER = 2.0
"""Seconds during which a refused client's data is discarded: closing at once could reset the unread response."""
_IDLE_SECONDS = 25
_CONNECTIONS = 1000
_OTHER_FILES = 64
"""File descriptors beside connections and workers: standard streams, modules, files that are being sent."""
_MAPPED = 64 * 1024
"""Smallest allocation that is mapped separately and returned to the system when it is freed, in bytes."""
_M_MMAP_THRESHOLD = -3
_AHEAD = 256 * 1024
"""Largest part of a response that is buffered for a slow client, in bytes; then the producing thread blocks."""


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    parser_class = RequestParser
    task_class = ResponseTask
    error_task_class = RefusalTask
    _is_new = False
    lingers = False
    """True if the client may still be sending after the response."""
    _ends: float | None = None
    """Time until which received data is discarded."""
    _began: float | None = None
    """Time at which the current request began to arrive."""
    _sent = 0
    _window = (0.0, 0)
    """Time since which data waits to be sent, and bytes sent until then."""

    def received(self, data: bytes) -> bool:
        """Process received data."""
        if self._ends is not None:
            return True
        taken = bool(super().received(data))
        if self.request is None:
            self._began = None
        elif self._began is None:
            self._began = time.monotonic()
        if self._is_new:
            self._is_new = False
            self._respond()
        return taken

    def note(self) -> bool:
        """Note a new request; return whether it is the only one, so that the reading thread takes care of it."""
        self._is_new = len(self.requests) == 1 and not self.total_outbufs_len
        return self._is_new

    def _respond(self) -> None:
        """Respond from the cache, or pass the request to a worker thread."""
        request = self.requests[0]
        if not request.error:
            request.cached = self.server.front.find(ResponseTask(self, request).get_environment())
        if request.error or request.cached:
            self.service()
        else:
            self.server.task_dispatcher.dispatch(self)

    def send_continue(self) -> None:
        """Send ``100 Continue`` if the request has a body."""
        if self.request.body_rcv is None:
            self.request.expect_continue = False
        else:
            super().send_continue()

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send as much as the socket accepts, and return how many bytes."""
        sent = int(super().send(data, do_close=do_close))
        self._sent += sent
        return sent

    def writable(self) -> bool:
        """Return whether data waits to be sent; close a connection that is too slow. Called at least every second."""
        now = time.monotonic()
        since, sent = self._window
        if not self.total_outbufs_len:
            self._window = now, self._sent
        elif now - since > self.server.request_seconds:
            if self._sent - sent < _SLOWEST:
                self.handle_close()  # now, since the socket may never become writable again
                return False
            self._window = now, self._sent
        return bool(super().writable())

    def readable(self) -> bool:
        """Return whether to read more; close a connection whose request is late. Called at least every second.

        The timeout counts from the first byte of the request, and is longer for a long body.
        """
        if self._ends is not None and time.monotonic() > self._ends:
            self.handle_close()
            return False
        request = self.request
        if self._began is not None and request is not None:
            timeout = self.server.request_seconds + request.body_bytes_received / _SLOWEST
            self.will_close |= time.monotonic() - self._began > timeout
        return bool(super().readable())

    def handle_close(self) -> None:
        """Close the connection; only its sending side first if the client may still be sending."""
        if self.lingers and self.connected:
            self.lingers = self.will_close = False
            self._ends = time.monotonic() + _LINGER
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
        else:
            super().handle_close()


class _Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Threads for requests without a cached response."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._reader = threading.get_ident()
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        """Accept a connection with a new request."""
        if threading.get_ident() != self._reader or not task.note():
            self.dispatch(task)

    def dispatch(self, task: Any) -> None:
        """Pass a connection to a worker thread."""
        super().add_task(task)


def serve(
    front: Front,
    listener: socket.socket,
    *,
    threads: int,
    other_files: int,
    request_seconds: float,
    body_limit: int,
) -> Any:
    """Return a server that listens on a bound socket; :func:`run` runs it.

    A request body of more than ``body_limit`` bytes is a 413. ``request_seconds`` is the timeout of a request's
    arrival; ``other_files`` is the number of file descriptors to reserve beside connections.

    Raises:
        OSError: when the socket cannot listen.
    """
    _return_memory()
    server = waitress.create_server(
        _breaking_off(front),
        _dispatcher=_Dispatcher(threads),
        sockets=[listener],
        connection_limit=_connections(other_files),
        channel_timeout=_IDLE_SECONDS,
        cleanup_interval=5,
        ident=None,
        channel_request_lookahead=1,  # to notice when a client disconnects
        max_request_header_size=HEADER_LIMIT,
        max_request_body_size=body_limit + 1,
        outbuf_high_watermark=_AHEAD,
        clear_untrusted_proxy_headers=False,  # ProxyFix handles them
    )
    server.channel_class = _Channel
    server.front = front
    server.request_seconds = request_seconds
    return server


def run(server: Any) -> None:
    """Serve until the process is signalled to stop."""
    # poll, since select supports no descriptor above 1023
    server.asyncore.loop(timeout=1, use_poll=True, map=server._map)


def _return_memory() -> None:
    """Map large buffers separately: glibc's arenas, several per core, would retain the memory of long responses."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _MAPPED)


def _connections(other_files: int) -> int:
    """Return the largest number of connections that leaves enough file descriptors for the rest of the process."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _CONNECTIONS
    return max(1, min(_CONNECTIONS, files - _OTHER_FILES - other_files))


def _breaking_off(app: WSGIApplication) -> WSGIApplication:
    """Return the application with :class:`BrokenAnswerError` translated, so that waitress omits the last chunk."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = app(environ, start_response)
        return body if isinstance(body, environ["wsgi.file_wrapper"]) else _Body(body, environ)

    return answer


class _Body:
    """A response body."""

    def __init__(self, parts: Iterable[bytes], environ: WSGIEnvironment) -> None:
        self._all = parts
        self._parts = iter(parts)
        self._environ = environ

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BrokenAnswerError:
            if self._environ["SERVER_PROTOCOL"] == "HTTP/1.0":
                # without chunks the end of the stream is a complete body; only a reset signals the error
                channel = self._environ["waitress.client_disconnected"].__self__
                channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ClientDisconnected from None

    def close(self) -> None:
        """Close the application's body."""
        close = getattr(self._all, "close", None)
        if close is not None:
            close()
