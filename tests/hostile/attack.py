"""The corpus of hostile requests, and the outcome of sending one."""

from __future__ import annotations

import http.client
import re
import socket
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.server.serving import Server

CORPUS = Path(__file__).parent / "corpus"
TIMEOUT = 30.0
PAUSE = 0.02
BROKEN, CLOSED = "broken", "closed"
"""Outcomes beside a status: an answer that does not end well, and none."""

Outcome = int | str
_TIMES = re.compile(r"‹([^‹›]*)×(\d+)›")


@dataclass(frozen=True)
class Case:
    """A hostile request."""

    name: str
    about: str
    parts: tuple[bytes, ...]
    """What is sent, one after another."""
    expected: frozenset[Outcome]


def corpus() -> list[Case]:
    """Return the cases of all files."""
    return [case for file in sorted(CORPUS.glob("*.toml")) for case in _cases(file)]


def expand(text: str) -> str:
    """Return the text with ``‹a×3›`` expanded.

    >>> expand("‹(×2›1‹‹)×1›×2›")
    '((1))'
    """
    while found := _TIMES.search(text):
        text = text[: found.start()] + found[1] * int(found[2]) + text[found.end() :]
    return text


def post(query: bytes) -> bytes:
    """Return a request that asks ``query``."""
    head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(query)}\r\n\r\n".encode() + query


def send(server: Server, parts: tuple[bytes, ...], timeout: float = TIMEOUT) -> Outcome:
    """Send bytes and return the outcome; more than ``timeout`` seconds of silence raise :class:`TimeoutError`."""
    with connect(server, timeout) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                if len(parts) > 1:
                    time.sleep(PAUSE)
        except ConnectionError:
            pass  # it had enough; its answer may be there all the same
        method = parts[0].split(b" ", 1)[0].decode("latin-1")
        return _outcome(http.client.HTTPResponse(connection, method=method))


def connect(server: Server, timeout: float = TIMEOUT) -> socket.socket:
    """Open a connection to the server."""
    where = urlsplit(server.url)
    return socket.create_connection((where.hostname, where.port), timeout=timeout)


def _outcome(response: http.client.HTTPResponse) -> Outcome:
    try:
        response.begin()
    except (http.client.RemoteDisconnected, ConnectionError):
        return CLOSED
    try:
        while response.read(1 << 16):
            pass
    except (http.client.IncompleteRead, ConnectionError):
        return BROKEN
    return response.status


def _cases(file: Path) -> Iterator[Case]:
    for group in tomllib.loads(file.read_text(encoding="utf-8"))["group"]:
        for number, text in enumerate(group["requests"], 1):
            name = f"{file.stem}-{group['about'].split(':')[0]}-{number}"
            yield Case(name, group["about"], _parts(group, expand(text)), frozenset(group["expect"]))


def _parts(group: dict[str, object], text: str) -> tuple[bytes, ...]:
    if group.get("via") == "post":
        return (post(text.encode()),)
    return tuple(part.encode("latin-1") for part in text.split("|"))
