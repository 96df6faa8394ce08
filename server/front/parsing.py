"""HTTP/1.1 request messages (RFC 9112), parsed by httptools (llhttp), or by h11 where httptools is not installed.

A message is parsed in two steps. :func:`parse` takes its first line and headers as one block, which ends with an empty
line. A body with a length needs no parser; :attr:`RequestHead.chunks` decodes one with chunks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote_from_bytes, unquote_to_bytes

import h11

from server.http.protocol import Problem

try:
    import httptools
except ImportError:  # there is no wheel for this platform
    httptools = None  # type: ignore[assignment]

HEADER_LIMIT = 128 * 1024
"""Largest first line and headers together, in bytes; more is a 431."""
TRAILER_LIMIT = 16 * 1024
"""Largest trailers of a body with chunks, in bytes; more is a 431."""

HOST = re.compile(r"(?:(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Za-z.:_~-]+\])(?::\d*)?)?")
"""Value of Host (RFC 9110, section 7.2); it may be empty."""
_ASCII = bytes(range(128)).decode()

Headers = list[tuple[bytes, bytes]]
"""Name, in lower case, and value of each header, in order."""


class ChunkDecoder(Protocol):
    """Decoder of a body with chunks (RFC 9112, section 7.1)."""

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Return the bytes of the body in ``data``, and whether the body ends there.

        Raises:
            Problem: when ``data`` is no chunked body (400), or its trailers are too long (431).
        """

    @property
    def is_alone(self) -> bool:
        """True if nothing came after the end of the body."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The first line and the headers of a request."""

    method: str
    target: bytes
    """Path and query."""
    version: str
    """``1.0`` or ``1.1``."""
    headers: Headers
    length: int
    """Length of the body in bytes; 0 if it has chunks."""
    chunks: ChunkDecoder | None
    """Decoder of the body, if it has chunks."""

    def values(self, name: bytes) -> list[bytes]:
        """Return the values of the headers with a name in lower case."""
        return [value for key, value in self.headers if key == name]

    @property
    def keeps_alive(self) -> bool:
        """True if the client expects the connection to persist (RFC 9112, section 9.3)."""
        options = b",".join(self.values(b"connection")).lower()
        return b"close" not in options if self.version == "1.1" else b"keep-alive" in options

    @property
    def expects_continue(self) -> bool:
        """True if the client waits for ``100 Continue`` before it sends the body."""
        return self.version == "1.1" and b",".join(self.values(b"expect")).lower() == b"100-continue"

    def path_and_query(self) -> tuple[str, str]:
        """Return the decoded path as WSGI has it (bytes as Latin-1) and the query string, without an authority."""
        path, _, query = self.target.partition(b"#")[0].partition(b"?")
        if not path.startswith(b"/") and b"://" in path:
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        return unquote_to_bytes(path).decode("latin-1"), query.decode("latin-1")


def parse(block: bytes) -> RequestHead:
    """Parse the first line and the headers of a request.

    Raises:
        Problem: when they are malformed or their lengths ambiguous (400), the method or the transfer coding is unknown
            (501), or the version is not 1.0 or 1.1 (505).
    """
    line, end, rest = block.partition(b"\r\n")
    _check_version(line)
    if not line.isascii():  # the parsers accept only ASCII, as standards do; some clients send UTF-8
        block = quote_from_bytes(line, safe=_ASCII).encode() + end + rest
    head = (_H11() if httptools is None else _Httptools()).head(block)
    _check(head)
    return head


def _check_version(line: bytes) -> None:
    words = line.split()
    is_http = words[-1:] and words[-1].startswith(b"HTTP/")
    if (len(words) == 2 and not is_http) or (is_http and words[-1] not in (b"HTTP/1.0", b"HTTP/1.1")):
        raise Problem(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "this server speaks HTTP/1.1")


def _check(head: RequestHead) -> None:
    """Refuse requests that another server on the way could understand differently (RFC 9112, sections 3.2 and 6.1)."""
    codings = b",".join(head.values(b"transfer-encoding")).split(b",")
    if head.chunks and (len(codings) > 1 or head.values(b"content-length") or head.version == "1.0"):
        raise _malformed("there must be one length or one transfer coding, and none of the latter in HTTP/1.0")
    hosts = head.values(b"host")
    is_alone = len(hosts) == 1 or (not hosts and head.version == "1.0")
    if not is_alone or not all(HOST.fullmatch(host.decode("latin-1")) for host in hosts):
        raise _malformed("there must be one Host, and nothing else in it")


def _malformed(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, detail)


def _refusal(detail: str, headers: Headers) -> Problem:
    """Return the problem of headers that a parser refuses; one that knows no transfer coding but chunked is a 501."""
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if len(codings) == 1 and codings != [b"chunked"] and b"," not in codings[0]:
        return Problem(HTTPStatus.NOT_IMPLEMENTED, "the only transfer coding of requests is chunked")
    return _malformed(detail)


class _ParsedMessage:
    """Parts of a message that httptools finds. The parser refers to this object, and not to its owner: no cycle."""

    def __init__(self) -> None:
        self.begun = 0
        self.target = b""
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.complete = False

    def on_message_begin(self) -> None:
        """Count the messages in the data."""
        self.begun += 1

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        self.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self.headers.append((name.lower(), value.strip(b" \t")))

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        if not self.complete:
            self.body.append(part)

    def on_message_complete(self) -> None:
        """Note the end of the message."""
        self.complete = True


class _ChunkedBody(_ParsedMessage):
    """A body with chunks, whose trailers are only counted."""

    def __init__(self) -> None:
        super().__init__()
        self.trailers = 0
        """Length of the names and values of the trailers, in bytes."""

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a trailer."""
        self.trailers += len(name) + len(value)


class _Httptools:
    """A message that httptools parses."""

    def __init__(self, message: _ParsedMessage | None = None) -> None:
        self._message = message or _ParsedMessage()
        self._parser: Any = httptools.HttpRequestParser(self._message)

    def head(self, block: bytes) -> RequestHead:
        """Parse the first line and the headers.

        Raises:
            Problem: when they are malformed (400 or 501).
        """
        self.feed(block)
        parser, message = self._parser, self._message
        if message.begun != 1 or parser.get_http_version() not in ("1.0", "1.1"):
            raise _malformed("lines must end with CR and LF")
        length = next((int(value) for name, value in message.headers if name == b"content-length"), 0)
        has_chunks = any(name == b"transfer-encoding" for name, _ in message.headers)
        method = parser.get_method().decode("ascii")
        version, chunks = parser.get_http_version(), _HttptoolsChunks() if has_chunks else None
        return RequestHead(method, message.target, version, message.headers, length, chunks)

    def feed(self, data: bytes) -> None:
        """Parse a part of the message.

        Raises:
            Problem: when it is malformed (400 or 501).
        """
        message = self._message
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # a server may ignore Upgrade (RFC 9110, section 7.8)
        except httptools.HttpParserError as error:
            if message.complete:
                message.begun += 1  # something came after the message
            elif isinstance(error, httptools.HttpParserInvalidMethodError):
                raise Problem(HTTPStatus.NOT_IMPLEMENTED, "the method of the request is not known") from None
            else:
                raise _refusal(str(error), message.headers) from None


class _HttptoolsChunks:
    """Implementation of :class:`ChunkDecoder` with httptools. It has a body even after Upgrade or CONNECT."""

    def __init__(self) -> None:
        self._chunks = _ChunkedBody()
        self._parser = _Httptools(self._chunks)
        self._parser.feed(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        self._chunks.trailers = 0
        self.is_alone = True
        """True if nothing came after the end of the body."""

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Decode a part of a body. See :meth:`ChunkDecoder.feed`.

        Raises:
            Problem: when it is malformed (400), or its trailers are too long (431).
        """
        chunks = self._chunks
        self._parser.feed(data)
        if chunks.trailers > TRAILER_LIMIT:
            detail = "the trailers are longer than this server accepts"
            raise Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
        self.is_alone = chunks.begun == 1 and data.endswith(b"\r\n")
        body = b"".join(chunks.body)
        chunks.body.clear()
        return body, chunks.complete


class _H11:
    """A message that h11 parses."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEADER_LIMIT)

    def head(self, block: bytes) -> RequestHead:
        """Parse the first line and the headers.

        Raises:
            Problem: when they are malformed (400 or 501).
        """
        self._connection.receive_data(block)
        request = self._next()
        is_one = isinstance(request, h11.Request) and not self._connection.trailing_data[0]
        if not is_one or block.count(b"\n") != block.count(b"\r\n"):
            raise _malformed("lines must end with CR and LF")
        headers: Headers = list(request.headers)
        length = next((int(value) for name, value in headers if name == b"content-length"), 0)
        chunks = self if any(name == b"transfer-encoding" for name, _ in headers) else None
        version = request.http_version.decode("ascii")
        return RequestHead(request.method.decode("ascii"), request.target, version, headers, length, chunks)

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Decode a part of a body with chunks. See :meth:`ChunkDecoder.feed`."""
        self._connection.receive_data(data)
        body = []
        while isinstance(event := self._next(), h11.Data):
            body.append(bytes(event.data))
        return b"".join(body), isinstance(event, h11.EndOfMessage)

    @property
    def is_alone(self) -> bool:
        """True if nothing came after the message."""
        return not self._connection.trailing_data[0]

    def _next(self) -> Any:
        try:
            return self._connection.next_event()
        except h11.RemoteProtocolError as error:
            status = HTTPStatus(error.error_status_hint)
            raise Problem(status, str(error)) from None
