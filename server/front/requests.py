"""A complete request, as the environment of WSGI applications (PEP 3333)."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from werkzeug.wsgi import FileWrapper

from kg.query.text import form_of
from server.front.parsing import RequestHead
from server.http.cache import HIT, QUERY
from server.http.tracing import REQUEST_ID, new_id, sent_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import IO

    from _typeshed.wsgi import WSGIEnvironment

    from kg.query import Query
    from server.front.request_log import Logged
    from server.http.counts import RequestKind
    from server.views.sparql import Question

_BLOCK = 64 * 1024
"""Bytes of a file that are read and sent at once."""


class ReceivedRequest:
    """A request that has been received.

    ``read`` returns its environment, and ``disconnected`` whether the client has closed its connection.
    """

    __slots__ = (
        "_environ",
        "_id",
        "_read",
        "began",
        "disconnected",
        "keeps_alive",
        "kind",
        "logged",
        "question",
        "raw",
        "version",
    )

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
        self._id = ""
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
        self.kind: RequestKind | None = None
        """Kind that it is counted as, once that is known."""
        self.logged: Logged | None = None
        """Part of the request that the logs say, once it is known."""

    @property
    def environ(self) -> WSGIEnvironment:
        """Environment for the application."""
        if self._environ is None:
            self._environ = self._read()
            self._environ[REQUEST_ID] = self.id
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
    def query_string(self) -> str:
        """Query component of the URL, percent-encoded."""
        return self.environ["QUERY_STRING"]  # type: ignore[no-any-return]

    @property
    def query(self) -> Query | None:
        """Its query, once it has been read."""
        return self.environ.get(QUERY)

    @property
    def form(self) -> str:
        """Form of the result of its query; empty if no query has been read."""
        query = self.query
        return form_of(query.text).value if query else ""

    @property
    def id(self) -> str:
        """Id that the server gives it, when it is first asked for."""
        if not self._id:
            self._id = new_id()
        return self._id

    @property
    def sent_ids(self) -> Mapping[str, str]:
        """Ids that the client has given it."""
        return sent_ids(self.environ)

    @property
    def hit(self) -> str:
        """Name of the cache that its answer came from; empty if it came from none."""
        return self.environ.get(HIT, "")  # type: ignore[no-any-return]


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
