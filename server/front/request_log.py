"""The access log and the log of queries: lines about requests, without headers, bodies and query strings.

A response that is kept is sent again within some microseconds, so what is the same in each of its lines is made once.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO

from kg.findings import printable
from kg.query.outline import digest
from server.http.counts import REFUSED, RequestKind
from server.http.tracing import new_id
from server.logs import JSON, members, shortened, timestamp
from server.settings import OFF, ON, TEXT, Settings

if TYPE_CHECKING:
    from server.front.requests import ReceivedRequest

PATH_LIMIT = 200
"""Longest path in a log line, in characters."""
FLUSH_SECONDS = 0.1
"""Seconds after which a line is written at the latest, with those that came meanwhile."""
_ADDRESS = re.compile(r"[A-Za-z0-9.:%_\[\]-]{1,64}")


class Logged(NamedTuple):
    """Parts of the lines about a request that are the same in each of its kind; empty where there is no line."""

    access: str
    query: str


class RequestLog:
    """Writes the lines that the settings ask for, those of :data:`FLUSH_SECONDS` together.

    ``later`` calls a function after some seconds.
    """

    def __init__(self, settings: Settings, out: TextIO, later: Callable[[float, Callable[[], None]], object]) -> None:
        self._out = out
        self._later = later
        self._lines: list[str] = []
        self.has_ids = settings.log_format == JSON
        """True if each line has the id of its request."""
        self._form: _RequestLines = _JsonRequests() if self.has_ids else _TextRequests()
        self._has_access = settings.access_log == ON
        self._has_queries = settings.query_log != OFF
        self._has_texts = settings.query_log == TEXT

    def describe(self, request: ReceivedRequest, kind: RequestKind, size: int, release: str) -> Logged:
        """Return what the lines say of a request of a kind, whose response has ``size`` bytes, over a release."""
        query = request.query if self._has_queries and kind.form else None
        asked = ""
        if query is not None:
            text = shortened(query.text) if self._has_texts else None
            asked = self._form.query(digest(query.text), text, kind, size, release)
        return Logged(self._form.access(request, kind, size, release) if self._has_access else "", asked)

    def write(self, logged: Logged, client: str, request: str, seconds: float, hit: str, *, whole: bool = True) -> None:
        """Write the lines about a request: its client and id, and the cache that its response came from, if one had it.

        An id is made where it is empty and a line has one.
        """
        if not self._lines:
            self._later(FLUSH_SECONDS, self.flush)
        if self.has_ids and not request:
            request = new_id()
        if logged.access:
            self._lines.append(self._form.access_line(logged.access, client, request, seconds, hit, whole))
        if logged.query:
            self._lines.append(self._form.query_line(logged.query, request, seconds, hit, whole))

    def flush(self) -> None:
        """Write the lines that wait."""
        lines, self._lines = self._lines, []
        if lines:
            self._out.write("".join(lines))
            self._out.flush()


def address(client: str) -> str:
    """Return the address of a client as a line may have it: a proxy that is trusted too early may name anything.

    >>> address("2001:db8::1"), address("1 GET /")
    ('2001:db8::1', '-')
    """
    return client if _ADDRESS.fullmatch(client) else "-"


class _RequestLines(Protocol):
    """Form of the lines."""

    def access(self, request: ReceivedRequest, kind: RequestKind, size: int, release: str) -> str:
        """Return what is the same in the lines of the access log about requests with the same bytes."""

    def query(self, name: str, text: str | None, kind: RequestKind, size: int, release: str) -> str:
        """Return what is the same in the lines of the log of queries about them."""

    def access_line(self, logged: str, client: str, request: str, seconds: float, hit: str, whole: bool) -> str:
        """Return a line of the access log."""

    def query_line(self, logged: str, request: str, seconds: float, hit: str, whole: bool) -> str:
        """Return a line of the log of queries."""


class _TextRequests:
    """Lines for people; only an error of the server has the id of its request, which its response tells."""

    def access(self, request: ReceivedRequest, kind: RequestKind, size: int, release: str) -> str:
        target = "refused" if kind.route == REFUSED else f"{request.method} {ascii(_path(request))[1:-1]}"
        return f"{target} {kind.status} {size}{f' {request.id}' if kind.status.startswith('5') else ''}"

    def query(self, name: str, text: str | None, kind: RequestKind, size: int, release: str) -> str:
        return f"{name} {kind.form} {kind.status} {size}{'' if text is None else f' {printable(text)}'}"

    def access_line(self, logged: str, client: str, request: str, seconds: float, hit: str, whole: bool) -> str:
        return f"{client} {logged} {seconds * 1000:.1f}ms{'' if whole else ' broken off'}\n"

    def query_line(self, logged: str, request: str, seconds: float, hit: str, whole: bool) -> str:
        return f"query {seconds * 1000:.1f}ms {hit or '-'} {logged}\n"


class _JsonRequests:
    """JSON objects."""

    def __init__(self) -> None:
        self._process = os.getpid()

    def access(self, request: ReceivedRequest, kind: RequestKind, size: int, release: str) -> str:
        is_refused = kind.route == REFUSED
        target = {} if is_refused else {"method": request.method, "path": _path(request)}
        return members(
            {
                "logger": "access",
                "message": " ".join([*(target.values() or [REFUSED]), kind.status]),
                **request.sent_ids,
                **target,
                **_facts(kind, size, release),
                "route": kind.route,
            }
        )

    def query(self, name: str, text: str | None, kind: RequestKind, size: int, release: str) -> str:
        asked = {"digest": name, "query": text, **_facts(kind, size, release)}
        return members({"logger": "query", "message": f"query {name}", **asked})

    def access_line(self, logged: str, client: str, request: str, seconds: float, hit: str, whole: bool) -> str:
        return self.query_line(f'{logged}, "client": "{client}"', request, seconds, hit, whole)

    def query_line(self, logged: str, request: str, seconds: float, hit: str, whole: bool) -> str:
        cache = f', "cache": "{hit}"' if hit else ""
        broken_off = "" if whole else ', "broken_off": true'
        return (
            f'{{"timestamp": "{timestamp(time.time())}", "level": "info", {logged}, "process": {self._process}, '
            f'"request_id": "{request}", "duration_ms": {seconds * 1000:.3f}{cache}{broken_off}}}\n'
        )


def _facts(kind: RequestKind, size: int, release: str) -> dict[str, object]:
    status = int(kind.status) if kind.status.isdigit() else None
    return {"status": status, "bytes": size, "form": kind.form or None, "release": release}


def _path(request: ReceivedRequest) -> str:
    """Return the path of a request, which WSGI has as Latin-1."""
    path = request.path
    return shortened(path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace"), PATH_LIMIT)
