"""Access log: client address, method, target, status, bytes and milliseconds of each request; no headers, no bodies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TARGET_LIMIT = 200
"""Longest request target in a log line, in characters."""


class AccessLog:
    """WSGI middleware that writes a line to ``out`` for each request."""

    def __init__(self, app: WSGIApplication, out: TextIO) -> None:
        self._app = app
        self._out = out

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request as a WSGI application."""
        began = time.monotonic()
        statuses = ["-"]

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            statuses.append(status[:3])
            return start_response(status, headers, exc_info)

        def end(size: int, whole: bool) -> None:
            took = (time.monotonic() - began) * 1000
            broken = "" if whole else " broken off"
            self._out.write(f"{_request_line(environ)} {statuses[-1]} {size} {took:.1f}ms{broken}\n")
            self._out.flush()

        body = self._app(environ, start)
        if isinstance(body, environ["wsgi.file_wrapper"]):
            end(0, True)  # the server sends the file without this iterable
            return body  # type: ignore[no-any-return]
        return _Counted(body, end)


class _Counted:
    """A response body that counts its bytes as they are sent."""

    def __init__(self, body: Iterable[bytes], end: Callable[[int, bool], None]) -> None:
        self._body = body
        self._parts = iter(body)
        self._end = end
        self._size = 0
        self._whole = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            part = next(self._parts)
        except StopIteration:
            self._whole = True
            raise
        self._size += len(part)
        return part

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
        self._end(self._size, self._whole)


def _request_line(environ: WSGIEnvironment) -> str:
    query = environ.get("QUERY_STRING", "")
    target = environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
    shown = target if len(target) <= TARGET_LIMIT else f"{target[:TARGET_LIMIT]}…"
    return f"{environ.get('REMOTE_ADDR', '-')} {environ['REQUEST_METHOD']} {ascii(shown)[1:-1]}"
