"""Admission of queries when there are more than workers."""

from __future__ import annotations

import http.client
import json
import socket
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from kg.errors import Busy, TooManyQueries
from server.workers.admission import BLOCKING, EXPENSIVE_SECONDS, QUEUE, Admission, Lease
from tests.server.serving import Server, Start, until

ENDLESS = {
    "computing": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "unread": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
}


@contextmanager
def asked_from(server: Server, address: str, query: str) -> Iterator[http.client.HTTPConnection]:
    """Send a query from a local address; its answer is not read."""
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60, source_address=(address, 0))
    with closing(connection):
        connection.connect()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.request("GET", f"/sparql?format=tsv&query={quote(query)}")
        yield connection


@pytest.mark.parametrize("kind", ENDLESS)
def test_dear_queries_of_many_clients_leave_room_for_others(start: Start, releases: Path, kind: str) -> None:
    server = start(releases, KG_QUERY_WORKERS="4", KG_QUERY_TIMEOUT="60", KG_QUEUE_SECONDS="20")
    with ExitStack() as held:
        for client in range(2, 10):
            held.enter_context(asked_from(server, f"127.0.0.{client}", ENDLESS[kind]))
        for number in range(5):
            with asked_from(server, "127.0.1.1", f"ASK {{ ?s ?p {number} }}") as connection:
                assert connection.getresponse().status == 200


def test_who_makes_room_is_told_to_come_back(start: Start, releases: Path) -> None:
    alone = {"KG_CACHE": "0"}  # the server asks nothing itself
    server = start(releases, KG_QUERY_WORKERS="2", KG_QUERY_TIMEOUT="60", KG_QUEUE_SECONDS="20", **alone)
    with ExitStack() as held:
        for number in (1, 2):
            last = held.enter_context(asked_from(server, f"127.0.0.{number + 1}", ENDLESS["computing"]))
            until(lambda number=number: busy(server) == number)  # type: ignore[misc]
        with asked_from(server, "127.0.1.1", "ASK { ?s ?p 1 }") as connection:
            assert connection.getresponse().status == 200
        reply = last.getresponse()
        assert (reply.status, int(reply.headers["Retry-After"]) > 0) == (503, True)
        assert "others wait" in reply.read().decode()
        until(lambda: busy(server) == 1)


def busy(server: Server) -> int:
    """Return the number of workers with a query."""
    return int(json.loads(server.ask("/health").body)["workers"]["busy"])


def test_as_many_dear_queries_run_as_there_is_room_for() -> None:
    ended: list[str] = []
    admission = Admission[str](4, 2, 300.0, ended.append)
    for name in "abcd":
        admission.free(name)
    leases = [_aged(admission.enter(f"192.0.2.{number}", 0)[1], number) for number in range(4)]
    with pytest.raises(Busy):
        admission.enter("192.0.2.9", 0.6)
    assert ended == ["d"]  # workers are given from the end: the oldest lease has it
    are_left = [admission.leave(lease, frees=True) for lease in leases]
    assert are_left == [False, True, True, True]  # its worker is not given to anybody, even if its query has just ended


def test_who_has_a_full_share_ends_nobody() -> None:
    ended: list[str] = []
    admission = Admission[str](2, 2, 300.0, ended.append)
    for name in "ab":
        admission.free(name)
    mine = admission.enter("192.0.2.1", 0)[1]
    _aged(admission.enter("192.0.2.2", 0)[1], 1)
    _aged(mine, 2)
    with pytest.raises(Busy):
        admission.enter("192.0.2.1", 0.6)
    assert ended == []


def _aged(lease: Lease, number: int) -> Lease:
    lease.began -= EXPENSIVE_SECONDS + number
    return lease


def test_a_visit_that_is_over_is_never_one_too_many() -> None:
    admission = Admission[str](8, 2, 300.0, lambda worker: None)
    admission.free("worker")
    lease = _aged(admission.enter("192.0.2.1", 0)[1], 1)
    admission.leave(lease)
    assert not lease.exceeds_limit()


def test_the_server_itself_waits_for_a_worker_however_many_others_do() -> None:
    """Otherwise a new release, which a worker must open, would be refused for good."""
    admission = Admission[str](200, 200, 300.0, lambda worker: None)
    with ThreadPoolExecutor(BLOCKING + 1) as threads:
        others = [threads.submit(admission.enter, f"192.0.2.{number}", 60.0) for number in range(BLOCKING)]
        until(lambda: admission._blocked == BLOCKING)
        own = threads.submit(admission.enter, "", 60.0)
        until(lambda: own.done() or admission._blocked > BLOCKING)
        for number in range(BLOCKING + 1, QUEUE):
            admission.request(f"192.0.2.{number}", int)
        waiter = admission.request("", int)
        for number in range(QUEUE + 1):
            admission.free(str(number))
        given = [*(each.result()[0] for each in [*others, own]), admission.take(waiter)[0]]
    assert len(set(given)) == BLOCKING + 2


@pytest.mark.slow
def test_clients_are_forgotten_though_the_one_seen_first_still_runs_a_query() -> None:
    admission = Admission[str](2, 2, 300.0, lambda worker: None)
    for worker in "ab":
        admission.free(worker)
    admission.enter("192.0.2.1", 0)
    tracemalloc.start()
    try:
        held = [_held_after_visits(admission, range(start, start + 12_000)) for start in (0, 12_000, 24_000)]
    finally:
        tracemalloc.stop()
    assert held[2] < 1.2 * held[0]


def test_who_asks_short_queries_leaves_nothing_behind() -> None:
    admission = Admission[str](2, 2, 300.0, lambda worker: None)
    admission.free("worker")
    tracemalloc.start()
    try:
        few, many = (_held_after_visits(admission, range(number)) for number in (100, 5_000))
    finally:
        tracemalloc.stop()
    assert many < few + 4_000


def test_who_has_its_seconds_back_is_forgotten_and_no_one_else(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("server.workers.admission.time.monotonic", lambda: clock[0])
    admission = Admission[str](2, 2, 10.0, lambda worker: None)
    admission.free("worker")
    for name in ("192.0.2.1", "192.0.2.2"):
        worker, lease = admission.enter(name, 0)
        clock[0] += 11
        admission.leave(lease)
        admission.free(worker)
    admission.request("192.0.2.3", int)  # the first has had 11 seconds since, the second none
    assert list(admission._clients) == ["192.0.2.2", "192.0.2.3"]
    with pytest.raises(TooManyQueries):
        admission.enter("192.0.2.2", 0)


def _held_after_visits(admission: Admission[str], numbers: range) -> int:
    """Return the bytes that are held after visits of so many other clients."""
    for number in numbers:
        worker, lease = admission.enter(f"10.0.{number // 250}.{number % 250}", 0)
        admission.leave(lease)
        admission.free(worker)
    return tracemalloc.get_traced_memory()[0]
