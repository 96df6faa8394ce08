"""Responses of the HTTP server itself, before any application, and the end of responses without a body."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import quote, urlsplit

import pytest

from server.http.protocol import BODY_LIMIT
from tests.server.serving import Reply, Server

ROWS = "/sparql?format=tsv&query=" + quote("SELECT * { ?a <http://example.org/p> ?b . ?c <http://example.org/p> ?d }")


def answer(server: Server, request: bytes) -> Reply:
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
        connection.sendall(request)
        with http.client.HTTPResponse(connection) as response:
            response.begin()
            return Reply(response.status, response.headers, response.read())


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /x y HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", 431),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505),
    ],
    ids=str,
)
def test_a_refusal_is_a_problem_like_every_other(server: Server, request_bytes: bytes, status: int) -> None:
    reply = answer(server, request_bytes)
    assert reply.status == status
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    problem = json.loads(reply.body)
    assert problem["status"] == status
    assert problem["detail"]


def test_another_method_is_answered_with_those_that_there_are(server: Server) -> None:
    assert json.loads(server.ask("/search", "DELETE").body)["detail"] == "this address takes GET, HEAD, OPTIONS only"


def test_a_client_that_sends_too_much_can_read_why(server: Server) -> None:
    reply = server.ask("/sparql", "POST", b" " * (BODY_LIMIT * 8), {"Content-Type": "application/sparql-query"})
    assert (reply.status, json.loads(reply.body)["status"]) == (413, 413)


def test_head_has_no_body_however_long_the_answer_is(server: Server) -> None:
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
        connection.sendall(f"HEAD {ROWS} HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.0\r\n\r\n".encode())
        came = b""
        while part := connection.recv(65536):
            came += part
    head, _, rest = came.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert rest.startswith(b"HTTP/1.0 200")


def test_an_http_1_0_client_needs_no_host(server: Server) -> None:
    assert answer(server, b"GET /health HTTP/1.0\r\n\r\n").status == 200
