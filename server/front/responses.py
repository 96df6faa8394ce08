"""Responses of a WSGI application as HTTP/1.1 messages (RFC 9112)."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from server.front.requests import ReceivedRequest
from server.http import cors
from server.http.protocol import Problem
from server.logs import fields
from server.pages.answer import end_unanswered
from server.workers import BrokenAnswerError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_logger = logging.getLogger(__name__)

LAST_CHUNK = b"0\r\n\r\n"

_AHEAD = 2
"""Largest number of parts that are produced before the event loop has taken the first of them."""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The status line and the headers of a response; its date is that of the moment when they are sent."""

    status: str
    """Three digits."""
    line: bytes
    rest: bytes
    """Headers without the date, and the empty line."""
    length: int | None
    """Length of the body in bytes, if the application named it."""
    has_body: bool
    has_chunks: bool
    keeps_alive: bool
    """True if the connection persists after the response."""

    @classmethod
    def of(cls, status: str, headers: list[tuple[str, str]], request: ReceivedRequest) -> ResponseHead:
        """Return the head for what an application has set."""
        lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
        length = lengths[0] if lengths else None
        has_body = request.method != "HEAD" and not status.startswith(("1", "204", "304"))
        has_chunks = has_body and length is None and request.version == "1.1"
        is_framed = has_chunks or not has_body or length is not None
        keeps_alive = request.keeps_alive and is_framed
        lines = [f"{name}: {value}\r\n" for name, value in headers]
        if has_chunks:
            lines.append("Transfer-Encoding: chunked\r\n")
        if not keeps_alive:
            lines.append("Connection: close\r\n")
        elif request.version == "1.0":
            lines.append("Connection: keep-alive\r\n")
        line = f"HTTP/{request.version} {status}\r\n".encode("latin-1")
        rest = "".join([*lines, "\r\n"]).encode("latin-1")
        return cls(
            status=status[:3],
            line=line,
            rest=rest,
            length=length,
            has_body=has_body,
            has_chunks=has_chunks,
            keeps_alive=keeps_alive,
        )

    def with_rest(self, rest: bytes, length: int) -> ResponseHead:
        """Return this head with other headers, for a body of another length."""
        return ResponseHead(
            status=self.status,
            line=self.line,
            rest=rest,
            length=length,
            has_body=self.has_body,
            has_chunks=self.has_chunks,
            keeps_alive=self.keeps_alive,
        )

    def __bytes__(self) -> bytes:
        return self.line + date_line() + self.rest


def date_line() -> bytes:
    """Return the header Date of this second."""
    return _date_line(int(time.time()))


@lru_cache(1)
def _date_line(second: int) -> bytes:
    return f"Date: {formatdate(second, usegmt=True)}\r\n".encode("ascii")


def refusal(problem: Problem, request: ReceivedRequest) -> tuple[ResponseHead, bytes]:
    """Return head and body of the response to a request that is refused before the application is called."""
    body = json.dumps(problem.members(request.id)).encode()
    headers = {
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        **problem.headers,
        **cors.HEADERS,
    }
    head = ResponseHead.of(f"{problem.status.value} {problem.status.phrase}", list(headers.items()), request)
    return head, body if head.has_body else b""


def whole(app: WSGIApplication, request: ReceivedRequest) -> tuple[ResponseHead, bytes]:
    """Call an application that has all of its response at hand; return head and body."""
    started: list[ResponseHead] = []
    parts = app(request.environ, lambda status, headers, exc_info=None: _start(started, status, headers, request))
    try:
        body = b"".join(parts)
    finally:
        _close(parts)
    return started[-1], body


class Sink(Protocol):
    """The connection, for a thread that produces a response; each method may be called in any thread."""

    @property
    def is_gone(self) -> bool:
        """True if the client has disconnected."""

    def send(self, data: bytes, taken: Callable[[], object]) -> None:
        """Send a part, and call ``taken`` when there is room for another, or the client has disconnected."""

    def end(self, data: bytes, head: ResponseHead | None, size: int, *, is_whole: bool) -> None:
        """Send the last part, whose response has a body of ``size`` bytes; abort the response if it is not whole."""


class ThreadedResponse:
    """The response to a request, produced and sent part by part by a thread.

    No thread waits for a client to take what was sent: one goes on later, which ``submit`` asks for.
    """

    def __init__(
        self,
        app: WSGIApplication,
        request: ReceivedRequest,
        output: Sink,
        submit: Callable[[ThreadedResponse], object],
    ) -> None:
        self._app = app
        self._request = request
        self._output = output
        self._submit = submit
        self._body: Iterable[bytes] = ()
        self._parts: Iterator[bytes] | None = None
        """Parts of the body that are not sent, once the application has been called."""
        self._lock = threading.Lock()
        self._ahead = 0
        """Number of parts that were sent and not taken."""
        self._is_left = False
        """True if its thread has left it until a part is taken."""
        self._started: list[ResponseHead] = []
        self._head: ResponseHead | None = None
        """Head that was sent."""
        self._size = 0

    def __call__(self) -> None:
        """Call the application, and send its response as far as the client takes it; errors are logged."""
        last, is_whole = b"", False
        try:
            sent = self._respond()
            if sent is None:
                return
            last, is_whole = sent, True
        except BrokenAnswerError:
            pass
        except Exception:
            _logger.exception("while answering", extra=fields(request_id=self._request.id))
            if self._head is None:
                problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something is wrong with this server")
                self._head, body = refusal(problem, self._request)
                last, is_whole, self._size = bytes(self._head) + body, True, len(body)
        end_unanswered(self._request.environ)
        self._output.end(last, self._head, self._size, is_whole=is_whole)

    def _respond(self) -> bytes | None:
        """Send the response except for its last bytes, which are returned, or ``None`` if it is left before."""
        last: bytes | None = b""
        try:
            if self._parts is None:
                self._body = self._app(self._request.environ, self._start)
                self._parts = iter(self._body)
            last = self._send(self._parts)
            return last
        finally:
            if last is not None:
                _close(self._body)
                self._body, self._parts = (), iter(())  # which refer to this response: no cycle is left

    def _send(self, parts: Iterator[bytes]) -> bytes | None:
        for part in parts:
            if part:
                last = self._add(part)
                if last is not None:
                    return last
                if self._leave():
                    return None
        return self._last()

    def _leave(self) -> bool:
        """Leave the response if the client is to take a part first; return whether it is left."""
        with self._lock:
            self._is_left = self._ahead >= _AHEAD
            return self._is_left

    def _taken(self) -> None:
        """Note that a part is taken, and have a thread go on if there is none."""
        with self._lock:
            self._ahead -= 1
            goes_on, self._is_left = self._is_left, False
        if goes_on:
            self._submit(self)

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        return _start(self._started, status, headers, self._request)

    def _add(self, part: bytes) -> bytes | None:
        """Send a part of the body; if the body ends with it, return the bytes to be sent instead."""
        before = b"" if self._head else bytes(self._started[-1])
        self._head = head = self._started[-1]
        if not head.has_body:
            return before
        self._size += len(part)
        if self._size == head.length:
            return before + part
        if head.length is not None and self._size > head.length:
            raise BrokenAnswerError
        if self._output.is_gone:
            raise BrokenAnswerError
        data = b"%x\r\n%b\r\n" % (len(part), part) if head.has_chunks else part
        with self._lock:
            self._ahead += 1
        self._output.send(before + data, self._taken)
        return None

    def _last(self) -> bytes:
        """Return the bytes that end a body without parts, or after its last part."""
        before = b"" if self._head else bytes(self._started[-1])
        self._head = head = self._started[-1]
        if head.has_body and head.length is not None and self._size < head.length:
            raise BrokenAnswerError
        return before + (LAST_CHUNK if head.has_chunks else b"")


def _start(
    started: list[ResponseHead], status: str, headers: list[tuple[str, str]], request: ReceivedRequest
) -> Callable[[bytes], object]:
    started.append(ResponseHead.of(status, headers, request))
    return _never_written


def _never_written(data: bytes) -> object:
    raise NotImplementedError("write() of PEP 3333 is not supported")


def _close(parts: Iterable[bytes]) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()
