"""HTTP messages: stricter parsing than waitress's own, and problem details (RFC 9457) for refused requests."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from server.front.cache import CACHED, CachedResponse
from server.http import cors
from server.http.protocol import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_HOST = re.compile(r"[A-Za-z0-9._~%!$&'()*+;=:\[\]-]*")
"""Value of Host (RFC 9110, section 7.2), without the comma, which joins repeated fields."""
_TRANSFER_CODINGS = re.compile(rb"^transfer-encoding[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_DETAILS = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is longer than this server accepts",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "the first line and the headers are longer than this server accepts",
}


class _VersionNotSupported(Error):  # type: ignore[misc]
    code = int(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """An incoming request."""

    cached: CachedResponse | None = None
    """Response from the cache, if there is one."""

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and the headers (RFC 9112, sections 2.3, 3.2, 6.1).

        Versions other than 1.0 and 1.1 are a 505.

        Raises:
            ParsingError: when there are two lengths, two transfer codings, or not exactly one Host.
        """
        super().parse_header(header_plus)
        if self.version not in ("1.0", "1.1"):
            self.error = _VersionNotSupported("this server speaks HTTP/1.1")
            self.body_rcv, self.content_length = None, 0
            return
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")
        if len(b",".join(_TRANSFER_CODINGS.findall(header_plus)).split(b",")) > 1:
            raise ParsingError("more than one transfer coding")
        host = self.headers.get("HOST", "" if self.version == "1.0" else None)
        if host is None or not _HOST.fullmatch(host):
            raise ParsingError("there must be one Host, and nothing else in it")


class ResponseTask(WSGITask):  # type: ignore[misc]
    """The response to a request. After a chunked response or a 304 the connection persists, unlike in waitress."""

    _is_beginning = False

    def get_environment(self) -> WSGIEnvironment:
        """Return the WSGI environment of the request, with the cached response or ``None``."""
        environ: WSGIEnvironment = super().get_environment()
        environ[CACHED] = self.request.cached
        return environ

    def build_response_header(self) -> bytes:
        """Return status line and headers of the response."""
        self._is_beginning = True
        header = bytes(super().build_response_header())
        self._is_beginning = False
        return header

    def set_close_on_finish(self) -> None:
        """Close the connection after this response, unless it is self-delimiting and the client wants to keep it."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        if not self._is_beginning or self.version != "1.1" or asked == "close":
            super().set_close_on_finish()

    def finish(self) -> None:
        """Send the last chunk; a response to HEAD has none."""
        if self.request.command == "HEAD":
            self.write(b"")
            self.chunked_response = False
        super().finish()


class RefusalTask(ErrorTask):  # type: ignore[misc]
    """The response to a request that is refused before the application is called."""

    def execute(self) -> None:
        """Send the problem, and close the connection after the client has had time to read it."""
        error = self.request.error
        status = HTTPStatus(error.code)
        body = json.dumps(Problem(status, _DETAILS.get(status, str(error.body))).members()).encode()
        self.status = f"{status.value} {status.phrase}"
        headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store", **cors.HEADERS}
        self.response_headers.extend(headers.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.channel.lingers = True
        self.write(body)
