"""The HTTP server: waitress, with an end to requests that drip in, and with broken answers that look broken.

waitress is pure Python and installs everywhere. It tells when a client leaves, and breaks an answer off so that the
client sees it; faster servers end a failed answer as if it were whole. Its threads are for what takes time: an answer
that is kept is given by the thread that read the request, which is several times as fast.
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

from server.front.messages import AnswerTask, RefusalTask, RequestParser
from server.workers import BrokenAnswerError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from server.front import Front

HEADER_LIMIT = 128 * 1024
"""Bytes of a request before its body; more is answered with 431."""

_SLOWEST = 16 * 1024  # bytes a second
_LINGER = 2.0
"""Seconds that a refused client may go on sending: a connection closed meanwhile would take the answer with it."""
_IDLE_SECONDS = 25
_CONNECTIONS = 1000
_OTHER_FILES = 64
"""Open files beside connections and workers: standard streams, modules, the files that are being sent."""
_MAPPED = 64 * 1024
"""Bytes from which on a piece of memory goes back to the system when it is free."""
_M_MMAP_THRESHOLD = -3
_AHEAD = 256 * 1024
"""Bytes of an answer that wait for a slow reader; then whoever writes it waits."""


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    parser_class = RequestParser
    task_class = AnswerTask
    error_task_class = RefusalTask
    _is_new = False
    lingers = False
    """Whether the client may still be sending what nobody wants when the answer is out."""
    _ends: float | None = None
    """Until when what it sends is thrown away."""
    _began: float | None = None
    """Since when a request is arriving."""
    _sent = 0
    _window = (0.0, 0)
    """Since when something waits to be sent, and how much had been sent then."""

    def received(self, data: bytes) -> bool:
        """Take what has come."""
        if self._ends is not None:
            return True
        taken = bool(super().received(data))
        if self.request is None:
            self._began = None
        elif self._began is None:
            self._began = time.monotonic()
        if self._is_new:
            self._is_new = False
            self._answer()
        return taken

    def note(self) -> bool:
        """Note a new request; return whether the reading thread will answer it or hand it on, as the only one."""
        self._is_new = len(self.requests) == 1 and not self.total_outbufs_len
        return self._is_new

    def _answer(self) -> None:
        """Answer from the cache; let another thread do what may take time."""
        request = self.requests[0]
        if not request.error:
            request.kept = self.server.front.find(AnswerTask(self, request).get_environment())
        if request.error or request.kept:
            self.service()
        else:
            self.server.task_dispatcher.hand_on(self)

    def send_continue(self) -> None:
        """Ask for the body, where there is one to come."""
        if self.request.body_rcv is None:
            self.request.expect_continue = False
        else:
            super().send_continue()

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what goes at once."""
        sent = int(super().send(data, do_close=do_close))
        self._sent += sent
        return sent

    def writable(self) -> bool:
        """Return whether there is something to send; the loop asks at least every second."""
        now = time.monotonic()
        since, sent = self._window
        if not self.total_outbufs_len:
            self._window = now, self._sent
        elif now - since > self.server.request_seconds:
            if self._sent - sent < _SLOWEST:
                self.handle_close()  # at once: the socket will never say that it can take more
                return False
            self._window = now, self._sent
        return bool(super().writable())

    def readable(self) -> bool:
        """Return whether more is wanted; the loop asks at least every second.

        A request that is not all there in time is not waited for, however steadily it drips; a long body has longer.
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
        """Close the connection; for a client that may still be sending our side of it first."""
        if self.lingers and self.connected:
            self.lingers = self.will_close = False
            self._ends = time.monotonic() + _LINGER
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
        else:
            super().handle_close()


class _Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Threads for the requests that the thread which read them cannot answer at once."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._reader = threading.get_ident()
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        """Take a connection with a new request."""
        if threading.get_ident() != self._reader or not task.note():
            self.hand_on(task)

    def hand_on(self, task: Any) -> None:
        """Let another thread answer."""
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

    Of a request's body at most ``body_limit`` bytes are read; a longer one is answered with 413.

    Raises:
        OSError: when it cannot listen.
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
        channel_request_lookahead=1,  # so that it is seen when a client leaves
        max_request_header_size=HEADER_LIMIT,
        max_request_body_size=body_limit + 1,
        outbuf_high_watermark=_AHEAD,
        clear_untrusted_proxy_headers=False,  # nobody looks at them unless told to
    )
    server.channel_class = _Channel
    server.front = front
    server.request_seconds = request_seconds
    return server


def run(server: Any) -> None:
    """Serve until the process is told to end."""
    # poll, since select knows no file above 1024
    server.asyncore.loop(timeout=1, use_poll=True, map=server._map)


def _return_memory() -> None:
    """Have large buffers mapped one by one: glibc's arenas, several for each core, keep what a long answer took."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _MAPPED)


def _connections(other_files: int) -> int:
    """Return how many connections may be open at once, so that enough files are left for the rest of the process."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _CONNECTIONS
    return max(1, min(_CONNECTIONS, files - _OTHER_FILES - other_files))


def _breaking_off(app: WSGIApplication) -> WSGIApplication:
    """Return the application with a broken answer raised as waitress expects: it ends without the last chunk."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = app(environ, start_response)
        return body if isinstance(body, environ["wsgi.file_wrapper"]) else _Body(body, environ)

    return answer


class _Body:
    """A response's body."""

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
                # no chunks there: an end of the stream looks well, so that only a reset tells
                channel = self._environ["waitress.client_disconnected"].__self__
                channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ClientDisconnected from None

    def close(self) -> None:
        """Close the application's body."""
        close = getattr(self._all, "close", None)
        if close is not None:
            close()
