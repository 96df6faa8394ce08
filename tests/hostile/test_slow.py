"""Deliberately slow clients: their connections are closed, and other clients are answered in the meantime."""

from __future__ import annotations

import contextlib
import socket
import time
from urllib.parse import quote

import pytest

from tests.hostile.attack import connect
from tests.server.serving import Server, until

ENDLESS_ROWS = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")


@pytest.mark.parametrize(
    "begin",
    [
        b"GET /health HTTP/1.1\r\nX: ",
        b"POST /sparql HTTP/1.1\r\nContent-Length: 100000\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
    ],
    ids=["header", "body", "chunk"],
)
def test_a_request_that_drips_is_not_waited_for(victim: Server, begin: bytes) -> None:
    with connect(victim) as connection:
        connection.sendall(begin)
        with pytest.raises(ConnectionError):
            _drip(connection)


def _drip(connection: socket.socket) -> None:
    for _ in range(200):  # far longer than the server's timeout
        connection.sendall(b"a")
        time.sleep(0.1)


def test_readers_that_do_not_read_hold_nobody_up(victim: Server) -> None:
    before = _broken_off(victim)
    with contextlib.ExitStack() as held:
        for _ in range(6):
            held.enter_context(_unread(victim))
        assert victim.query("ASK { ?s ?p ?o }").status == 200
        until(lambda: _broken_off(victim) == before + 6)
        assert victim.query("ASK { ?s ?p ?o . }").status == 200


def _unread(server: Server) -> socket.socket:
    connection = connect(server)
    connection.sendall(f"GET /sparql?query={ENDLESS_ROWS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def _broken_off(server: Server) -> int:
    """Return the number of answers that the server aborted, from its log."""
    return server.log.read_text(errors="replace").count(" broken off\n")
