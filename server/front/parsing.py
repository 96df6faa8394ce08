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

_HOST = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]*")
"""Value of Host (RFC 9110, section 7.2)."""
_ASCII = bytes(range(128)).decode()

Headers = list[tuple[bytes, bytes]]
"""Name, in lower case, and value of each header, in order."""


class ChunkDecoder(Protocol):
    """Decoder of a body with chunks (RFC 9112, section 7.1)."""

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Return the bytes of the body in ``data``, and whether the body ends there.

        Raises:
            Problem: when ``data`` is no chunked body (400).
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
    if (len(hosts) != 1 and (hosts or head.version == "1.1")) or not all(map(_HOST.fullmatch, hosts)):
        raise _malformed("there must be one Host, and nothing else in it")


def _malformed(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, detail)


def _refusal(detail: str, headers: Headers) -> Problem:
    """Return the problem of headers that a parser refuses; one that knows no transfer coding but chunked is a 501."""
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if len(codings) == 1 and codings != [b"chunked"] and b"," not in codings[0]:
        return Problem(HTTPStatus.NOT_IMPLEMENTED, "the only transfer coding of requests is chunked")
    return _malformed(detail)


class _Httptools:
    """A message that httptools parses."""

    def __init__(self) -> None:
        self._parser: Any = httptools.HttpRequestParser(self)
        self._begun = 0
        self._target = b""
        self._headers: Headers = []
        self._body: list[bytes] = []
        self._complete = False
        self.is_alone = True
        """True if nothing came after the message."""

    @classmethod
    def of_chunks(cls) -> _Httptools:
        """Return a decoder of chunks. It has its own trailers, and a body even after Upgrade or CONNECT."""
        decoder = cls()
        decoder.feed(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        return decoder

    def head(self, block: bytes) -> RequestHead:
        """Parse the first line and the headers.

        Raises:
            Problem: when they are malformed (400 or 501).
        """
        self._feed(block)
        parser, headers = self._parser, self._headers
        if self._begun != 1 or parser.get_http_version() not in ("1.0", "1.1"):
            raise _malformed("lines must end with CR and LF")
        length = next((int(value) for name, value in headers if name == b"content-length"), 0)
        has_chunks = any(name == b"transfer-encoding" for name, _ in headers)
        chunks = _Httptools.of_chunks() if has_chunks else None
        method = parser.get_method().decode("ascii")
        return RequestHead(method, self._target, parser.get_http_version(), headers, length, chunks)

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Decode a part of a body with chunks. See :meth:`ChunkDecoder.feed`."""
        self._feed(data)
        self.is_alone = self._begun == 1 and data.endswith(b"\r\n")
        body = b"".join(self._body)
        self._body.clear()
        return body, self._complete

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # a server may ignore Upgrade (RFC 9110, section 7.8)
        except httptools.HttpParserError as error:
            if self._complete:
                self._begun += 1  # something came after the message
            elif isinstance(error, httptools.HttpParserInvalidMethodError):
                raise Problem(HTTPStatus.NOT_IMPLEMENTED, "the method of the request is not known") from None
            else:
                raise _refusal(str(error), self._headers) from None

    def on_message_begin(self) -> None:
        """Count the messages in the data."""
        self._begun += 1

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name.lower(), value.strip(b" \t")))

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        if not self._complete:
            self._body.append(part)

    def on_message_complete(self) -> None:
        """Note the end of the message."""
        self._complete = True


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
