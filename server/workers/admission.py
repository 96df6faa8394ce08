"""Admission control: a fair queue for idle workers, and limits for each client.

The cost of a query is unknown before it runs. Therefore every query starts at once if a worker is idle, and limits
apply to running queries: a client may run a few expensive queries at once, and has a budget of seconds that refills.
Cheap queries cost nothing. No client holds all workers. Expensive queries of several clients do not either: while a
client waits, the latest of them are ended until a quarter of the workers runs none.

While queries are short, a few of them may be sent to one busy worker, which takes the next one when it has answered:
so it need not be woken for each. None waits long behind another that is not short: see :meth:`Admission.request`.
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

AT_ONCE = 8
"""Largest number of queries of one worker: one is evaluated, the others wait behind it."""
BEHIND_SECONDS = 0.001
"""Seconds that a query may be expected to wait behind others."""

_CLIENTS = 10_000
_WEIGHT = 1 / 16
"""Weight of the last query's time in the mean."""
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
    behind: int = 0
    """Number of queries that wait behind others of their workers."""


@dataclass(slots=True, eq=False)
class Lease:
    """The assignment of a worker to a query."""

    client: _ClientShare
    began: float
    preempted: bool = False
    """True if the query was ended in favour of waiting clients."""
    seconds: float | None = None
    """Seconds of evaluation as the worker says, if it does; it is asked a little before and read a little after."""
    evicted: bool = False
    """True if the query lost its worker while it waited behind another, or before it was sent: it must ask again."""

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
    joins: bool = False
    """True if it may wait behind other queries of a worker."""
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
        self._queues: dict[Worker, list[Lease]] = {}
        """Busy worker → the query that it runs, and those behind it."""
        self._joined: Worker | None = None
        """Worker that queries may join: the last one that a query got that may have others behind it."""
        self._mean = BEHIND_SECONDS
        """Mean seconds of the last queries."""
        self._queries = queries
        self._seconds = seconds
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._waiting: dict[int, _ClientShare] = {}
        """Identity → client, of the clients with waiting queries; the one that waits longest is first."""
        self._waiters = 0
        self._alone = 0
        """Number of waiting queries that cannot join others; while there is one, none does: a worker must get idle."""
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

    def request(self, name: str, notify: Callable[[], object], *, joins: bool = False) -> Waiter[Worker]:
        """Ask for a worker without blocking; it is given at once if one is idle, else ``notify`` is called later.

        :meth:`take` must be called when it is, or when the query waits no longer. With ``joins`` it may be a busy
        worker, which takes the query after others. Who asks so must call :meth:`settle` for a query that takes longer
        than a few of :data:`BEHIND_SECONDS`, and ask again for those that waited behind it.

        Raises:
            TooManyQueries: when the client has reached a limit.
            Busy: when the queue is full, or the server stops.
        """
        with self._lock:
            client = self._client(name)
            self._check(client)
            waiter: Waiter[Worker] = Waiter(client, notify, joins)
            if self._give(waiter):
                return waiter
            if name:
                self._check_queue(client)
            client.waiters.append(waiter)
            self._waiting.setdefault(id(client), client)
            self._waiters += 1
            self._alone += not joins
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
                self._no_longer_waits(waiter)
                self._forget(waiter.client)
            raise self._refusal(waiter.client)

    def _no_longer_waits(self, waiter: Waiter[Worker]) -> None:
        client = waiter.client
        self._waiters -= 1
        self._alone -= not waiter.joins
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

    def leave(self, lease: Lease, *, frees: bool = False) -> bool:
        """End the lease and charge its seconds beyond :data:`CHEAP_SECONDS` to the client. Idempotent.

        With ``frees`` its worker can be used again, unless :meth:`make_room` has ended it; return whether it is left to
        others, who may use it already.
        """
        with self._lock:
            return self._leave(lease, frees=frees)

    def _leave(self, lease: Lease, *, frees: bool) -> bool:
        worker = self._held.pop(lease, None)
        if worker is None:
            return False
        frees = frees and not lease.preempted
        client, now = lease.client, time.monotonic()
        if self._queues[worker][0] is lease:
            seconds = now - lease.began
            self._mean += (min(seconds if lease.seconds is None else lease.seconds, INTERVAL) - self._mean) * _WEIGHT
            self._refill(client, now)
            client.budget -= max(0.0, seconds - CHEAP_SECONDS)
        self._remove(lease, worker)
        if not self._queues[worker]:
            del self._queues[worker]
            if frees:
                self._idle.append(worker)
        self._forget(client)
        self._call()
        return frees

    def _remove(self, lease: Lease, worker: Worker) -> None:
        """Remove a lease from those of a worker, which evaluates the query of the next one if it is the first."""
        queue = self._queues[worker]
        if queue[0] is not lease:
            queue.remove(lease)
            lease.client.behind -= 1
            return
        del queue[0]
        lease.client.running.remove(lease)
        if queue:
            queue[0].began = time.monotonic()
            queue[0].client.behind -= 1
            queue[0].client.running.append(queue[0])

    def settle(self, lease: Lease) -> None:
        """Leave a query alone with its worker: evict all others, and let no further one join."""
        with self._lock:
            worker = self._held.get(lease)
            if worker is not None:
                self._settle(lease, worker)

    def _settle(self, lease: Lease, worker: Worker) -> None:
        if worker == self._joined:
            self._joined = None
        for other in tuple(self._queues[worker]):
            if other is not lease:
                other.evicted = True
                del self._held[other]
                self._remove(other, worker)

    def free(self, worker: Worker) -> None:
        """Add an idle worker."""
        with self._lock:
            self._idle.append(worker)
            self._call()

    def remove(self, worker: Worker) -> bool:
        """Remove a worker that has exited, and end its leases; return whether it was idle."""
        with self._lock:
            if worker in self._queues:
                first = self._queues[worker][0]
                self._settle(first, worker)
                first.evicted = True
                self._leave(first, frees=False)
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
            self._waiters = self._alone = 0

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
        if client.budget >= self._seconds and self._has_no_queries(client):
            self._clients.pop(client.name, None)

    def _forget_oldest(self, now: float) -> None:
        """Drop the least recently seen client if its budget is full again, or one without queries if there are many."""
        if not self._clients:
            return
        oldest = next(iter(self._clients.values()))
        self._refill(oldest, now)
        self._forget(oldest)
        if len(self._clients) >= _CLIENTS:
            del self._clients[next(name for name, each in self._clients.items() if self._has_no_queries(each))]

    @staticmethod
    def _has_no_queries(client: _ClientShare) -> bool:
        return not client.running and not client.behind and not client.waiters

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

    def _give(self, waiter: Waiter[Worker]) -> bool:
        """Give a worker to a query, a busy one that it may join or an idle one; return false if it gets none."""
        client, now = waiter.client, time.monotonic()
        if waiter.joins and (worker := self._joinable(client)) is not None:
            lease = Lease(client, now)
            self._queues[worker].append(lease)
            client.behind += 1
        elif self._idle and self._may_run(client):
            lease = Lease(client, now)
            worker = self._idle.pop()
            self._queues[worker] = [lease]
            client.running.append(lease)
            if waiter.joins:
                self._joined = worker
            elif self._joined == worker:
                self._joined = None
        else:
            return False
        self._held[lease] = worker
        waiter.given = worker, lease
        return True

    def _joinable(self, client: _ClientShare) -> Worker | None:
        """Return the busy worker that a client's query may join, if those that it has are few and short.

        It may not if the client could have more than its share of the workers then, since other clients' are done.
        """
        worker = self._joined
        queue = self._queues.get(worker, ()) if worker is not None else ()
        if not 0 < len(queue) < AT_ONCE or len(queue) * self._mean >= BEHIND_SECONDS or self._alone:
            return None
        has_room = queue[0].client is client or len(client.running) + client.behind < client.share
        return worker if has_room else None

    def _call(self) -> None:
        """Give workers to waiting queries: fewest running queries first, then least time spent, then oldest."""
        while self._waiting:
            for client in sorted(self._waiting.values(), key=lambda client: (len(client.running), self._spent(client))):
                waiter = client.waiters[0]
                if self._give(waiter):
                    client.waiters.popleft()
                    self._no_longer_waits(waiter)
                    waiter.notify()
                    break
            else:
                return
