"""Random changes of requests and queries, the same in every run, for KG_FUZZ_SECONDS seconds."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest

from tests.hostile.attack import BROKEN, CLOSED, Outcome, connect, corpus, post, send
from tests.server.serving import SHEET, Server

SECONDS = float(os.environ.get("KG_FUZZ_SECONDS", "8"))
SEED = 20250101
LONGEST = 3000
REFUSED = {400, 401, 403, 404, 405, 406, 408, 412, 413, 414, 415, 416, 417, 422, 429, 431, 501, 503, 504, 505}
ALLOWED = {200, 206, 301, 304, 308, *REFUSED, BROKEN, CLOSED}
QUERIES = [
    "PREFIX x: <http://example.org/> SELECT ?a (COUNT(*) AS ?n) { ?a x:p ?b FILTER(?b > 3) } GROUP BY ?a LIMIT 5",
    f"CONSTRUCT {{ ?s ?p [ a ?o ] }} WHERE {{ ?s ?p ?o . OPTIONAL {{ ?o ?q ?r }} FILTER(?s = <{SHEET}>) }}",
    "SELECT * { { SELECT ?a { ?a <x:p>/^<http://example.org/p> ?b } LIMIT 3 } UNION { VALUES (?a ?b) { (1 UNDEF) } } }",
    "ASK { GRAPH ?g { ?s ?p 'a\\u00e9'@en, '''b'''^^<x:d>, 1.5e3, true, _:b } MINUS { ?s !(a|^a)+ ?o } }",
    "DESCRIBE <x:1> FROM <x:g> { BIND(IF(BOUND(?a), COALESCE(?b, 1), REPLACE('a', 'b', 'c', 'i')) AS ?c) }",
]


def _damage(chance: random.Random, text: bytes) -> bytes:
    """Cut, double, swap, replace or insert some bytes."""
    for _ in range(chance.randint(1, 6)):
        start, stop = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        stop = min(stop, start + 40)
        piece = text[start:stop]
        new = chance.choice(
            [
                b"",
                piece * 2,
                piece[::-1],
                bytes([chance.randrange(256)]),
                chance.choice([b"{", b"(", b"\r\n", b"\0", b"%"]),
            ]
        )
        text = text[:start] + new + text[stop:]
    return text


def _ends_badly(victim: Server, make: Callable[[random.Random], tuple[bytes, ...]]) -> list[tuple[Outcome, object]]:
    """Return the first of the requests with an outcome that is not allowed, if any."""
    chance = random.Random(SEED)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        parts = make(chance)
        outcome = send(victim, parts)
        if outcome not in ALLOWED:
            return [(outcome, parts)]
    return []


def test_damaged_queries(victim: Server) -> None:
    assert _ends_badly(victim, lambda chance: (post(_damage(chance, chance.choice(QUERIES).encode())),)) == []


def test_damaged_requests(victim: Server) -> None:
    whole = [b"".join(case.parts) for case in corpus() if case.name.startswith("http")]
    short = [request for request in whole if len(request) < LONGEST]

    def damaged(chance: random.Random) -> tuple[bytes, ...]:
        # the second request ends whatever the first one still waits for
        return (_damage(chance, chance.choice(short)), b"\r\n\r\n\r\n\r\nGET /health HTTP/1.0\r\n\r\n" + b"\r\n" * 50)

    assert _ends_badly(victim, damaged) == []


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_client_that_hangs_up_anywhere(victim: Server, size: int) -> None:
    request = post(b"SELECT * { ?a ?b ?c . ?d ?e ?f }")
    for end in range(0, len(request) + 1, 9):
        with connect(victim) as connection:
            connection.sendall(request[:end])
            if end == len(request):
                connection.recv(size)
    assert victim.query("ASK {}").status == 200
