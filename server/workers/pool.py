"""The front's side of the query processes."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from kg.errors import Busy
from kg.query import Form, Format, Query
from server.processes.framing import BORN, NOTE, Ask
from server.processes.launch import command, environment
from server.settings import Settings
from server.workers import Reply, Workers
from server.workers.admission import Admission, Lease
from server.workers.replies import GRACE, Exchange, LostError, Worker

_AT_ONCE = 0.5  # seconds within which a death is not put down to the query
_LOOK = 0.25


class ProcessPool:
    """Answers queries in processes of their own; implements :class:`server.workers.Pool`.

    Nothing of it outlives the process that made it, however that ends.
    """

    def __init__(self, release: Path, settings: Settings) -> None:
        self._arguments = (str(release.absolute()), *map(str, (settings.workers, settings.memory, settings.result)))
        self._workers = settings.workers
        self._timeout = settings.queue_seconds
        self._admission: Admission[Worker] = Admission(
            settings.workers, settings.client_queries, settings.client_seconds, Worker.end
        )
        self._all: dict[int, Worker] = {}
        self._closing = False
        self._start_master()
        self._follower = threading.Thread(target=self._follow, name="workers", daemon=True)
        self._follower.start()

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        gone: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Reply:
        """See :meth:`server.workers.Pool.answer`; where a worker was dead already, another one is asked."""
        ask = Ask(query, formats, deadline)
        for _ in range(self._workers + 1):
            worker, lease = self._admission.enter(client, self._timeout)
            try:
                return Exchange(worker, ask, lease, gone or (lambda: False), self._done).reply()
            except LostError:
                if time.monotonic() - lease.began > _AT_ONCE:
                    break
        raise Busy("the process that was to answer was lost; try again")

    def workers(self) -> Workers:
        """See :meth:`server.workers.Pool.workers`."""
        idle, living = self._admission.idle(), len(self._all)
        return Workers(idle, max(0, living - idle))

    def ready(self, seconds: float) -> bool:
        """Wait at most so long for a worker that is free."""
        return self._admission.wait(seconds)

    def stop(self) -> None:
        """Begin to end master and workers: queries that run are broken off, later ones refused. Never waits."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End master and workers, and wait for it."""
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

    def _done(self, worker: Worker, lease: Lease) -> None:
        """A query is over. A worker whose connection still stands, and that was never slowed, takes the next one."""
        self._admission.leave(lease)
        if worker.lowered or worker.dead.is_set():
            worker.close()
        elif not worker.closed:
            self._admission.free(worker)

    def _start_master(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            # a process group of its own: Ctrl-C is for the front, which then ends the others
            self._master = subprocess.Popen(  # noqa: S603
                command("server.workers", str(theirs.fileno()), *self._arguments),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**environment(), "RUST_BACKTRACE": "0"},
                process_group=0,
            )

    def _follow(self) -> None:
        """Take note of births and deaths; should the master be lost, start another."""
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
                self._admission.close()
                return
            self._control.close()
            self._master.wait()
            time.sleep(_LOOK)
            self._start_master()

    def _note(self, note: bytes, fds: list[int]) -> None:
        kind, pid, status = NOTE.unpack(note)
        if kind == BORN:
            worker = self._all[pid] = Worker(pid, socket.socket(fileno=fds[0]))
            self._admission.free(worker)
        else:
            self._died(pid, status)

    def _died(self, pid: int, status: int) -> None:
        worker = self._all.pop(pid)
        worker.ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        worker.dead.set()
        if worker.lease is not None:
            self._admission.leave(worker.lease)  # whoever still sends what it said needs it no more
        if self._admission.remove(worker):
            worker.close()
