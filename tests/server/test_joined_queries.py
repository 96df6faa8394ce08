"""Queries that wait behind others of one worker: each gets its own answer, and none waits for one that takes long."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import select
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from kg.errors import TooManyQueries
from kg.query import Query
from server.http.negotiation import choose
from server.processes.framing import ASK, SKIPPED, Ask, Inbox, read_ask, write_ask, write_skip
from server.workers.admission import AT_ONCE, Admission, Lease, Waiter
from server.workers.worker import _frames
from tests.server.serving import ROOT, TIMEOUT, Server, Start, stop_process, until

CLIENT = "192.0.2.1"


@pytest.fixture
def admission() -> Admission[str]:
    """Return an admission with three idle workers, after a few short queries."""
    made = Admission[str](3, 3, 300.0, lambda worker: None)
    for worker in "abc":
        made.free(worker)
    for _ in range(100):
        _, lease = given(made.request(CLIENT, int, joins=True))
        lease.seconds = 0.0001
        made.leave(lease, frees=True)
    return made


def given(waiter: Waiter[str]) -> tuple[str, Lease]:
    assert waiter.given is not None
    return waiter.given


def test_short_queries_join_one_worker_until_it_has_several(admission: Admission[str]) -> None:
    found = [given(admission.request(CLIENT, int, joins=True))[0] for _ in range(AT_ONCE + 1)]
    assert found == ["c"] * AT_ONCE + ["b"]


def test_none_joins_a_worker_whose_queries_are_not_short(admission: Admission[str]) -> None:
    for _ in range(100):
        _, lease = given(admission.request(CLIENT, int, joins=True))
        lease.seconds = 0.1
        admission.leave(lease, frees=True)
    assert [given(admission.request(CLIENT, int, joins=True))[0] for _ in range(2)] == ["c", "b"]


def test_a_query_that_cannot_join_gets_the_next_idle_worker_though_others_could_join(
    admission: Admission[str],
) -> None:
    for _ in range(2):
        admission.request("192.0.2.2", int)
    _, first = given(admission.request(CLIENT, int, joins=True))
    alone = admission.request("192.0.2.3", int)
    assert alone.given is None
    assert admission.request(CLIENT, int, joins=True).given is None
    admission.leave(first, frees=True)
    assert given(alone)[0] == "a"


def test_what_waits_behind_a_settled_query_is_evicted_and_no_other_joins(admission: Admission[str]) -> None:
    leases = [given(admission.request(CLIENT, int, joins=True))[1] for _ in range(3)]
    admission.settle(leases[0])
    assert [lease.evicted for lease in leases] == [False, True, True]
    assert given(admission.request(CLIENT, int, joins=True))[0] == "b"
    for lease in leases:
        admission.leave(lease, frees=True)
        admission.leave(lease, frees=True)
    assert admission.idle() == 2


def test_a_query_that_joined_counts_from_its_turn_on(
    admission: Admission[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("server.workers.admission.time.monotonic", lambda: clock[0])
    _, first = given(admission.request("192.0.2.2", int, joins=True))
    _, second = given(admission.request(CLIENT, int, joins=True))
    clock[0] += 200
    admission.leave(first, frees=True)
    clock[0] += 301
    assert second.is_expensive
    admission.leave(second, frees=True)
    with pytest.raises(TooManyQueries):
        admission.request(CLIENT, int)
    assert admission.request("192.0.2.2", int).given is not None


@pytest.mark.parametrize(("withdrawn", "evaluated"), [(0, [0, 1, 2, 3]), (2, [0, 1]), (3, [0]), (9, [0])])
def test_a_worker_passes_over_what_is_withdrawn_and_has_not_begun(withdrawn: int, evaluated: list[int]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        frames = _frames(Inbox(theirs), theirs)
        ours.sendall(b"".join(asked(number) for number in range(4)))
        found = [number_of(next(frames))]
        ours.sendall(write_skip(withdrawn) + asked(4))
        found += iter(lambda: number_of(next(frames)), 4)
        assert found == evaluated
        ours.setblocking(False)
        inbox = Inbox(ours)
        inbox.fill()
        kinds = [kind for kind, _ in iter(inbox.take, None)]
        assert kinds == [SKIPPED] * (4 - len(evaluated))


def asked(number: int) -> bytes:
    return write_ask(Ask(Query(f"ASK {{ ?s ?p {number} }}"), choose(None), 1.0, "/store"))


def number_of(payload: bytes) -> int:
    return int(read_ask(payload).query.text.split()[-2])


def test_frames_of_queries_say_so() -> None:
    assert asked(1).startswith(ASK)


@pytest.mark.slow
def test_queries_behind_one_that_takes_long_are_answered_by_another_worker(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="4", KG_CACHE="0")
    for number in range(100):
        assert server.query(f"ASK {{ ?s ?p {number} }}").status == 200
    until(lambda: workers(server) == {"busy": 0, "idle": 4})
    assert any(others_answer_behind(server, worker) for worker in server.workers())
    assert [server.query(f"ASK {{ ?s ?p {number} }}").status for number in range(30)] == [200] * 30
    until(lambda: workers(server) == {"busy": 0, "idle": 4})


def workers(server: Server) -> object:
    return json.loads(server.ask("/health").body)["workers"]


def others_answer_behind(server: Server, worker: int) -> bool:
    """Ask several queries at once while a worker is stopped; return false if it was not the one that is asked first."""
    where = urlsplit(server.url)
    stop_process(worker)
    try:
        with ExitStack() as stack:
            connections = [
                stack.enter_context(socket.create_connection((where.hostname, where.port), TIMEOUT)) for _ in range(5)
            ]
            for number, connection in enumerate(connections):
                query = quote(f"SELECT ?v{number} {{ ?v{number} ?p ?o }} LIMIT 1")
                connection.sendall(f"GET /sparql?query={query}&format=csv HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            bodies = []
            for _ in range(4):
                ready, _, _ = select.select(connections, [], [], TIMEOUT)
                assert ready, "queries wait behind one that a worker does not answer"
                bodies.append(ready[0].recv(1 << 16))
                connections.remove(ready[0])
            was_asked = not select.select(connections, [], [], 1)[0]
            os.kill(worker, signal.SIGCONT)
            bodies.append(connections[0].recv(1 << 16))
            assert sorted(body.partition(b"\r\n\r\n")[2][:2] for body in bodies) == [b"v%d" % n for n in range(5)]
            return was_asked
    finally:
        os.kill(worker, signal.SIGCONT)


@pytest.mark.slow
def test_each_of_many_queries_gets_its_own_answer_whatever_is_asked_beside_it(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="3", KG_QUERY_TIMEOUT="1", KG_CACHE="0", KG_QUEUE_SECONDS="30")
    numbers = iter(range(1_000_000))
    ended = threading.Event()
    with ThreadPoolExecutor(14) as threads:
        slow = [threads.submit(ask_long_queries, server, ended, address) for address in range(2, 4)]
        short = [threads.submit(ask_mixed_queries, server, numbers, 250, seed) for seed in range(12)]
        wait(short)
        ended.set()
        kinds = {kind for each in short for kind in each.result()}
        assert all(each.result() for each in slow)
    assert kinds == {"tiny", "ask", "some", "large", "wrong", "left"}
    until(lambda: workers(server) == {"busy": 0, "idle": 3})
    assert "Traceback" not in server.log.read_text()


def ask_long_queries(server: Server, ended: threading.Event, address: int) -> int:
    """Ask queries that never end, as another client, until the event is set; return their number."""
    number = 0
    where = urlsplit(server.url)
    query = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    while not ended.is_set():
        number += 1
        source = (f"127.0.0.{address}", 0)
        with closing(http.client.HTTPConnection(where.hostname or "", where.port, TIMEOUT, source)) as connection:
            connection.request("GET", f"/sparql?query={query}%20%23{number}-{address}")
            with connection.getresponse() as response:
                assert response.status in {429, 503, 504}
                response.read()
    return number


def ask_mixed_queries(server: Server, numbers: Iterator[int], count: int, seed: int) -> set[str]:
    """Ask different queries of several kinds, check each answer, and return the kinds."""
    chosen, where = random.Random(seed), urlsplit(server.url)
    kinds = set()
    for _ in range(count // 25):
        with closing(http.client.HTTPConnection(where.hostname or "", where.port, TIMEOUT)) as connection:
            for _ in range(25):
                kind = chosen.choices(["tiny", "ask", "some", "large", "wrong", "left"], [40, 20, 4, 1, 4, 1])[0]
                kinds.add(kind)
                if kind == "left":
                    connection.request("GET", "/sparql?query=" + quote("SELECT * { ?s ?p ?o }") + "%20" * next(numbers))
                    break
                check_answer(connection, kind, next(numbers))
    return kinds


def check_answer(connection: http.client.HTTPConnection, kind: str, number: int) -> None:
    """Ask a query of a kind and check that the answer is its own."""
    query, rows = {
        "tiny": (f"SELECT ?v{number} {{ <http://example.org/{number % 2000}> ?p ?v{number} }}", 1),
        "ask": (f"ASK {{ <http://example.org/{number % 4000}> ?p ?v{number} }}", 0),
        "some": (f"SELECT ?v{number} {{ ?v{number} ?p ?o FILTER(STRENDS(?o, '{number % 90 + 10}')) }}", 20),
        "large": (f"SELECT ?v{number} ?o {{ ?v{number} ?p ?o . FILTER(?p = <http://example.org/p>) }}", 2000),
        "wrong": (f"SELECT ?v{number} {{", 0),
    }[kind]
    connection.request("GET", "/sparql?query=" + quote(query), headers={"Accept": "application/sparql-results+json"})
    response = connection.getresponse()
    body = response.read()
    if kind == "wrong":
        assert response.status == 400
        return
    assert response.status == 200, body
    found = json.loads(body)
    if kind == "ask":
        assert found["boolean"] is (number % 4000 < 2000)
    else:
        assert found["head"]["vars"][0] == f"v{number}"
        assert len(found["results"]["bindings"]) == rows


TELL_GARBAGE = """
import gc, os, sys

def tell(phase, found):
    if phase == "stop":
        print("collected", os.getpid(), found["collected"], file=sys.stderr, flush=True)

gc.callbacks.append(tell)
"""


@pytest.mark.slow
def test_a_query_that_has_waited_leaves_nothing_to_the_garbage_collection(
    start: Start, releases: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(TELL_GARBAGE)
    server = start(releases, KG_QUERY_WORKERS="1", KG_CACHE="0", PYTHONPATH=f"{tmp_path}:{ROOT}")
    before = collected(server)
    with ThreadPoolExecutor(16) as threads:
        asked = [threads.submit(ask_short_queries, server, range(seed * 250, (seed + 1) * 250)) for seed in range(16)]
        assert sum(each.result() for each in asked) == 4000
    assert collected(server) - before < 4000


def collected(server: Server) -> int:
    """Return the number of objects that the garbage collection of the front has found in cycles."""
    found = re.findall(rf"^collected {server.process.pid} (\d+)$", server.log.read_text(), re.MULTILINE)
    return sum(map(int, found))


def ask_short_queries(server: Server, numbers: range) -> int:
    """Ask different queries over one connection; return the number of those that were answered."""
    where = urlsplit(server.url)
    answered = 0
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=TIMEOUT)) as connection:
        for number in numbers:
            connection.request("GET", "/sparql?query=" + quote(f"ASK {{ ?s ?p {number} }}"))
            with connection.getresponse() as response:
                answered += response.status == 200 and bool(response.read())
    return answered
