"""When a process is killed at any time, a client gets a whole answer, an error, or a broken connection."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.hostile.attack import BROKEN, CLOSED, connect, send
from tests.server.serving import Server, Start, gone, make_release, many, until

ROWS = 3000
PATH = f"/sparql?format=csv&query={quote('SELECT ?s ?o { ?s <http://example.org/p> ?o } ORDER BY ?s ?o')}"
SLOW = {"KG_QUERY_WORKERS": "4", "KG_QUERY_TIMEOUT": "10", "KG_CACHE": "0", "KG_CLIENT_QUERIES": "16"}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    make_release(tmp_path / "out", many(ROWS))
    return tmp_path / "out"


def _ask(server: Server, expected: bytes) -> str:
    try:
        reply = server.ask(PATH)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    if reply.status == 200:
        assert reply.body == expected
    return str(reply.status)


def test_answers_stay_whole_while_workers_are_killed(start: Start, large: Path) -> None:
    server = start(large, **SLOW)
    expected = server.ask(PATH).body
    assert expected.count(b"\n") == ROWS + 1
    chance = random.Random(7)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(_ask, server, expected) for _ in range(120)]
        while not all(answer.done() for answer in asked):
            workers = sorted(server.workers())
            if workers:
                _kill(chance.choice(workers))
            until(lambda: bool(server.workers()))
    outcomes = {answer.result() for answer in asked}
    assert "200" in outcomes
    assert outcomes <= {"200", "503", "IncompleteRead", "RemoteDisconnected", "ConnectionResetError"}
    until(lambda: len(server.workers()) == 4)
    assert server.ask(PATH).body == expected


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_after_a_killed_server_the_next_one_serves_the_whole_release(start: Start, large: Path) -> None:
    server = start(large, **SLOW)
    expected = server.ask(PATH).body
    for _ in range(3):
        family = server.family()
        with connect(server) as half:
            half.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            server.end(signal.SIGKILL)
        until(lambda dead=family: gone(dead))  # type: ignore[misc]
        server = start(large, **SLOW)
        assert server.ask(PATH).body == expected


def test_an_answer_larger_than_allowed_is_refused_or_broken_off(start: Start, large: Path) -> None:
    server = start(large, KG_QUERY_RESULT="0.02")
    assert server.query("SELECT * { ?s ?p ?o } LIMIT 10").status == 200
    reply = server.query("SELECT * { ?s ?p ?o } LIMIT 300")
    assert reply.status == 503
    assert "larger" in reply.text
    server.end()
    server = start(large, KG_QUERY_RESULT="0.1")
    query = quote("SELECT * { ?s ?p ?o }")
    for coding in ("identity", "gzip"):
        head = f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\n\r\n"
        assert send(server, (head.encode(),)) in {BROKEN, CLOSED}
