"""The pool of worker processes, as seen by the front process."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

from kg.errors import Busy, KgError, ReleaseError
from kg.query import Form, Format, Query
from kg.query.outline import digest, outline
from kg.release import Release
from kg.store.engine.probe import require
from server.current import Current
from server.http.negotiation import choose
from server.logs import child_stderr, fields
from server.processes.framing import BORN, NOTE, Ask
from server.processes.launch import command, environment
from server.settings import Settings
from server.workers import Reply, Workers
from server.workers.admission import Admission, Lease
from server.workers.asking import PoolStore
from server.workers.holding import Holding
from server.workers.replies import GRACE, Exchange, Worker, WorkerLostError

_PAUSE = 0.25
_slow_queries = logging.getLogger("slow_query")
_LOOK_SECONDS = 5.0
"""Seconds that the engine may take to say which release it holds."""


class ProcessPool:
    """Implementation of :class:`server.workers.Pool` with worker processes.

    Each opens the current store, or asks the engine of the settings.

    Master and workers end with the process that created the pool, even if it is killed.
    """

    def __init__(self, current: Current, settings: Settings) -> None:
        self._current = current
        self._engine = settings.engine
        limits = (settings.query_workers, settings.query_memory, settings.query_result, int(self._engine is not None))
        self._arguments = tuple(map(str, limits))
        self._workers = settings.query_workers
        self._slow = settings.slow_query_seconds
        self.timeout = settings.queue_seconds
        """Seconds that a query waits for an idle worker."""
        self.admission: Admission[Worker] = Admission(
            settings.query_workers, settings.client_queries, settings.client_seconds, Worker.end
        )
        """Assignment of workers to queries."""
        self._all: dict[int, Worker] = {}
        self.holding = (
            Holding(lambda: PoolStore(self, "", _LOOK_SECONDS), lambda: current.release) if settings.engine else None
        )
        """Releases that the engine holds; ``None`` without one."""
        self._closing = False
        self._start_master()
        self._follower = threading.Thread(target=self._follow, name="workers", daemon=True)
        self._follower.start()

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        disconnected: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Reply:
        """Evaluate a query, with another worker if the first had exited. See :meth:`server.workers.Pool.answer`.

        Raises:
            Busy: when no worker is available.
            QueryError: when the query fails for another reason.
        """
        return self._answer(query, formats, deadline, self.timeout, disconnected or (lambda: False), client)

    def exchange(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        worker: Worker,
        lease: Lease,
        disconnected: Callable[[], bool],
        client: str,
        release: Release | None = None,
    ) -> Exchange:
        """Return the exchange of a query with the worker that :attr:`admission` gave; it returns the worker.

        The query is evaluated on ``release``, or on the one that is current now. It is logged if it is slow, unless the
        server asks it without a client.
        """
        version = release.id if release else self.version()
        store = self._engine.url if self._engine else str((release or self._current.release).store)
        ask = Ask(query, formats, deadline, store)
        return Exchange(worker, ask, version, lease, disconnected, partial(self._done, ask if client else None))

    def version(self) -> str:
        """Return the identifier of the dataset that is asked now, which is another one after each change of it."""
        return self.holding.version if self.holding else self._current.release.id

    def workers(self) -> Workers:
        """Return the numbers of workers. See :meth:`server.workers.Pool.workers`."""
        idle, living = self.admission.idle(), tuple(self._all)
        holds = self.holding.ids if self.holding else None
        return Workers(idle, max(0, len(living) - idle), self.admission.waiting(), living, holds)

    def check(self, release: Release, seconds: float) -> None:
        """Have one worker open the store of a release, which need not be the current one, within ``seconds``.

        An engine is asked whether it holds the release.

        Raises:
            ReleaseError: when the store does not open, or the engine does not hold the release.
        """
        if self._engine:
            require(PoolStore(self, "", seconds), release)
            return
        try:
            answer = self._answer(Query("ASK {}"), choose(None), seconds, seconds, lambda: False, "", release)
            answer.chunks.close()
        except KgError as error:
            raise ReleaseError(f"no query is answered from {release.folder}: {error}") from error

    def stop(self) -> None:
        """Tell the master to end without blocking: running queries are aborted, later ones refused."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End master and workers, and wait for their exit."""
        self.stop()
        try:
            self._master.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._master.kill()
            self._master.wait()
        self._follower.join(GRACE)
        self._control.close()
        for worker in self._all.values():
            worker.close()

    def _answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        timeout: float,
        disconnected: Callable[[], bool],
        client: str,
        release: Release | None = None,
    ) -> Reply:
        for _ in range(self._workers + 1):
            worker, lease = self.admission.enter(client, timeout)
            exchange = self.exchange(query, formats, deadline, worker, lease, disconnected, client, release)
            exchange.send()
            try:
                return exchange.reply()
            except WorkerLostError:
                continue
        raise Busy("the process that was to answer was lost; try again")

    def _done(self, asked: Ask | None, worker: Worker, lease: Lease) -> None:
        """End a query's lease; reuse its worker if it is connected and has normal priority, else close it.

        One that still has to pass over queries is reused when it has.
        """
        can_be_used = not (worker.lowered or worker.dead.is_set() or worker.closed or worker.skipped)
        is_left = self.admission.leave(lease, frees=can_be_used)
        seconds = time.monotonic() - lease.began
        if asked and self._slow and seconds >= self._slow:
            _log_slow(asked, seconds, worker)
        if not is_left and (worker.lowered or worker.dead.is_set() or lease.preempted):
            worker.close()

    def reuse(self, worker: Worker) -> None:
        """Use a worker again that has passed over all queries that it need not answer, unless it has exited."""
        self.admission.free(worker)
        if worker.dead.is_set():
            self._remove(worker)

    def _remove(self, worker: Worker) -> None:
        if self.admission.remove(worker):  # the rest of a result needs no worker
            worker.close()

    def _start_master(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            # own process group: Ctrl-C must reach only the front, which then ends the other processes
            self._master = subprocess.Popen(  # noqa: S603
                command("server.workers", str(theirs.fileno()), *self._arguments),
                stdin=subprocess.DEVNULL,
                stderr=child_stderr(),
                pass_fds=[theirs.fileno()],
                env={**environment(), "RUST_BACKTRACE": "0"},
                process_group=0,
            )

    def _follow(self) -> None:
        """Process the master's messages; start another master if it is lost."""
        while True:
            try:
                note, fds, _, _ = socket.recv_fds(self._control, NOTE.size, 1)
            except OSError:
                note, fds = b"", []
            if len(note) == NOTE.size:
                self._note(note, fds)
                continue
            for pid in list(self._all):
                self._died(pid, 0)
            if self._closing:
                self.admission.close()
                return
            self._control.close()
            self._master.wait()
            time.sleep(_PAUSE)
            with contextlib.suppress(OSError):  # no descriptor or process is left: try again
                self._start_master()

    def _note(self, note: bytes, fds: list[int]) -> None:
        kind, pid, status = NOTE.unpack(note)
        if kind == BORN and fds:  # without a descriptor left for its connection, it is closed, and the worker ends
            worker = self._all[pid] = Worker(pid, socket.socket(fileno=fds[0]))
            worker.open(self._current.release.store, self._engine)
            self.admission.free(worker)
        elif pid in self._all:
            self._died(pid, status)

    def _died(self, pid: int, status: int) -> None:
        worker = self._all.pop(pid)
        worker.ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        worker.ended_at = time.monotonic()
        worker.dead.set()
        self._remove(worker)


def _log_slow(ask: Ask, seconds: float, worker: Worker) -> None:
    """Log a query that took long, by its digest and outline; this takes some milliseconds at most."""
    end = "timeout" if seconds >= ask.deadline else "ended" if worker.closed else "finished"
    text = ask.query.text
    said = {"digest": digest(text), "duration_ms": round(seconds * 1000), "end": end, "worker": worker.pid}
    _slow_queries.warning("a slow query", extra=fields(**said, plan=outline(text)))
