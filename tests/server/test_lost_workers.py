"""Workers that exit, or are given to another query, at an inconvenient moment."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.query import Query
from server.current import Current
from server.front.queries import Queries
from server.http.negotiation import choose
from server.processes.framing import Ask
from server.settings import Settings
from server.workers.admission import Admission, Lease
from server.workers.caching import CachingPool
from server.workers.pool import ProcessPool
from server.workers.replies import Exchange, Worker, WorkerLostError
from tests.server.serving import TIMEOUT, until

ENDLESS = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")


@pytest.fixture
def pool(releases: Path) -> Iterator[ProcessPool]:
    """Return a pool with one worker."""
    made = ProcessPool(Current(releases), Settings(query_workers=1))
    yield made
    made.close()


def test_a_query_whose_workers_connection_is_closed_is_asked_again() -> None:
    worker = Worker(0, socket.socket())
    worker.close()
    worker.dead.set()
    with pytest.raises(WorkerLostError):
        exchange_with(worker, lambda *_: None).reply()


def test_a_query_is_asked_again_however_late_the_exit_of_its_worker_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("server.workers.replies.time.monotonic", lambda: clock[0])
    ours, theirs = socket.socketpair()
    worker = Worker(0, ours)
    theirs.close()

    def exits(*_: object) -> None:
        clock[0] += 1
        worker.dead.set()

    with pytest.raises(WorkerLostError):
        exchange_with(worker, exits).reply()


def test_a_query_is_asked_again_however_late_a_thread_looks_for_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("server.workers.replies.time.monotonic", lambda: clock[0])
    ours, theirs = socket.socketpair()
    worker = Worker(0, ours)
    theirs.close()
    exchange = exchange_with(worker, lambda *_: None)
    worker.ended_at = clock[0]
    worker.dead.set()
    clock[0] += 60
    with pytest.raises(WorkerLostError):
        exchange.reply()


def test_a_worker_that_exits_before_it_is_asked_anything_is_closed() -> None:
    ours, theirs = socket.socketpair()
    worker = Worker(0, ours)
    del ours, worker
    with theirs:
        assert theirs.recv(1) == b""


def exchange_with(worker: Worker, done: Callable[[Worker, Lease], None]) -> Exchange:
    """Return an exchange that begins now."""
    admission = Admission[Worker](1, 1, 300.0, Worker.end)
    admission.free(worker)
    _, lease = admission.enter("", 0)
    ask = Ask(Query("ASK {}"), choose(None), 1.0, "/store")
    return Exchange(worker, ask, "", lease, lambda: False, done)


def test_a_worker_that_is_given_to_the_next_query_is_not_closed_by_the_one_before(pool: ProcessPool) -> None:
    worker, lease = pool.admission.enter("", TIMEOUT)
    exchange = pool.exchange(Query("ASK {}"), choose(None), TIMEOUT, worker, lease, lambda: False, "")
    waiting = pool.admission.request("", worker.lower)  # as the next query does if it takes long
    exchange.send()
    exchange.reply()
    until(lambda: waiting.given is not None)  # another one, where the machine is so busy that the first took long
    worker, lease = pool.admission.take(waiting)
    following = pool.exchange(Query("ASK { ?s ?p ?o }"), choose(None), TIMEOUT, worker, lease, lambda: False, "")
    following.send()
    assert b"".join(following.reply().chunks)


def test_a_worker_that_exits_while_it_passes_over_queries_is_not_used_again(pool: ProcessPool) -> None:
    worker, lease = pool.admission.enter("", TIMEOUT)
    pool.admission.leave(lease)
    os.kill(worker.pid, signal.SIGKILL)
    until(lambda: pool.admission.idle() == 1)
    pool.reuse(worker)
    assert pool.admission.idle() == 1
    assert worker.closed


def test_a_worker_that_had_begun_a_long_query_when_it_was_told_to_pass_over_it_is_ended(pool: ProcessPool) -> None:
    worker, lease = pool.admission.enter("", TIMEOUT)
    pool.exchange(ENDLESS, choose(None), TIMEOUT, worker, lease, lambda: False, "").send()
    loop = asyncio.new_event_loop()
    queries = Queries(loop, pool, CachingPool(pool, pool.version, 0), TIMEOUT)
    queries._watched.add(worker)
    worker.skip(1)
    pool.admission.leave(lease)
    queries.check()
    assert not worker.dead.wait(0.1)
    queries.check()
    until(lambda: pool.admission.idle() == 1)
    assert worker.dead.is_set()
    worker.close()
    loop.close()
