"""Queries at ``/sparql``, evaluated without a thread: the event loop asks a worker and waits for its result.

The view of the application and this module read requests with the same function. What is unusual is left to the view:
errors, pages for people, SERVICE, long queries. It goes on with what was begun here.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Protocol

from kg.errors import QueryError
from kg.query import Query
from server.front.requests import ReceivedRequest
from server.http.protocol import URL_LIMIT, Problem
from server.pages.answer import EVALUATION, Begun
from server.views.sparql import PATHS, Question, question
from server.workers import Pool, Reply
from server.workers.admission import BEHIND_SECONDS, INTERVAL, Lease, Waiter
from server.workers.caching import CachingPool
from server.workers.pool import ProcessPool
from server.workers.replies import Exchange, Worker, WorkerLostError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LONG = 64 * 1024
"""Longest query that is sent from the event loop, in bytes: it fits into the buffer of the worker's socket."""
_SHORT = 4 * 1024
"""Longest query that is sent to a busy worker, in bytes: several fit into the buffer."""
_PATIENCE = 3 * BEHIND_SECONDS
"""Seconds after which other workers are asked the queries that wait behind the one that a worker evaluates."""


class Responder(Protocol):
    """The connection that a response goes to."""

    def respond(self, request: ReceivedRequest, reply: Reply) -> None:
        """Respond to a request with a complete result."""

    def pass_on(self, request: ReceivedRequest) -> None:
        """Have a thread call the application, with what is in the environment."""


class _Evaluation:
    """A query on its way to a worker and back."""

    def __init__(self, request: ReceivedRequest, output: Responder, question: Question, version: str) -> None:
        self.request = request
        self.output = output
        self.question = question
        self.version = version
        """Version of the dataset when the query came."""
        self.until = 0.0
        """Time until which it waits for a worker, then until which the event loop waits for the result."""
        self.waiter: Waiter[Worker] | None = None
        self.exchange: Exchange | None = None
        self.worker: Worker | None = None
        """Worker whose result the event loop reads."""
        self.lease: Lease | None = None


class Queries:
    """Evaluates queries in the workers of ``pool``, whose small results ``caching`` keeps.

    ``seconds`` is the time limit of a query.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, pool: ProcessPool, caching: CachingPool, seconds: float
    ) -> None:
        self._loop = loop
        self._pool = pool
        self._caching = caching
        self._seconds = seconds
        self._thread = threading.get_ident()
        self._waiting: set[_Evaluation] = set()
        """Evaluations that wait for a worker."""
        self._running: dict[Worker, deque[_Evaluation]] = {}
        """Evaluations that wait for a result, by the worker, which answers them in turn."""
        self._timed: set[Worker] = set()
        """Workers that are looked at again after :data:`_PATIENCE`, since queries wait behind another."""
        self._watched: set[Worker] = set()
        """Workers whose connections the event loop watches."""
        self._late: set[Worker] = set()
        """Workers that had no query at the last check, and had not passed over those that they need not answer."""

    def begin(self, request: ReceivedRequest, output: Responder) -> bool:
        """Begin the evaluation of a request's query; return false if the application is to answer the request."""
        asked = request.question
        if asked is None and request.environ["PATH_INFO"] in PATHS:
            asked = request.question = _question(request.environ)
        if asked is None or len(request.path) + len(request.query_string) > URL_LIMIT:
            return False
        if (size := _size(asked.query)) > _LONG or "SERVICE" in asked.query.text.upper():
            return False
        version = self._caching.version()
        known = self._caching.find(version, asked.query, asked.choice[asked.form])
        evaluation = _Evaluation(request, output, asked, version)
        if known is not None:
            self._end(evaluation, known)
        else:
            self._enter(evaluation, joins=size <= _SHORT)
        return True

    def _enter(self, evaluation: _Evaluation, *, joins: bool) -> None:
        """Ask for a worker; with ``joins`` it may be one that answers other queries before."""
        notify = partial(self._soon, evaluation)
        try:
            waiter = self._pool.admission.request(evaluation.request.client, notify, joins=joins)
        except QueryError as error:
            self._pass_on(evaluation, _failed(error))
            return
        if waiter.given is not None:
            self._start(evaluation, *waiter.given)
        else:
            evaluation.waiter = waiter
            evaluation.until = self._loop.time() + self._pool.timeout
            self._waiting.add(evaluation)

    def check(self) -> None:
        """Make room for what waits, and give up what waits too long. Called about every :data:`INTERVAL` seconds."""
        now = self._loop.time()
        for evaluation in list(self._waiting):
            if now >= evaluation.until or evaluation.request.disconnected():
                self._called(evaluation)
            elif evaluation.waiter is not None:
                self._pool.admission.make_room(evaluation.waiter)
        for queue in list(self._running.values()):
            if now >= queue[0].until:
                self._hand_over(queue[0])
        self._end_late()

    def _end_late(self) -> None:
        """End workers that had begun a long query before they were told to pass over it: it counts for no client."""
        late = {worker for worker in self._watched - self._running.keys() if worker.skipped and not worker.lowered}
        for worker in late & self._late:
            worker.kill()
        self._late = late

    def stop(self) -> None:
        """Leave all workers to their pool, since the event loop ends."""
        for worker in list(self._watched):
            self._unwatch(worker)

    def _soon(self, evaluation: _Evaluation) -> None:
        """Have the event loop take the worker that is given to an evaluation. Called in any thread."""
        with contextlib.suppress(RuntimeError):  # the server has stopped
            if threading.get_ident() == self._thread:
                self._loop.call_soon(self._called, evaluation)
            else:
                self._loop.call_soon_threadsafe(self._called, evaluation)

    def _called(self, evaluation: _Evaluation) -> None:
        if evaluation not in self._waiting or evaluation.waiter is None:
            return
        self._waiting.discard(evaluation)
        waiter, evaluation.waiter = evaluation.waiter, None  # which refers to the evaluation: no cycle is left
        try:
            worker, lease = self._pool.admission.take(waiter)
        except QueryError as error:
            self._pass_on(evaluation, _failed(error))
        else:
            self._start(evaluation, worker, lease)

    def _start(self, evaluation: _Evaluation, worker: Worker, lease: Lease) -> None:
        if lease.evicted:  # since it was given
            self._enter(evaluation, joins=False)
            return
        asked = evaluation.question
        exchange = evaluation.exchange = self._pool.exchange(
            asked.query,
            asked.choice,
            self._seconds,
            worker,
            lease,
            evaluation.request.disconnected,
            evaluation.request.client,
        )
        exchange.send()
        evaluation.until = self._loop.time() + INTERVAL
        evaluation.worker, evaluation.lease = worker, lease
        queue = self._running.setdefault(worker, deque())
        queue.append(evaluation)
        if len(queue) > 1 and worker not in self._timed:
            self._look_again(worker)
        if not worker.is_watched:
            self._watch(worker, evaluation)

    def _look_again(self, worker: Worker) -> None:
        self._timed.add(worker)
        self._loop.call_later(_PATIENCE, self._look_behind, worker)

    def _look_behind(self, worker: Worker) -> None:
        """Have others asked what waits behind a query that takes long."""
        self._timed.discard(worker)
        if worker in self._running:
            self._readable(worker)  # its answer may have come meanwhile
        queue = self._running.get(worker)
        if queue is None or len(queue) == 1 or (lease := queue[0].lease) is None:
            return
        if self._loop.time() - lease.began >= _PATIENCE:
            self._relieve(worker)
        else:
            self._look_again(worker)

    def _relieve(self, worker: Worker) -> None:
        """Ask other workers what waits behind the query that this one evaluates."""
        first, *behind = self._running[worker]
        if first.lease is not None:
            self._pool.admission.settle(first.lease)
        if behind:
            worker.skip(len(behind))
        for evaluation in behind:
            self._stop_reading(evaluation)
            self._enter(evaluation, joins=False)

    def _watch(self, worker: Worker, evaluation: _Evaluation) -> None:
        """Watch a worker's connection from now on: to begin and to end that for each result takes longer."""
        try:
            self._loop.add_reader(worker.connection, self._readable, worker)
            self._watched.add(worker)
            worker.is_watched = True
        except (OSError, ValueError):  # it was closed at this moment
            self._hand_over(evaluation)

    def _readable(self, worker: Worker) -> None:
        queue = self._running.get(worker)
        if queue is None and (not worker.skipped or worker.lowered):
            self._unwatch(worker)  # a thread reads the result, or the process has ended
            return
        try:
            worker.inbox.fill()
        except (EOFError, OSError):
            self._lost(worker)
            return
        while queue and self._advance(queue[0]):
            pass
        if not queue and worker.skipped and not worker.lowered and worker.drop_skipped():
            self._pool.reuse(worker)

    def _lost(self, worker: Worker) -> None:
        """Find out, in a thread, why a worker was lost; ask others what waited behind the query that it evaluated."""
        if queue := self._running.get(worker):
            self._hand_over(queue[0])
        else:
            self._unwatch(worker)
            worker.close()

    def _unwatch(self, worker: Worker) -> None:
        self._loop.remove_reader(worker.connection)
        self._watched.discard(worker)
        worker.is_watched = False
        if worker.closed:
            worker.close()

    def _advance(self, evaluation: _Evaluation) -> bool:
        """Process what has come for the first evaluation of a worker; return whether it needs nothing more."""
        exchange = evaluation.exchange
        try:
            reply = exchange.advance() if exchange else None
        except Exception as error:
            self._stop_reading(evaluation)
            self._pass_on(evaluation, _failed(error))
            return True
        if reply is None:
            return False
        if reply.length is None:
            self._leave_to_thread(evaluation)
        else:
            self._stop_reading(evaluation)
        self._end(evaluation, self._caching.store(evaluation.version, evaluation.question.query, reply))
        return True

    def _stop_reading(self, evaluation: _Evaluation) -> None:
        if (worker := evaluation.worker) is not None:
            queue = self._running[worker]
            queue.remove(evaluation)
            if not queue:
                del self._running[worker]
            evaluation.worker = None

    def _leave_to_thread(self, evaluation: _Evaluation) -> None:
        """Leave the worker of its first evaluation to a thread, with nothing else to answer."""
        if (worker := evaluation.worker) is not None:
            self._relieve(worker)
            if worker.skipped:
                worker.lower()  # not used again: the thread would not know when it has passed over them
            self._stop_reading(evaluation)

    def _end(self, evaluation: _Evaluation, reply: Reply) -> None:
        """Respond with a complete result; a thread sends a long one, or says that its format is not acceptable."""
        if reply.length is None or reply.format is None:
            self._pass_on(evaluation, Begun(lambda: reply, reply.chunks.close))
        else:
            evaluation.output.respond(evaluation.request, reply)

    def _hand_over(self, evaluation: _Evaluation) -> None:
        """Have a thread wait for the result."""
        self._leave_to_thread(evaluation)
        if (exchange := evaluation.exchange) is not None:
            self._pass_on(evaluation, Begun(partial(self._wait, evaluation, exchange), exchange.end))

    def _wait(self, evaluation: _Evaluation, exchange: Exchange) -> Reply:
        asked, request = evaluation.question, evaluation.request
        try:
            reply = exchange.reply()
        except WorkerLostError:
            return self._caching.answer(asked.query, asked.choice, self._seconds, request.disconnected, request.client)
        return self._caching.store(evaluation.version, asked.query, reply)

    @staticmethod
    def _pass_on(evaluation: _Evaluation, begun: Begun) -> None:
        evaluation.request.environ[EVALUATION] = begun
        evaluation.output.pass_on(evaluation.request)


def queries_of(loop: asyncio.AbstractEventLoop, pool: Pool, caching: CachingPool, seconds: float) -> Queries | None:
    """Return the evaluator of queries for a pool of processes, else ``None``: the application evaluates them."""
    return Queries(loop, pool, caching, seconds) if isinstance(pool, ProcessPool) else None


def _question(environ: WSGIEnvironment) -> Question | None:
    try:
        return question(environ)
    except Problem:
        return None  # the view raises it again, and the application responds


def _size(query: Query) -> int:
    """Return the bytes of a query and of the names of its graphs."""
    return sum(len(text.encode()) for text in (query.text, *query.default_graphs, *query.named_graphs))


def _failed(error: Exception) -> Begun:
    def fail() -> Reply:
        raise error

    return Begun(fail, lambda: None)
