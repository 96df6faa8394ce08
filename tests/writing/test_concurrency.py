"""Concurrency: a client reads its own writes, readers are not blocked, and updates are queued."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.settings import Settings
from server.writing.writer import Writer
from tests.writing.clients import PROLOGUE, Client
from tests.writing.conftest import StartWritable

ENDLESS = "SELECT (COUNT(*) AS ?n) { VALUES ?a { 1 2 3 4 5 6 7 8 9 } " + " ".join(
    f"VALUES ?v{n} {{ 1 2 3 4 5 6 7 8 9 }}" for n in range(14)
)


def test_who_wrote_reads_it(start: StartWritable) -> None:
    client = start("--no-release", KG_QUERY_WORKERS="4")
    reading = threading.Event()

    def write(name: int) -> None:
        for number in range(5):
            assert client.update(f"{PROLOGUE}INSERT DATA {{ e:{name} e:p {number} }}").status == 204
            assert client.count(f"e:{name} e:p ?o") == number + 1

    def read() -> int:
        """Return the last count; counts must never decrease."""
        last = rounds = 0
        while not reading.is_set() or not rounds:
            now = client.count("?s e:p ?o")
            assert now >= last
            last, rounds = now, rounds + 1
        return last

    with ThreadPoolExecutor(6) as threads:
        readers = [threads.submit(read) for _ in range(2)]
        for done in [threads.submit(write, name) for name in range(4)]:
            done.result()
        reading.set()
        assert all(reader.result() <= 20 for reader in readers)
    assert client.count("?s e:p ?o") == 20


def test_a_cached_answer_is_not_given_after_a_write(start: StartWritable) -> None:
    client = start("--no-release")
    for number in range(3):
        assert client.count("?s ?p ?o") == number
        assert client.count("?s ?p ?o") == number
        assert client.put("http://example.org/g", "", "text/turtle").status in (201, 204)
        assert client.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p {number} }}").status == 204


def test_a_runaway_update_is_ended_and_others_wait_for_it(start: StartWritable) -> None:
    client = start("--no-release", KG_QUERY_TIMEOUT="2", KG_QUEUE_SECONDS="20")
    runaway = f"{PROLOGUE}INSERT DATA {{ e:s e:p 'half' }} ; INSERT {{ e:s e:p ?n }} WHERE {{ {{ {ENDLESS} }} }} }}"
    with ThreadPoolExecutor(3) as threads:
        endless = threads.submit(client.update, runaway)
        waits = threads.submit(client.update, f"{PROLOGUE}INSERT DATA {{ e:s e:p 'whole' }}")
        assert client.server.query("ASK {}").status == 200
        assert endless.result().status == 504
        assert waits.result().status == 204
    assert client.count("e:s e:p ?o") == 1


def test_no_more_updates_wait_than_may(start: StartWritable) -> None:
    client = start("--no-release", KG_QUERY_TIMEOUT="3", KG_QUEUE_SECONDS="0")
    runaway = f"{PROLOGUE}INSERT {{ e:s e:p ?n }} WHERE {{ {{ {ENDLESS} }} }} }}"
    with ThreadPoolExecutor(4) as threads:
        replies = [reply.result() for reply in [threads.submit(client.update, runaway) for _ in range(4)]]
    assert sorted(reply.status for reply in replies) == [503, 503, 503, 504]
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in replies)


def test_operations_see_what_those_before_them_did(start: StartWritable) -> None:
    client: Client = start("--no-release")
    text = """INSERT DATA { e:s e:p 1 } ;
      DELETE { ?s ?p ?o } INSERT { ?s ?p 2 . GRAPH e:g { ?s e:was ?o } } WHERE { ?s ?p ?o } ;
      MOVE e:g TO e:h ; PREFIX f: <http://example.org/> COPY DEFAULT TO f:i"""
    assert client.update(PROLOGUE + text).status == 204
    assert client.holds("e:s e:p 2 . GRAPH e:h { e:s e:was 1 } GRAPH e:i { e:s e:p 2 }")
    assert client.count("GRAPH ?g { ?s ?p ?o }") == 2


def test_each_of_many_solutions_has_its_own_blank_nodes(start: StartWritable) -> None:
    client: Client = start("--no-release")
    digits = " ".join(f"VALUES ?{name} {{ 0 1 2 3 4 5 6 7 8 9 }}" for name in "abcd")
    where = f"{{ {digits} VALUES ?e {{ 0 1 }} BIND(?a + 10 * (?b + 10 * (?c + 10 * (?d + 10 * ?e))) AS ?n) }}"
    assert client.update(f"{PROLOGUE}INSERT {{ [] e:n ?n ; e:half ?half }} WHERE {where}").status == 204
    assert client.count("?s e:n ?n") == 20_000
    assert client.count("?s e:half ?n") == 0


def test_an_update_that_fails_late_has_done_nothing(start: StartWritable) -> None:
    client = start("--no-release")
    assert client.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p 1 }}").status == 204
    for last, status in (("DROP GRAPH e:none", 409), ("LOAD <http://127.0.0.1:9/>", 403), ("DROP", 400)):
        text = f"{PROLOGUE}DELETE WHERE {{ ?s ?p ?o }} ; CREATE GRAPH e:g ; INSERT DATA {{ e:s e:p 2 }} ; {last}"
        assert client.update(text).status == status
        assert client.holds("e:s e:p 1")
        assert client.count("?s ?p ?o") == 1
        assert client.count("GRAPH ?g {}") == 0


def test_a_process_that_is_not_ready_in_time_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((0.0, 0.9, 1.1, 1.2))  # the time is over as soon as it has been looked at
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        assert not Writer(ours, Settings(), lambda: None).ready(1.0)
