"""Who gets a worker: a queue that is fair to clients, and bounds on what one client takes.

Nobody can tell beforehand which query is expensive. So every query begins at once where a worker is free, and it is the
running ones that are counted: a client may have two that prove expensive, and a budget of seconds that refills. Cheap
queries are never charged, and one client never holds all workers. Nor do expensive queries of many clients: when a
client waits, the last of them gives up its worker, until a quarter of the workers is for others.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from kg.errors import Busy, TooManyQueries

QUEUE = 96
"""Queries that may wait for a free worker; each takes a thread of the caller's."""
CLIENT_QUEUE = QUEUE * 3 // 4
"""How many of them may be one client's."""
CHEAP_SECONDS = 0.3
"""Seconds of a query that cost its client nothing."""
EXPENSIVE_SECONDS = 1.0
"""Seconds after which a query counts among its client's expensive ones."""

_CLIENTS = 10_000
_LOOK = 0.25

Worker = TypeVar("Worker")


@dataclass(slots=True)
class _ClientShare:
    """What is known of an address."""

    budget: float
    at: float
    """When ``budget`` was right."""
    share: int
    """Workers that it may hold at once."""
    expensive: int
    """Queries of more than :data:`EXPENSIVE_SECONDS` seconds that it may have at once."""
    waiting: int = 0
    running: list[Lease] = field(default_factory=list)
    """The oldest first."""


@dataclass(slots=True, eq=False)
class Lease:
    """A query's time with a worker."""

    client: _ClientShare
    began: float
    ended_for_others: bool = False

    @property
    def is_expensive(self) -> bool:
        """Whether the query has run for long."""
        return time.monotonic() - self.began >= EXPENSIVE_SECONDS

    def is_one_too_many(self) -> bool:
        """Whether this query has proved expensive while its client has enough older expensive ones running."""
        if not self.is_expensive:
            return False
        older = sum(lease.began < self.began for lease in tuple(self.client.running))
        return older >= self.client.expensive


@dataclass(slots=True, eq=False)
class _Waiter(Generic[Worker]):
    client: _ClientShare
    called: threading.Event = field(default_factory=threading.Event)
    given: tuple[Worker, Lease] | None = None


class Admission(Generic[Worker]):
    """The idle workers and who waits for one. A client is named by its address; an empty name stands for ourselves.

    ``end`` ends what a worker does, for good, whoever may be waiting for it; it must not wait itself.
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
        self._waiters: deque[_Waiter[Worker]] = deque()
        self._clients: OrderedDict[str, _ClientShare] = OrderedDict()
        self._closed = False
        self._someone_idle = threading.Event()

    def enter(self, name: str, timeout: float) -> tuple[Worker, Lease]:
        """A worker for a query of that client, waited for at most ``timeout`` seconds.

        Raises :class:`kg.errors.TooManyQueries` where the client has had its share, :class:`kg.errors.Busy` where
        everybody together has.
        """
        with self._lock:
            client = self._client(name)
            self._check(client)
            if self._idle and self._may_run(client):
                return self._give(client)
            self._check_queue(client)
            waiter: _Waiter[Worker] = _Waiter(client)
            self._waiters.append(waiter)
            client.waiting += 1
        until = time.monotonic() + timeout
        while not waiter.called.wait(min(_LOOK, max(0.0, until - time.monotonic()))) and time.monotonic() < until:
            self._make_room(client)
        with self._lock:
            client.waiting -= 1
            if waiter.given is not None:
                return waiter.given
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            raise self._refusal(client)

    def leave(self, lease: Lease) -> None:
        """The query is over; what it took beyond the cheap is taken from its client's budget. Twice is as once."""
        now = time.monotonic()
        with self._lock:
            client = lease.client
            if lease not in client.running:
                return
            client.running.remove(lease)
            del self._held[lease]
            self._refill(client, now)
            client.budget -= max(0.0, now - lease.began - CHEAP_SECONDS)
            self._call()

    def free(self, worker: Worker) -> None:
        """Here is a worker for the next query."""
        with self._lock:
            self._idle.append(worker)
            self._call()

    def remove(self, worker: Worker) -> bool:
        """Take out a worker that died; whether it was idle."""
        with self._lock:
            if worker not in self._idle:
                return False
            self._idle.remove(worker)
            return True

    def idle(self) -> int:
        """How many workers are idle."""
        with self._lock:
            return len(self._idle)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long for an idle worker."""
        return self._someone_idle.wait(seconds)

    def close(self) -> None:
        """Send away everybody who waits or comes."""
        with self._lock:
            self._closed = True
            for waiter in self._waiters:
                waiter.called.set()
            self._waiters.clear()

    def _client(self, name: str) -> _ClientShare:
        name = _client_network(name)
        now = time.monotonic()
        client = self._clients.get(name)
        if client is None:
            client = self._clients[name] = self._newcomer(name, now)
            self._forget()
        self._clients.move_to_end(name)
        self._refill(client, now)
        return client

    def _newcomer(self, name: str, now: float) -> _ClientShare:
        if not name:
            return _ClientShare(math.inf, now, self._workers, self._workers)
        share = max(1, min(self._workers - 1, max(self._queries + 1, self._workers - 2)))  # room for one that is cheap
        return _ClientShare(self._seconds, now, share, self._queries)

    def _forget(self) -> None:
        """Keep the table of clients small: the one that came longest ago and does nothing goes."""
        if len(self._clients) > _CLIENTS:
            name, oldest = next(iter(self._clients.items()))
            if not oldest.running and not oldest.waiting:
                del self._clients[name]

    def _refill(self, client: _ClientShare, now: float) -> None:
        if client.budget < self._seconds:
            client.budget = min(self._seconds, client.budget + now - client.at)
        client.at = now

    def _spent(self, client: _ClientShare) -> int:
        """Whole seconds that the client's queries have taken of late."""
        return math.floor(max(0.0, self._seconds - client.budget))

    def _check(self, client: _ClientShare) -> None:
        if self._closed:
            raise Busy("the server is stopping")
        if client.budget <= 0:
            raise TooManyQueries("your queries have taken all the time that one client gets; try again later")

    def _check_queue(self, client: _ClientShare) -> None:
        if client.waiting >= CLIENT_QUEUE:
            raise TooManyQueries(f"{CLIENT_QUEUE} of your queries wait for a worker; try again later")
        if len(self._waiters) >= QUEUE:
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
        if not self._idle:
            self._someone_idle.clear()
        return worker, lease

    def _make_room(self, waiting: _ClientShare) -> None:
        """End the latest expensive query of the client that has most, if others wait and ``waiting`` may run."""
        with self._lock:
            expensive = [lease for lease in self._held if lease.is_expensive and not lease.ended_for_others]
            if len(expensive) <= self._most_expensive or not self._may_run(waiting):
                return
            last = max(expensive, key=lambda lease: (len(lease.client.running), lease.began))
            last.ended_for_others = True
            self._end(self._held[last])

    def _call(self) -> None:
        """Give idle workers to those who wait: to the client that has the fewest, has had the least, came first."""
        while self._idle:
            able = [waiter for waiter in self._waiters if self._may_run(waiter.client)]
            if not able:
                self._someone_idle.set()
                return
            waiter = min(able, key=lambda waiter: (len(waiter.client.running), self._spent(waiter.client)))
            self._waiters.remove(waiter)
            waiter.given = self._give(waiter.client)
            waiter.called.set()


def _client_network(address: str) -> str:
    """What stands for a client: an IPv4 address, or the network of 2**64 addresses that one household has in IPv6.

    >>> _client_network("192.0.2.7"), _client_network("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
