"""Admission control: a fair queue for idle workers, and limits for each client.

The cost of a query is unknown before it runs. Therefore every query starts at once if a worker is idle, and limits
apply to running queries: a client may run a few expensive queries at once, and has a budget of seconds that refills.
Cheap queries cost nothing. No client holds all workers. Expensive queries of several clients do not either: while a
client waits, the latest of them are ended until a quarter of the workers runs none.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from kg.errors import Busy, TooManyQueries
from server.http.clients import client_network

QUEUE = 96
"""Largest number of queries that wait for an idle worker."""
CLIENT_QUEUE = QUEUE * 3 // 4
"""Largest number of waiting queries of one client."""
BLOCKING = 24
"""Largest number of waiting queries that each block a thread."""
CHEAP_SECONDS = 0.3
"""Seconds of each query that are not charged to the client's budget."""
EXPENSIVE_SECONDS = 1.0
"""Seconds after which a running query counts as expensive."""

_CLIENTS = 10_000
INTERVAL = 0.25
"""Seconds after which :meth:`Admission.make_room` is to be called, again and again, for a query that waits."""

Worker = TypeVar("Worker")


@dataclass(slots=True)
class _ClientShare:
    """Limits and use of one client."""

    name: str
    budget: float
    """Seconds of evaluation left."""
    at: float
    """Time at which ``budget`` was computed."""
    share: int
    """Largest number of workers at once."""
    expensive: int
    """Largest number of expensive queries at once."""
    waiters: deque[Waiter[Any]] = field(default_factory=deque)
    """Waiting queries, the oldest first."""
    running: list[Lease] = field(default_factory=list)
    """Running queries, the oldest first."""


@dataclass(slots=True, eq=False)
class Lease:
    """The assignment of a worker to a query."""

    client: _ClientShare
    began: float
    preempted: bool = False
    """True if the query was ended in favour of waiting clients."""

    @property
    def is_expensive(self) -> bool:
        """True if the query has run for at least :data:`EXPENSIVE_SECONDS`."""
        return time.monotonic() - self.began >= EXPENSIVE_SECONDS

    def exceeds_limit(self) -> bool:
        """Return whether the query is expensive and its client's limit is reached by older expensive ones."""
        if not self.is_expensive:
            return False
        older = sum(lease.began < self.began for lease in tuple(self.client.running))
        return older >= self.client.expensive


@dataclass(slots=True, eq=False)
class Waiter(Generic[Worker]):
    """A query that asked for a worker."""

    client: _ClientShare
    notify: Callable[[], object]
    """Called, with a lock held, when a worker is given or the server stops; it must not block."""
    given: tuple[Worker, Lease] | None = None
    """Worker and lease, once a worker is given."""


class Admission(Generic[Worker]):
    """The idle workers and the queries that wait for one.

    ``workers`` is the number of all workers, ``queries`` the limit of expensive queries per client and ``seconds`` the
    budget per client. ``end`` ends a worker's query together with its process, and must not block. Clients are
    identified by address; the empty address stands for the server itself, which has no limits.
    """

    def __init__(self, workers: int, queries: int, seconds: float, end: Callable[[Worker], None]) -> None:
        self._workers = workers
        self._most_expensive = workers - (workers + 3) // 4 if workers > 1 else 1
        self._end = end
        self._held: dict[Lease, Worker] = {}
        self._queries = queries
        self._seconds = seconds
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._waiting: dict[int, _ClientShare] = {}
        """Identity → client, of the clients with waiting queries; the one that waits longest is first."""
        self._waiters = 0
        self._blocked = 0
        self._clients: OrderedDict[str, _ClientShare] = OrderedDict()
        """Clients that differ from newcomers, the least recently seen first."""
        self._closed = False

    def enter(self, name: str, timeout: float) -> tuple[Worker, Lease]:
        """Return a worker for a query of the client with address ``name``; wait at most ``timeout`` seconds for it.

        Raises:
            TooManyQueries: when the client has reached a limit.
            Busy: when no worker becomes idle in time, or the queue is full.
        """
        called = threading.Event()
        waiter = self.request(name, called.set)
        if waiter.given is not None:
            return waiter.given
        with self._lock:
            self._blocked += 1
            is_full = self._blocked > BLOCKING and bool(name)
        try:
            until = time.monotonic() + (0 if is_full else timeout)
            while not called.wait(min(INTERVAL, max(0.0, until - time.monotonic()))) and time.monotonic() < until:
                self.make_room(waiter)
            return self.take(waiter)
        finally:
            with self._lock:
                self._blocked -= 1

    def request(self, name: str, notify: Callable[[], object]) -> Waiter[Worker]:
        """Ask for a worker without blocking; it is given at once if one is idle, else ``notify`` is called later.

        :meth:`take` must be called when it is, or when the query waits no longer.

        Raises:
            TooManyQueries: when the client has reached a limit.
            Busy: when the queue is full, or the server stops.
        """
        with self._lock:
            client = self._client(name)
            self._check(client)
            waiter: Waiter[Worker] = Waiter(client, notify)
            if self._idle and self._may_run(client):
                waiter.given = self._give(client)
                return waiter
            if name:
                self._check_queue(client)
            client.waiters.append(waiter)
            self._waiting.setdefault(id(client), client)
            self._waiters += 1
            return waiter

    def take(self, waiter: Waiter[Worker]) -> tuple[Worker, Lease]:
        """End the wait of a query; return the worker and lease that it was given.

        Raises:
            TooManyQueries: when it was given none, since its client runs too many queries.
            Busy: when it was given none for another reason.
        """
        with self._lock:
            if waiter.given is not None:
                return waiter.given
            if waiter in waiter.client.waiters:
                waiter.client.waiters.remove(waiter)
                self._no_longer_waits(waiter.client)
                self._forget(waiter.client)
            raise self._refusal(waiter.client)

    def _no_longer_waits(self, client: _ClientShare) -> None:
        self._waiters -= 1
        self._waiting.pop(id(client), None)
        if client.waiters:
            self._waiting[id(client)] = client  # behind those that wait longer

    def make_room(self, waiter: Waiter[Worker]) -> None:
        """End the latest expensive query of the client with most workers if too many are expensive.

        Nothing is ended if the client of ``waiter`` is at its own limit.
        """
        with self._lock:
            expensive = [lease for lease in self._held if lease.is_expensive and not lease.preempted]
            if len(expensive) <= self._most_expensive or not self._may_run(waiter.client):
                return
            last = max(expensive, key=lambda lease: (len(lease.client.running), lease.began))
            last.preempted = True
            self._end(self._held[last])

    def leave(self, lease: Lease) -> None:
        """End the lease and charge its seconds beyond :data:`CHEAP_SECONDS` to the client. Idempotent."""
        now = time.monotonic()
        with self._lock:
            client = lease.client
            if lease not in client.running:
                return
            client.running.remove(lease)
            del self._held[lease]
            self._refill(client, now)
            client.budget -= max(0.0, now - lease.began - CHEAP_SECONDS)
            self._forget(client)
            self._call()

    def free(self, worker: Worker) -> None:
        """Add an idle worker."""
        with self._lock:
            self._idle.append(worker)
            self._call()

    def remove(self, worker: Worker) -> bool:
        """Remove a worker that has exited; return whether it was idle."""
        with self._lock:
            if worker not in self._idle:
                return False
            self._idle.remove(worker)
            return True

    def idle(self) -> int:
        """Return the number of idle workers."""
        with self._lock:
            return len(self._idle)

    def waiting(self) -> int:
        """Return the number of queries that wait for a worker."""
        with self._lock:
            return self._waiters

    def close(self) -> None:
        """Refuse all waiting and later queries."""
        with self._lock:
            self._closed = True
            for client in self._waiting.values():
                for waiter in client.waiters:
                    waiter.notify()
                client.waiters.clear()
            self._waiting.clear()
            self._waiters = 0

    def _client(self, name: str) -> _ClientShare:
        name = client_network(name)
        now = time.monotonic()
        client = self._clients.get(name)
        if client is None:
            self._forget_oldest(now)
            client = self._clients[name] = self._newcomer(name, now)
        self._clients.move_to_end(name)
        self._refill(client, now)
        return client

    def _newcomer(self, name: str, now: float) -> _ClientShare:
        if not name:
            return _ClientShare(name, math.inf, now, self._workers, self._workers)
        # one more than the limit of expensive queries, so that a cheap one can run beside them
        share = max(1, min(self._workers - 1, max(self._queries + 1, self._workers - 2)))
        return _ClientShare(name, self._seconds, now, share, self._queries)

    def _forget(self, client: _ClientShare) -> None:
        """Drop a client that is like a newcomer: it has no queries and its whole budget."""
        if client.budget >= self._seconds and not client.running and not client.waiters:
            self._clients.pop(client.name, None)

    def _forget_oldest(self, now: float) -> None:
        """Drop the least recently seen client if its budget is full again, or one without queries if there are many."""
        if not self._clients:
            return
        oldest = next(iter(self._clients.values()))
        self._refill(oldest, now)
        self._forget(oldest)
        if len(self._clients) >= _CLIENTS:
            del self._clients[
                next(name for name, each in self._clients.items() if not each.running and not each.waiters)
            ]

    def _refill(self, client: _ClientShare, now: float) -> None:
        if client.budget < self._seconds:
            client.budget = min(self._seconds, client.budget + now - client.at)
        client.at = now

    def _spent(self, client: _ClientShare) -> int:
        """Return the whole seconds that are missing from the client's budget."""
        return math.floor(max(0.0, self._seconds - client.budget))

    def _check(self, client: _ClientShare) -> None:
        if self._closed:
            raise Busy("the server is stopping")
        if client.budget <= 0:
            raise TooManyQueries("the time limit of your queries together is used up; try again later")

    def _check_queue(self, client: _ClientShare) -> None:
        if len(client.waiters) >= CLIENT_QUEUE:
            raise TooManyQueries(f"{CLIENT_QUEUE} of your queries wait for a worker; try again later")
        if self._waiters >= QUEUE:
            raise Busy(f"all workers are busy and {QUEUE} queries wait for one; try again later")

    def _refusal(self, client: _ClientShare) -> Busy:
        if self._closed:
            return Busy("the server is stopping")
        if self._idle and not self._may_run(client):
            return TooManyQueries(f"{len(client.running)} of your queries are running; try again later")
        return Busy("all workers are busy; try again later")

    @staticmethod
    def _may_run(client: _ClientShare) -> bool:
        return len(client.running) < client.share

    def _give(self, client: _ClientShare) -> tuple[Worker, Lease]:
        lease = Lease(client, time.monotonic())
        client.running.append(lease)
        worker = self._held[lease] = self._idle.pop()
        return worker, lease

    def _call(self) -> None:
        """Give idle workers to waiting queries: fewest running queries first, then least time spent, then oldest."""
        while self._idle:
            able = [client for client in self._waiting.values() if self._may_run(client)]
            if not able:
                return
            client = min(able, key=lambda client: (len(client.running), self._spent(client)))
            waiter = client.waiters.popleft()
            self._no_longer_waits(client)
            waiter.given = self._give(client)
            waiter.notify()
