"""Access log: client address, method, target, status, bytes and milliseconds of each request; no headers, no bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

TARGET_LIMIT = 200
"""Longest request target in a log line, in characters."""


class AccessLog:
    """Writes a line to ``out`` for each request. Lines of one turn of the event loop are written together.

    ``soon`` calls a function in the next turn.
    """

    def __init__(self, out: TextIO, soon: Callable[[Callable[[], None]], object]) -> None:
        self._out = out
        self._soon = soon
        self._lines: list[str] = []

    def write(self, request: str, status: str, size: int, seconds: float, *, whole: bool = True) -> None:
        """Write the line of a request, which :func:`request_line` made, with the size of its response in bytes."""
        if not self._lines:
            self._soon(self.flush)
        self._lines.append(f"{request} {status} {size} {seconds * 1000:.1f}ms{'' if whole else ' broken off'}\n")

    def flush(self) -> None:
        """Write the lines that wait."""
        lines, self._lines = self._lines, []
        if lines:
            self._out.write("".join(lines))
            self._out.flush()


def request_line(client: str, method: str, path: str, query: str) -> str:
    """Return the part of a log line that describes the request.

    >>> request_line("192.0.2.1", "GET", "/a\\nb", "x=1")
    '192.0.2.1 GET /a\\\\nb?x=1'
    """
    target = f"{path}?{query}" if query else path
    shown = target if len(target) <= TARGET_LIMIT else f"{target[:TARGET_LIMIT]}…"
    return f"{client or '-'} {method} {ascii(shown)[1:-1]}"
