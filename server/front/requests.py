"""A complete request, as the environment of WSGI applications (PEP 3333)."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from werkzeug.wsgi import FileWrapper

from server.front.access_log import request_line
from server.front.parsing import RequestHead
from server.http.cache import FORM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import IO

    from _typeshed.wsgi import WSGIEnvironment

    from server.views.sparql import Question

_BLOCK = 128 * 1024
"""Bytes of a file that are read and sent at once."""


class ReceivedRequest:
    """A request that has been received.

    ``read`` returns its environment, and ``disconnected`` whether the client has closed its connection.
    """

    __slots__ = ("_environ", "_read", "began", "disconnected", "keeps_alive", "question", "raw", "version")

    def __init__(
        self,
        read: Callable[[], WSGIEnvironment],
        disconnected: Callable[[], bool],
        version: str,
        began: float,
        raw: bytes | None,
        *,
        keeps_alive: bool,
    ) -> None:
        self._read = read
        self._environ: WSGIEnvironment | None = None
        self.disconnected = disconnected
        self.version = version
        """``1.0`` or ``1.1``."""
        self.began = began
        """Time at which it began to arrive, in seconds of the event loop's clock."""
        self.raw = raw
        """All its bytes, if it has no body."""
        self.keeps_alive = keeps_alive
        """True if the connection persists after the response, provided that the response has a length."""
        self.question: Question | None = None
        """The question, if the event loop answers it."""

    @property
    def environ(self) -> WSGIEnvironment:
        """Environment for the application."""
        if self._environ is None:
            self._environ = self._read()
        return self._environ

    @property
    def method(self) -> str:
        """Method."""
        return self.environ["REQUEST_METHOD"]  # type: ignore[no-any-return]

    @property
    def client(self) -> str:
        """Address of the client."""
        return self.environ["REMOTE_ADDR"]  # type: ignore[no-any-return]

    @property
    def path(self) -> str:
        """Decoded path."""
        return self.environ["PATH_INFO"]  # type: ignore[no-any-return]

    @property
    def form(self) -> str:
        """Form of the result of its query; empty if no query has been read."""
        return self.environ.get(FORM, "")  # type: ignore[no-any-return]

    def line(self) -> str:
        """Return its part of a line in the access log."""
        environ = self.environ
        return request_line(self.client, self.method, environ["PATH_INFO"], environ["QUERY_STRING"])


def environment(head: RequestHead, body: bytes, peer: tuple[str, int], server: tuple[str, int]) -> WSGIEnvironment:
    """Return the WSGI environment of a request.

    Repeated headers are joined (RFC 9110, section 5.3). Headers with an underscore in their names are left out: their
    variables would be those of headers with a hyphen.
    """
    path, query = head.path_and_query()
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": f"HTTP/{head.version}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": peer[0],
        "REMOTE_PORT": str(peer[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _blocks,
    }
    for name, value in head.headers:
        if b"_" not in name:
            key, text = f"HTTP_{name.decode('ascii').upper().replace('-', '_')}", value.decode("latin-1")
            environ[key] = f"{environ[key]}, {text}" if key in environ else text
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(len(body)) if body or head.method == "POST" else ""
    return environ


def _blocks(file: IO[bytes], _size: int = 0) -> Iterable[bytes]:
    return FileWrapper(file, _BLOCK)
