"""A client's connection: requests are read, answered one after another, and bounded in size and time."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import struct
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from server.front.parsing import HEADER_LIMIT, ChunkDecoder, RequestHead, parse
from server.front.requests import ReceivedRequest, environment
from server.front.responses import ResponseHead, ThreadedResponse, date_line, refusal, whole
from server.front.similar import SimilarRequest
from server.http.cache import CACHED, QUERY
from server.http.clients import client_network
from server.http.counts import REFUSED, RequestKind
from server.http.protocol import Problem
from server.pages.answer import DISCONNECTED, RESULT
from server.workers import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.front.server import Front

IDLE_SECONDS = 25
"""Seconds after which a connection without a request is closed."""

_HEAD_END = b"\r\n\r\n"
_AT_ONCE = 16
"""Largest number of requests of one connection that are answered in one turn of the event loop."""
_AHEAD = 64 * 1024
"""Bytes of further requests that are read while one is being answered."""
_UNSENT = 64 * 1024
"""Bytes of responses that may wait for a slow client; then no more are produced."""
_SLOWEST = 16 * 1024
"""Lowest rate at which a body arrives, in bytes per second."""
_LEAST = 16 * 1024
"""Least bytes of a response that a client takes in the seconds that a request may take to arrive."""
_LINGER = 2.0
"""Seconds during which a refused client's data is discarded: closing at once could reset the unread response."""
_RAW = 4
"""A body with chunks may be this many times as long as its content, in bytes as sent."""
_SHUT = getattr(select, "POLLRDHUP", 0)
"""Event that Linux reports of a connection whose other end is shut; it always reports that of both ends."""
_RESET = struct.pack("ii", 1, 0)


class _Incoming:
    """A request whose body is arriving."""

    def __init__(self, head: RequestHead, raw: bytes, limit: int) -> None:
        self.head = head
        self.raw = raw
        self.limit = limit
        """Largest body in bytes."""
        self.body = bytearray()
        self.received = 0
        """Bytes of the body as sent."""


class Connection(asyncio.BufferedProtocol):
    """A client's connection."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._loop = front.loop
        self._transport: asyncio.Transport
        self._peer = ("", 0)
        self.client = ""
        """Identity of the client at the other end, which may be a proxy."""
        self._input = bytearray()
        self._searched = 0
        """Bytes of the input in which no end of headers was found."""
        self._unknown = 0
        """Bytes of a request at the start of the input whose response was not known."""
        self._incoming: _Incoming | None = None
        self._request: ReceivedRequest | None = None
        """The one that is being answered."""
        self._since = 0.0
        """Time since which the present request arrives, or none does."""
        self._ahead: list[Callable[[], object]] = []
        """Calls for the producing thread, when the client has taken what waits."""
        self._is_full = False
        """True if too much waits for the client."""
        self._window = (0.0, 0)
        """Time since which data waits to be sent, and bytes sent until then."""
        self._written = 0
        self._held = 0
        """Bytes of the request's body in memory."""
        self._discards_until: float | None = None
        self._ends = False
        """True if the connection closes after the present response."""
        self._has_ended = False
        """True if the client sends nothing more; mostly it has left, which shows when something is sent to it."""
        self.is_gone = False
        """True if the client has disconnected."""

    # --- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, unless there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(_UNSENT)
        self._peer = (transport.get_extra_info("peername") or ("", 0))[:2]
        self.client = client_network(self._peer[0])
        self._since = self._loop.time()
        self._front.open(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the buffer that all connections share: what is received is processed at once."""
        return self._front.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Process received bytes."""
        self.receive(self._front.buffer[:nbytes])

    def receive(self, data: bytes | memoryview) -> None:
        """Process bytes from the client."""
        if self._discards_until is not None or self._ends:
            return
        if not self._input and self._incoming is None and self._request is None:
            self._since = self._loop.time()
            if data[-len(_HEAD_END) :] == _HEAD_END and not self._is_full:
                raw = bytes(data)  # mostly one request, and nothing else
                if self._answer_again(raw):
                    return
                self._unknown = len(raw)
        self._input += data
        self._advance()

    def eof_received(self) -> bool:
        """Note that the client sends nothing more; requests that it sent before are still answered."""
        self._has_ended = True
        self._loop.call_soon(self._advance)
        return True

    def pause_writing(self) -> None:
        """Produce no more for a client that does not read."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Go on with what waits."""
        self._is_full = False
        self._release()
        self._loop.call_soon(self._advance)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, at the latest when its request has been answered in vain."""
        self._has_ended = self.is_gone = True
        self._input.clear()
        self._incoming = None
        self._release()
        if self._request is None:
            self._hold(-self._held)
            self._front.closed(self)

    # --- called by the front

    @property
    def is_waiting(self) -> bool:
        """True if no request is being answered: the connection may be closed in favour of another client's."""
        return self._request is None

    def abort(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    def stop(self) -> None:
        """Close the connection when the present response is sent."""
        self._ends = True
        if self._request is None:
            self._transport.close()

    def check(self, now: float) -> None:
        """Close a connection that is idle or too slow. Called about every second."""
        if self._discards_until is not None:
            if now > self._discards_until:
                self.abort()
        elif self._is_too_slow(now) or (self._request is None and now - self._since > self._patience()):
            self.abort()

    def _patience(self) -> float:
        """Return the seconds that a request may take to arrive, longer for a long body, or that none may arrive."""
        if self._incoming is not None:
            return self._front.request_seconds + self._incoming.received / _SLOWEST
        return self._front.request_seconds if self._input else IDLE_SECONDS

    def _is_too_slow(self, now: float) -> bool:
        """Return whether the client takes a response too slowly."""
        unsent = self._transport.get_write_buffer_size()
        since, sent = self._window
        if not unsent or not since:
            self._window = now, self._written - unsent
            return False
        if now - since <= self._front.request_seconds:
            return False
        self._window = now, self._written - unsent
        return self._written - unsent - sent < _LEAST

    # --- requests

    def _advance(self) -> None:
        """Process the requests that have arrived, while the client takes the responses."""
        for _ in range(_AT_ONCE):
            if self._request is not None or self._is_full or self._is_ending():
                break
            if not self._step():
                self._close_if_gone()
                break
        else:
            self._loop.call_soon(self._advance)
        self._regulate()

    def _is_ending(self) -> bool:
        """Return whether no further request is answered."""
        return self._ends or self._discards_until is not None or self._transport.is_closing()

    def _close_if_gone(self) -> None:
        """Close a connection over which no further request can come."""
        if self._has_ended and self._discards_until is None:
            self._transport.close()

    def _regulate(self) -> None:
        """Read no further ahead than a little."""
        if self._has_ended or self._is_ending():
            return
        if len(self._input) > _AHEAD and (self._request is not None or self._is_full):
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _step(self) -> bool:
        """Process a request, or a part of one; return whether there may be another."""
        try:
            if self._incoming is None and not self._read_head():
                return False
            return self._incoming is None or self._read_body(self._incoming)
        except Problem as problem:
            self._refuse(problem)
            return False

    def _read_head(self) -> bool:
        """Answer a request from its bytes, or parse it; return false if it has not arrived."""
        while self._input.startswith(b"\r\n"):
            del self._input[:2]
        end = self._input.find(_HEAD_END, max(0, self._searched - len(_HEAD_END)))
        if end > HEADER_LIMIT or (end < 0 and len(self._input) > HEADER_LIMIT):
            detail = "the first line and the headers are longer than this server accepts"
            raise Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
        if end < 0:
            self._searched = len(self._input)
            return False
        raw = bytes(self._input[: end + len(_HEAD_END)])
        del self._input[: len(raw)]
        self._searched = 0
        if len(raw) != self._unknown and self._answer_again(raw):
            return True
        self._unknown = 0
        front, version = self._front, self._front.cache.version()
        if (recognized := front.similar.find(version, self._peer[0], raw)) is not None:
            read = partial(self._environ, raw)
            request = self._request = SimilarRequest(recognized, read, self._has_disconnected, self._since, raw)
            if not front.evaluate(request, self):
                self.pass_on(request)
            return True
        head = parse(raw)
        if head.length or head.chunks:
            self._expect_body(head, raw)
        else:
            self._answer(head, b"", raw, keeps_alive=head.keeps_alive)
        return True

    def _answer_again(self, raw: bytes) -> bool:
        """Answer a request whose response is known from its bytes; return false if it is not."""
        front = self._front
        kept = front.kept(front.cache.version(), raw)
        if kept is None or self._transport.is_closing():
            return False
        self._write(b"%b%b%b" % (kept.line, date_line(), kept.rest))
        front.answered_again(kept, self._peer[0], self._since)
        self._since = self._loop.time()
        return True

    def _expect_body(self, head: RequestHead, raw: bytes) -> None:
        limit = self._front.body_limit(environment(head, b"", self._peer, self._front.address), head.length)
        if head.length > limit:
            raise _too_long()
        self._incoming = _Incoming(head, raw, limit)
        if head.expects_continue and not self._input:
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _read_body(self, incoming: _Incoming) -> bool:
        """Read the body of a request, and answer the request when it is complete; return false if it is not."""
        chunks, before = incoming.head.chunks, incoming.received
        if chunks is None:
            missing = incoming.head.length - len(incoming.body)
            incoming.body += self._input[:missing]
            del self._input[:missing]
            is_complete, is_alone = len(incoming.body) == incoming.head.length, True
        else:
            is_complete, is_alone = self._decode(incoming, chunks)
        incoming.received = max(incoming.received, len(incoming.body))
        self._hold(incoming.received - before)
        if not is_complete:
            return False
        self._incoming = None
        body = bytes(incoming.body)
        self._answer(incoming.head, body, None, keeps_alive=incoming.head.keeps_alive and is_alone)
        return True

    def _decode(self, incoming: _Incoming, chunks: ChunkDecoder) -> tuple[bool, bool]:
        """Decode the input; return whether the body is complete, and whether nothing came after it."""
        data = bytes(self._input)
        self._input.clear()
        incoming.received += len(data)
        body, is_complete = chunks.feed(data)
        incoming.body += body
        if len(incoming.body) > incoming.limit or incoming.received > _RAW * incoming.limit:
            raise _too_long()
        return is_complete, chunks.is_alone

    def _hold(self, size: int) -> None:
        """Count ``size`` more bytes in memory. See :meth:`server.front.server.Front.hold`."""
        self._held += size
        self._front.hold(self.client, size)

    # --- responses

    def _answer(self, head: RequestHead, body: bytes, raw: bytes | None, *, keeps_alive: bool) -> None:
        """Answer a request: from the cache, from a worker by way of the event loop, or by a thread."""
        front, environ = self._front, self._environment(head, body)
        request = self._request = ReceivedRequest(
            lambda: environ, self._has_disconnected, head.version, self._since, raw, keeps_alive=keeps_alive
        )
        if front.cache.find(environ) is not None:
            self.respond(request)
        elif not front.evaluate(request, self):
            self.pass_on(request)

    def _environment(self, head: RequestHead, body: bytes) -> WSGIEnvironment:
        environ = environment(head, body, self._peer, self._front.address)
        environ[DISCONNECTED] = self._has_disconnected
        self._front.set_client(environ)
        return environ

    def _environ(self, raw: bytes) -> WSGIEnvironment:
        """Return the environment of a request without a body, which was not parsed before."""
        return self._environment(parse(raw), b"")

    def _has_disconnected(self) -> bool:
        """Return whether the client sends nothing more, also if what it has sent is not all read. Thread-safe."""
        return self._has_ended or (not self._transport.is_reading() and self._is_shut())

    def _is_shut(self) -> bool:
        watch = select.poll()
        try:
            watch.register(self._transport.get_extra_info("socket"), _SHUT)
        except ValueError:  # it is closed
            return True
        return bool(watch.poll(0))

    def respond(self, request: ReceivedRequest, reply: Reply | None = None) -> None:
        """Send a response that is at hand: from the cache, or with a result that a worker has sent."""
        front = self._front
        if isinstance(request, SimilarRequest) and reply is not None:
            response = request.response(reply, front.cache.version())
            if response is not None:
                head, body = response
                front.keep(request, reply.release, head, body)
                self.finish(bytes(head) + body, head, len(body), is_whole=True)
                return
        if reply is not None:
            request.environ[RESULT] = reply
            request.environ[QUERY] = request.question.query if request.question else None
        try:
            head, body = whole(front.cache, request)
        except Exception:  # a thread will find out what is wrong, and log it
            self.pass_on(request)
            return
        if head.has_chunks:  # not of known length after compression; small all the same
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        version = request.environ.get(CACHED)
        if version is not None and head.keeps_alive:
            front.keep(request, version, head, body)
            front.similar.learn(self._peer[0], request, version, head)
        self.finish(bytes(head) + body, head, len(body), is_whole=True)

    def pass_on(self, request: ReceivedRequest) -> None:
        """Have a thread respond."""
        submit = partial(self._front.threads.submit, client_network(request.client))
        submit(ThreadedResponse(self._front.cache, request, self, submit))

    def send(self, data: bytes, taken: Callable[[], object]) -> None:
        """Send a part of a response. See :meth:`server.front.responses.Sink.send`."""
        try:
            self._loop.call_soon_threadsafe(self._send, data, taken)
        except RuntimeError:  # the server has stopped
            self.is_gone = True
            taken()

    def _send(self, data: bytes, taken: Callable[[], object]) -> None:
        if not self._transport.is_closing():
            self._write(data)
        if self._is_full and not self._transport.is_closing():
            self._ahead.append(taken)
        else:
            taken()

    def end(self, data: bytes, head: ResponseHead | None, size: int, *, is_whole: bool) -> None:
        """Send the last part of a response. See :meth:`server.front.responses.Sink.end`."""
        with contextlib.suppress(RuntimeError):  # the server has stopped
            self._loop.call_soon_threadsafe(lambda: self.finish(data, head, size, is_whole=is_whole))

    def finish(self, data: bytes, head: ResponseHead | None, size: int, *, is_whole: bool) -> None:
        """End the response to the present request; go on with the next one, or close the connection."""
        request = self._request
        if request is None:
            return
        self._request = None
        self._hold(-self._held)
        is_whole = is_whole and not self._transport.is_closing()
        status = head.status if head else "-"
        kind = request.kind or self._front.counts.kind(request.path, request.form, status)
        self._front.answered(request, kind, size, is_whole=is_whole)
        if self.is_gone:
            self._front.closed(self)
        if self._transport.is_closing():
            return
        self._write(data)
        if not is_whole:
            self._break_off(request)
        elif head is None or not head.keeps_alive or self._ends:
            self._transport.close()
        else:
            self._since = self._loop.time()
            if self._input or self._has_ended:
                self._loop.call_soon(self._advance)
            self._regulate()

    def _break_off(self, request: ReceivedRequest) -> None:
        """Close the connection so that the client notices that the response is not complete."""
        if request.version == "1.0":
            # without chunks the end of the stream is a complete body; only a reset signals the error
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.abort()
        else:
            self._transport.close()

    def _refuse(self, problem: Problem) -> None:
        """Send a problem, and close the connection after the client has had time to read it."""
        environ = environment(RequestHead("GET", b"/", "1.1", [], 0, None), b"", self._peer, self._front.address)
        refused = ReceivedRequest(lambda: environ, self._has_disconnected, "1.1", self._since, None, keeps_alive=False)
        head, body = refusal(problem, refused)
        self._hold(-self._held)
        self._incoming = None
        self._input.clear()
        self._front.answered(refused, RequestKind(REFUSED, "", head.status), len(body))
        self._write(bytes(head) + body)
        self._discards_until = self._loop.time() + _LINGER
        self._transport.resume_reading()
        with contextlib.suppress(OSError):  # the client has reset the connection
            self._transport.write_eof()

    def _write(self, data: bytes) -> None:
        self._written += len(data)
        self._transport.write(data)

    def _release(self) -> None:
        ahead, self._ahead = self._ahead, []
        for taken in ahead:
            taken()


def _too_long() -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is longer than this server accepts")
